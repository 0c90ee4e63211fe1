import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import schema from '../../policy.schema.json' with { type: 'json' };
import { guessProfile } from '../../src/catalogue/known-tool.ts';
import { loadRegexEngine } from '../../src/policy/condition/regex.ts';
import { parseLoaded } from '../../src/policy/file/load.ts';
import { GROUND as NOWHERE } from '../helpers/policy.ts';

// Examples are written for tools as they are told apart for real.
const GROUND = { ...NOWHERE, classify: guessProfile };

const ROOT = join(import.meta.dirname, '../..');
const validate = new Ajv({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  strictRequired: false,
}).compile(schema);

beforeAll(loadRegexEngine);

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function fitsSchema(text: string): boolean {
  return validate(parse(text));
}

function fitsLoader(text: string): boolean {
  return parseLoaded(Buffer.from(text), 'p.yaml', GROUND).policy !== null;
}

/** Every policy that is shown or shipped, and where it stands. */
function listExamples(): [string, string][] {
  const pages = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)];
  const shown = pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) =>
      [...read(page).matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = ''], index): [string, string] => [
        `${page}, example ${index + 1}`,
        /^(?:#.*\n)*version:/.test(text) ? text : `version: 1\n${text}`,
      ]),
    );
  const shipped = readdirSync(join(ROOT, 'policies')).map((name) => `policies/${name}`);
  return [
    ...shown,
    ...[...shipped, 'src/demo/policy.yaml'].map((path): [string, string] => [path, read(path)]),
  ];
}

test.each(listExamples())('%s fits the schema and the loader', (_, text) => {
  fitsSchema(text);
  expect(validate.errors ?? []).toEqual([]);
  expect(parseLoaded(Buffer.from(text), 'p.yaml', GROUND).problems).toEqual([]);
});

test('the policies that are shipped name the schema to editors', () => {
  for (const name of readdirSync(join(ROOT, 'policies'))) {
    expect(read(`policies/${name}`)).toContain('# yaml-language-server: $schema=../policy.schema.json');
  }
});

describe('both accept', () => {
  test.each([
    'default: deny',
    'server: [mq, "amazon-*"]',
    'env: [PATH, "AWS_*"]',
    'reload: off',
    'reload: false',
    'rate_limit: 10/minute',
    'rate_limit: 100/1h',
    'rate_limit: { max: 0.5, window: 1d, sum: args.amount, scope: machine, on_exceed: require_approval }',
    'rate_limit: { max: 5, window: 60, per: tool }',
    'approval: { channels: [], timeout: 5m, open: [alacritty, -e, x] }',
    'tools: { a: [{ when: { args.x: 1 }, action: deny }, { rate_limit: 1/s }, allow] }',
    'tools: { a: { when: { args.x: null, args.y: true, args.z: text }, action: deny } }',
    'tools: { a: { when: { "args.list[0].x": { in: [1, a, null] }, \'args["odd key"]\': { not_in: [a] } }, action: deny } }',
    'tools: { a: { when: { args.x: { lt: 5, lte: 1e300, gt: -1, gte: .5 } }, action: deny } }',
    'tools: { a: { when: { args.x: { matches: "^a$", not_matches: b, starts_with: a, ends_with: b } }, action: deny } }',
    'tools: { a: { when: { args.x: { every: { length: { lte: 5 } }, some: a, contains: 1, not_contains: b } }, action: deny } }',
    'tools: { a: { when: { args.x: { exists: false } }, action: deny } }',
    'tools: { a: { when: { args.x: { length: 5 }, args.y: { length: { not_in: [1, 2], gt: 0 } } }, action: deny } }',
    'tools: { a: { when: { args: { exists: true }, args.größe_1-b$: 1, "args[0][\\"\\"]": 1 }, action: deny } }',
    'tools: { a: { action: deny, hide: true } }',
    'tools: { a: { action: allow, hide: false } }',
    'rate_limit: 100000/day',
    'approval: { timeout: 86400 }',
    'tools: { a: { when: { args.x: { within: [~/a, /b] }, args.u: { host: ["*.example.com"] } }, action: deny } }',
    'resources: { "file:///etc/*": deny }',
    'prompts: { "*": require_approval }',
    'methods: { completion/complete: deny }',
    'categories: { read: allow, write: { action: require_approval, rate_limit: 10/minute }, execute: [{ when: { args.x: 1 }, action: deny }, require_approval] }',
    'categories: { destructive: { action: deny, reason: no, hide: true }, financial: deny }',
    'risks: { low: allow, medium: require_approval, high: { rate_limit: 1/s }, critical: deny }',
    'audit: { arguments: hash, required: off, dir: ~/logs, keep: 90d }',
    'audit: { arguments: full, dir: /var/log/mcp, keep: 86400, required: true }',
    'pin: ask',
    'pin: deny',
    'pin: off',
    'server_requests: { sampling/createMessage: deny }',
    'default: deny\ntests: [{ resource: "file:///x", expect: allow }, { call: a, args: { b: [1] }, expect: deny }]',
  ])('%s', (text) => {
    expect([fitsSchema(`version: 1\n${text}`), fitsLoader(`version: 1\n${text}`)]).toEqual([true, true]);
  });
});

describe('both refuse', () => {
  test.each([
    'defualt: deny',
    'default: alow',
    'version: 2',
    'server: []',
    'env: PATH',
    'layers: ./x.yaml',
    'reload: maybe',
    'audit: {}',
    'audit: off',
    'audit: { arguments: some }',
    'audit: { required: maybe }',
    'audit: { dir: logs }',
    'audit: { keep: 0 }',
    'audit: { keep: for ever }',
    'audit: { size: 1 }',
    'rate_limit: 10',
    'rate_limit: 10 per minute',
    'rate_limit: { max: 1.5, window: 60 }',
    'rate_limit: { max: 0, window: 60 }',
    'rate_limit: { max: 10 }',
    'rate_limit: { max: 10, window: 60, scope: team }',
    'rate_limit: { max: 10, window: 60, sum: amount }',
    'tools: []',
    'tools: { a: }',
    'tools: { a: [] }',
    'tools: { a: {} }',
    'tools: { a: { reason: x } }',
    'tools: { a: { action: deny, hide: yes please } }',
    'tools: { a: { when: {}, action: deny } }',
    'tools: { a: { when: { amount: 5 }, action: deny } }',
    'tools: { a: { when: { args.x: {} }, action: deny } }',
    'tools: { a: { when: { args.x: [1] }, action: deny } }',
    'tools: { a: { when: { args.x: { lt: "5" } }, action: deny } }',
    'tools: { a: { when: { args.x: { in: 5 } }, action: deny } }',
    'tools: { a: { when: { args.x: { in: [] } }, action: deny } }',
    'tools: { a: { when: { args.x: { equals: 5 } }, action: deny } }',
    'tools: { a: { when: { args.x: { exists: 1 } }, action: deny } }',
    'tools: { a: { when: { args.x: { matches: 5 } }, action: deny } }',
    'tools: { a: { when: { args.x: { length: "5" } }, action: deny } }',
    'tools: { a: { when: { args.x: { length: { matches: a } } }, action: deny } }',
    'tools: { a: { when: { args.x: { length: { in: [a] } } }, action: deny } }',
    ...[
      'args.',
      'args.0',
      'args.a b',
      'args.-a',
      'args.a[01]',
      'args[-1]',
      "args['a']",
      'args["a]',
      'arg.x',
    ].map((path) => `tools: { a: { when: { ${JSON.stringify(path)}: 1 }, action: deny } }`),
    'tools: { a: { action: allow, hide: true } }',
    'tools: { a: { action: deny, hide: true, when: { args.x: 1 } } }',
    'rate_limit: 0/minute',
    'rate_limit: 100001/minute',
    'rate_limit: 10/0s',
    'rate_limit: { max: 10, window: 31622401 }',
    'approval: { timeout: 0s }',
    'approval: { timeout: 86401 }',
    'approval: {}',
    'tools: { a: { when: { args.x: { within: ~ } }, action: deny } }',
    'resources: deny',
    'categories: read',
    'categories: [read]',
    'categories: { Read: allow }',
    'categories: { destructve: deny }',
    'categories: { "*": deny }',
    'categories: { "re?d": deny }',
    'categories: { low: allow }',
    'categories: { read: }',
    'categories: { "": deny }',
    'risks: { Critical: deny }',
    'risks: { "*": deny }',
    'risks: { destructive: deny }',
    'risks: { low: { action: allow, hide: true } }',
    'pin: false',
    'pin: true',
    'pin: on',
    'pin: warn',
    'pin: Off',
    'tests: []',
    'tests: [{ call: a }]',
    'tests: [{ expect: deny }]',
    'tests: [{ call: a, prompt: b, expect: deny }]',
    'tests: [{ call: a, args: [1], expect: deny }]',
    'approval: { channels: [phone] }',
  ])('%s', (text) => {
    const whole = text.startsWith('version') ? text : `version: 1\n${text}`;
    expect([fitsSchema(whole), fitsLoader(whole)]).toEqual([false, false]);
  });
});
