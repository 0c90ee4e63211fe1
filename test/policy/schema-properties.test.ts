import { Ajv } from 'ajv';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import schema from '../../policy.schema.json' with { type: 'json' };
import { loadRegexEngine } from '../../src/policy/condition/regex.ts';
import { parseLoaded } from '../../src/policy/file/load.ts';
import { CATEGORIES, RISKS } from '../../src/policy/profile.ts';
import { GROUND } from '../helpers/policy.ts';

const fitsSchema = new Ajv({ allowUnionTypes: true, strictRequired: false }).compile(schema);

beforeAll(loadRegexEngine);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function judge(policy: Json): { schema: boolean; loader: boolean } {
  const { policy: loaded } = parseLoaded(Buffer.from(JSON.stringify(policy)), 'p.json', GROUND);
  return { schema: fitsSchema(policy), loader: loaded !== null };
}

const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/);
const name = fc.stringMatching(/^[a-zA-Z0-9_./*?-]{1,10}$/);
const action = fc.constantFrom('allow', 'require_approval', 'deny');
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(1e300),
);
const literal = fc.oneof(word, number, fc.boolean(), fc.constant(null), fc.constant(''));
const listOf = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 1, maxLength: 3 });
const oneOrMore = <T>(item: fc.Arbitrary<T>) => fc.oneof(item, listOf(item));

const window = fc.oneof(fc.integer({ min: 1, max: 86_400 }), fc.constantFrom('30s', '5m', '1h', '1d', '90'));
const step = fc.oneof(
  word.map((key) => `.${key}`),
  fc.nat(9).map((index) => `[${index}]`),
  fc.stringMatching(/^[ -~]{0,5}$/).map((key) => `[${JSON.stringify(key)}]`),
);
const path = fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => `args${steps.join('')}`);

const bounds = { lt: number, lte: number, gt: number, gte: number };
const count = fc.oneof(
  number,
  someOf({ ...bounds, eq: number, ne: number, in: listOf(number), not_in: listOf(number) }),
);
const { tests } = fc.letrec<{ tests: Json }>((tie) => ({
  tests: fc.oneof(
    { depthSize: 'small' },
    literal,
    someOf({
      ...bounds,
      eq: literal,
      ne: literal,
      in: listOf(literal),
      not_in: listOf(literal),
      matches: fc.constantFrom('^a$', 'a|b', '(?i)x{2,3}', '\\d+'),
      not_matches: word,
      starts_with: word,
      ends_with: word,
      contains: literal,
      not_contains: literal,
      exists: fc.boolean(),
      length: count,
      every: tie('tests'),
      some: tie('tests'),
      within: oneOrMore(fc.constantFrom('.', '~', '~/a', '/srv', 'a/b')),
      host: oneOrMore(fc.constantFrom('example.com', '*.example.com', '127.0.0.1', '::1')),
    }),
  ),
}));

const splits = { per: fc.constant('tool'), scope: fc.constantFrom('session', 'machine') };
const exceeds = { on_exceed: fc.constantFrom('deny', 'require_approval') };
const limit = fc.oneof(
  fc.constantFrom('10/minute', '100/1h', '1/s', '5 / 30s'),
  mapOf({ max: fc.integer({ min: 1, max: 100_000 }), window }, { ...splits, ...exceeds }),
  mapOf({ max: fc.constantFrom(0.5, 500, 1e6), window, sum: path }, { ...splits, ...exceeds }),
);
const approval = someOf({
  channels: fc.uniqueArray(fc.constantFrom('console', 'terminal', 'client')),
  timeout: window,
  open: fc.oneof(fc.constantFrom('tmux', 'notify'), listOf(word)),
});
const when = fc.dictionary(path, tests, { minKeys: 1, maxKeys: 3 });
const rule = fc.oneof(
  action,
  mapOf({ action }, { when, reason: word, rate_limit: limit, approval, hide: fc.constant(false) }),
  mapOf({ rate_limit: limit }, { when }),
  mapOf({ action: fc.constant('deny'), hide: fc.constant(true) }, { reason: word }),
);
const rules = fc.dictionary(name, oneOrMore(rule), { maxKeys: 3 });
const classes = (words: readonly string[]) =>
  fc.dictionary(fc.constantFrom(...words), oneOrMore(rule), { maxKeys: 3 });
const policy = mapOf(
  { version: fc.constant(1) },
  {
    server: oneOrMore(name),
    default: action,
    rate_limit: limit,
    tools: rules,
    resources: rules,
    prompts: rules,
    methods: rules,
    server_requests: rules,
    categories: classes(CATEGORIES),
    risks: classes(RISKS),
    pin: fc.constantFrom('ask', 'deny', 'off'),
    env: listOf(name),
    layers: listOf(word),
    approval,
    reload: fc.constantFrom<Json>('on', 'off', true, false),
  },
);

test('the schema and the loader accept every policy of the grammar', () => {
  fc.assert(
    fc.property(policy, (value) => {
      expect(judge(value)).toEqual({ schema: true, loader: true });
    }),
    { numRuns: 200 },
  );
});

test('the schema and the loader refuse it with a word too many or a value of another kind', () => {
  const wrong = fc.constantFrom<Json>([[]], { zz: [[]] });
  fc.assert(
    fc.property(policy, fc.nat(), wrong, (value, seed, other) => {
      const places = listPlaces(value);
      const place = places[seed % places.length] ?? [];
      expect(judge(replace(value, place, other))).toEqual({ schema: false, loader: false });
    }),
    { numRuns: 200 },
  );
});

/** Where something of the policy can be made wrong: each key and item, and a new key in each map. */
function listPlaces(value: Json, at: readonly string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return [];
  const below = Object.entries(value).flatMap(([key, item]) => [
    [...at, key],
    ...listPlaces(item, [...at, key]),
  ]);
  return Array.isArray(value) ? below : [...below, [...at, 'zz']];
}

function replace(value: Json, place: readonly string[], other: Json): Json {
  const [key, ...rest] = place;
  if (key === undefined) return other;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? replace(item, rest, other) : item));
  if (value === null || typeof value !== 'object') return other;
  return { ...value, [key]: replace(value[key] ?? null, rest, other) };
}

function mapOf(
  required: Readonly<Record<string, fc.Arbitrary<Json>>>,
  optional: Readonly<Record<string, fc.Arbitrary<Json>>>,
): fc.Arbitrary<Json> {
  return fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required) });
}

function someOf(fields: Readonly<Record<string, fc.Arbitrary<Json>>>): fc.Arbitrary<Json> {
  return mapOf({}, fields).filter((map) => map !== null && Object.keys(map).length > 0);
}
