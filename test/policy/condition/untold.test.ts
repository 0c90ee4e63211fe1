import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { isUntold, renderCut, renderMask } from '../../../src/audit/mask.ts';
import { compilePolicy } from '../../../src/policy/compile.ts';
import type { Truth } from '../../../src/policy/condition/condition.ts';
import { decide } from '../../../src/policy/decide.ts';
import { foresee, type Gaps } from '../../../src/policy/outlook.ts';
import { ACTIONS, type Action, type Query, type Rule } from '../../../src/policy/policy.ts';
import { loadRegexEngine } from '../../../src/policy/condition/regex.ts';
import { readValue } from '../../../src/wire/value.ts';
import { conditionOf, judgeOf, testsOf, type Operand } from '../../helpers/condition.ts';
import { callOf, GROUND, limitOf, policyOf, setOf } from '../../helpers/policy.ts';

beforeAll(loadRegexEngine);

const MASK = renderMask('0123456789abcdef');
const CUT = `${'x'.repeat(40)} ${renderCut(5000, 'characters', 'a'.repeat(64))}`;
const OLD_MASK = '[redacted]';

function judge(path: string, operand: Operand, args: object | null): { truth: Truth; missed: string[] } {
  const missed: string[] = [];
  const facts = { args: args === null ? null : readValue(Buffer.from(JSON.stringify(args))), schema: null };
  const untold = { all: args === null, isUntold, miss: (text: string) => void missed.push(text) };
  return { truth: judgeOf({ [path]: testsOf(operand) })({ ...facts, untold }), missed };
}

const OPERANDS: readonly Operand[] = [
  { eq: 'x' },
  { eq: null },
  { ne: 'x' },
  { in: ['x', 5, null] },
  { not_in: ['x'] },
  { lt: 5 },
  { contains: 'red' },
  { not_contains: 'x' },
  { matches: 'redacted' },
  { not_matches: 'x' },
  { starts_with: '[' },
  { ends_with: ']' },
  { length: { gt: 0 } },
  { every: { eq: 'x' } },
  { some: { eq: 'x' } },
  { within: ['/'] },
  { host: ['example.com'] },
];

test.each(OPERANDS)('%j of what is masked or cut is unknown', (operand) => {
  for (const text of [MASK, CUT, OLD_MASK]) {
    expect(judge('args.a', operand, { a: text })).toEqual({ truth: 'unknown', missed: ['args.a'] });
  }
});

test.each([
  ['args.a', { exists: true }, { a: MASK }, true],
  ['args.a', { exists: false }, { a: MASK }, false],
  ['args.b', { exists: true }, { a: MASK }, false],
  ['args.b', { eq: 1 }, { a: MASK, b: 1 }, true],
  ['args.b', { eq: 1 }, { a: MASK, b: 2 }, false],
  ['args.b', { eq: 1 }, { a: MASK }, false],
  ['args.a.c', { eq: 'x' }, { a: { b: MASK, c: 'x' } }, true],
  ['args.a[1]', { eq: 'x' }, { a: [MASK, 'x'] }, true],
  ['args.a', { length: { eq: 2 } }, { a: [MASK, 'x'] }, true],
  ['args.a', { length: { eq: 1 } }, { a: { b: MASK } }, 'unknown'],
  // A key that is masked may be any other.
  ['args.a', { eq: 1 }, { [MASK]: 1 }, 'unknown'],
  ['args.a', { exists: true }, { [MASK]: 1 }, 'unknown'],
  ['args.a.b', { eq: 1 }, { a: { b: 1 }, c: { [MASK]: 1 } }, true],
  ['args.a', { length: { eq: 1 } }, { a: { [MASK]: 1 } }, 'unknown'],
  ['args', { every: { eq: 1 } }, { [MASK]: 1 }, 'unknown'],
  ['args.a', { some: { eq: 'x' } }, { a: [MASK, 'y'] }, 'unknown'],
  ['args.a', { eq: 'x' }, { a: { b: MASK } }, 'unknown'],
  // What the mask stands for may be a list, a map or a string that spells one.
  ['args.a.b', { eq: 'x' }, { a: MASK }, 'unknown'],
  ['args.a.b', { exists: true }, { a: MASK }, 'unknown'],
  ['args.a[0].b', { exists: true }, { a: MASK }, 'unknown'],
  ['args', { exists: true }, { a: MASK }, true],
] as const)('%s %j of %j is %s', (path, operand, args, truth) => {
  expect(judge(path, operand, args).truth).toBe(truth);
});

test('where no arguments are told nothing is known of any of them', () => {
  for (const operand of [...OPERANDS, { exists: true }, { exists: false }]) {
    for (const path of ['args', 'args.a', 'args.a[0].b']) {
      expect(judge(path, operand, null)).toEqual({ truth: 'unknown', missed: [path] });
    }
  }
});

const gaps: Gaps = { all: false, isUntold, namesOwnFiles: false };
const when = (path: string, operand: Operand) => ({ when: conditionOf({ [path]: testsOf(operand) }) });

function look(
  rules: readonly Partial<Rule>[],
  args: object,
  rest: Partial<Gaps> & { fallback?: Action } = {},
) {
  const policy = compilePolicy(setOf(policyOf({ act: rules }, { default: rest.fallback ?? 'deny' })), GROUND);
  const { strictest, verdicts, limits, missed } = foresee(policy, callOf('act', args), { ...gaps, ...rest });
  return {
    strictest: strictest.verdict,
    verdicts: ACTIONS.filter((action) => verdicts.has(action)),
    limits: limits.map(({ rule }) => rule),
    missed,
  };
}

test('a doubt that cannot change the verdict leaves it known', () => {
  const rules: Partial<Rule>[] = [{ ...when('args.a', { eq: 'x' }), action: 'allow' }, { action: 'allow' }];
  expect(look(rules, { a: MASK })).toEqual({
    strictest: 'allow',
    verdicts: ['allow'],
    limits: [],
    missed: ['args.a'],
  });
});

test('a doubt that can change it leaves every verdict it may lead to', () => {
  const rules: Partial<Rule>[] = [{ ...when('args.a', { eq: 'x' }), action: 'allow' }];
  const both = { strictest: 'deny', verdicts: ['allow', 'deny'], limits: [], missed: ['args.a'] };
  expect(look(rules, { a: MASK })).toEqual(both);
  expect(look(rules, { a: 'x' })).toEqual({ ...both, strictest: 'allow', verdicts: ['allow'], missed: [] });
  expect(look(rules, { a: MASK, b: 1 }, { fallback: 'require_approval' })).toEqual({
    ...both,
    strictest: 'require_approval',
    verdicts: ['allow', 'require_approval'],
  });
});

test('a condition that is unknown though all of it is told is taken the strict way alone', () => {
  const rules: Partial<Rule>[] = [{ ...when('args.n', { lt: 5 }), action: 'allow' }];
  expect(look(rules, { n: '3', secret: MASK })).toEqual({
    strictest: 'deny',
    verdicts: ['deny'],
    limits: [],
    missed: [],
  });
});

test('what is not told may name the files of the guard, unless it is known not to', () => {
  const rules: Partial<Rule>[] = [{ action: 'allow' }];
  expect(look(rules, { a: MASK }, { namesOwnFiles: 'unknown' })).toEqual({
    strictest: 'require_approval',
    verdicts: ['allow', 'require_approval'],
    limits: [],
    missed: [],
  });
  expect(look(rules, { a: MASK }).verdicts).toEqual(['allow']);
  expect(look(rules, { a: MASK }, { namesOwnFiles: true }).verdicts).toEqual(['require_approval']);
  expect(look(rules, { a: 'x' }, { namesOwnFiles: 'unknown' }).verdicts).toEqual(['allow']);
});

test('a limit counts for certain where its rule does, by an amount that is told', () => {
  const path = { text: 'args.n', steps: [{ kind: 'key', key: 'n' }] } as const;
  const sum = { ...limitOf('sum', 5), measure: { kind: 'sum', of: path, max: '5' } } as const;
  const rules: Partial<Rule>[] = [
    { ...when('args.a', { eq: 'x' }), limit: limitOf('perhaps', 5) },
    { limit: sum },
    { limit: limitOf('calls', 5), action: 'allow' },
  ];
  expect(look(rules, { a: MASK, n: 1 }).limits).toEqual(['sum', 'calls']);
  expect(look(rules, { a: 'x', n: MASK })).toEqual({
    strictest: 'allow',
    verdicts: ['allow'],
    limits: ['perhaps', 'calls'],
    missed: ['args.n'],
  });
});

const values = fc.constantFrom<unknown>('x', 'y', 1, 2, null, ['x'], { k: 'x' }, '[1]', 'z'.repeat(5));
const operands = fc.constantFrom<Operand>(
  ...OPERANDS,
  { exists: true },
  { exists: false },
  { lt: 2 },
  { length: { gt: 1 } },
);
const entries = fc.array(
  fc.record({
    path: fc.constantFrom('args.p', 'args.q', 'args.p.k', 'args.q[0]'),
    operand: operands,
    action: fc.option(fc.constantFrom(...ACTIONS)),
  }),
  { minLength: 1, maxLength: 5 },
);

test('what masking hides never leaves out the verdict on the real arguments', { timeout: 120_000 }, () => {
  const calls = fc.record({ p: values, q: values });
  const masks = fc.constantFrom<readonly string[]>(['p'], ['q'], ['p', 'q'], []);
  const fallbacks = fc.constantFrom(...ACTIONS);
  const property = fc.property(
    fc.tuple(entries, entries, calls, masks, fallbacks),
    ([one, other, args, masked, fallback]) => {
      const list = (found: typeof one) =>
        found.map(({ path, operand, action }) => ({ ...when(path, operand), action }));
      const file = policyOf({ act: list(one), 'a*': list(other) }, { default: fallback });
      const policy = compilePolicy(setOf(file), GROUND);
      const told = Object.entries(args).map(([key, value]) => [key, masked.includes(key) ? MASK : value]);
      const recorded = callOf('act', Object.fromEntries(told) as object);
      const real = decide(policy, callOf('act', args));
      const outlook = foresee(policy, recorded, gaps);
      expect([...outlook.verdicts]).toContain(real.verdict);
      expect(rank(outlook.strictest.verdict)).toBeGreaterThanOrEqual(rank(real.verdict));
      const nothing: Query = { ...recorded, args: null };
      expect([...foresee(policy, nothing, { ...gaps, all: true }).verdicts]).toContain(real.verdict);
      if (masked.length === 0) expect([...outlook.verdicts]).toEqual([real.verdict]);
    },
  );
  fc.assert(property, { numRuns: 1_500 });
});

function rank(action: Action): number {
  return ACTIONS.indexOf(action);
}
