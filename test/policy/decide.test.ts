import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePolicy, decide } from '../../src/policy/decide.ts';
import {
  ACTIONS,
  type Action,
  type Evaluation,
  type Policy,
  type Rule,
  type ToolRules,
} from '../../src/policy/policy.ts';
import { limitOf, policyOf } from '../helpers/dialogue.ts';

describe('which rule decides', () => {
  const deny = { action: 'deny' } as const;
  const ask = { action: 'require_approval' } as const;
  const allow = { action: 'allow' } as const;

  test.each<[string, Readonly<Record<string, Partial<Rule>>>, string, [Action, string]]>([
    ['asks when no rule matches', {}, 'a', ['require_approval', 'default']],
    ['takes an exact name before a stricter glob', { ab: allow, 'a*': deny }, 'ab', ['allow', 'tools.ab']],
    ['takes a glob before the default', { 'a*': allow }, 'ab', ['allow', 'tools.a*']],
    ['takes the stricter of two globs', { 'a*': allow, '*b': deny }, 'ab', ['deny', 'tools.*b']],
    [
      'takes the longer of two globs that say the same',
      { 'a*': deny, 'ab*': deny },
      'abc',
      ['deny', 'tools.ab*'],
    ],
    [
      'passes on a rule that only limits',
      { ab: { limit: limitOf('x', 1) }, 'a*': deny },
      'ab',
      ['deny', 'tools.a*'],
    ],
    ['counts case for allow', { ab: allow }, 'AB', ['require_approval', 'default']],
    ['ignores case for deny', { ab: deny }, 'AB', ['deny', 'tools.ab']],
    ['ignores case for the deny of a glob', { 'A*': deny }, 'ab', ['deny', 'tools.A*']],
    ['keeps a stricter verdict than that of another case', { ab: ask, AB: deny }, 'AB', ['deny', 'tools.AB']],
    [
      'gives the stricter verdict of another case to an allowed name',
      { ab: deny, AB: allow },
      'AB',
      ['deny', 'tools.ab'],
    ],
    ['leaves the other case its own verdict', { ab: allow, AB: ask }, 'ab', ['require_approval', 'tools.AB']],
    [
      'finds no rule in the names that every object has',
      { a: allow },
      'constructor',
      ['require_approval', 'default'],
    ],
    ['finds no rule for __proto__', { a: allow }, '__proto__', ['require_approval', 'default']],
  ])('%s', (_, tools, tool, expected) => {
    const evaluation = decide(compilePolicy(policyOf(tools)), tool);
    expect([evaluation.verdict, evaluation.rule]).toEqual(expected);
  });

  test('takes the first entry of a list that decides, its limit and those that stand alone', () => {
    const rule = (index: number, rest: Partial<Rule>): Rule => ({
      path: `tools.a[${index}]`,
      action: null,
      reason: null,
      hide: false,
      limit: null,
      approval: null,
      ...rest,
    });
    const [first, second, third] = [limitOf('first', 1), limitOf('second', 2), limitOf('third', 3)];
    const list: ToolRules = {
      pattern: 'a',
      kind: 'exact',
      rules: [
        rule(0, { limit: first }),
        rule(1, { action: 'allow', limit: second, reason: 'why not' }),
        rule(2, { action: 'deny', limit: third }),
      ],
    };
    const top = limitOf('rate_limit', 9);
    expect(decide(compilePolicy({ ...policyOf({}, { limit: top }), tools: [list] }), 'a')).toEqual({
      verdict: 'allow',
      rule: 'tools.a[1]',
      layer: 'policy.yaml',
      reason: 'why not',
      hide: false,
      approval: { channels: null, timeoutMs: null, open: null },
      matched: [
        { rule: 'tools.a[0]', layer: 'policy.yaml', action: null, holds: true },
        { rule: 'tools.a[1]', layer: 'policy.yaml', action: 'allow', holds: true },
        { rule: 'tools.a[2]', layer: 'policy.yaml', action: 'deny', holds: true },
      ],
      limits: [first, second, top],
    } satisfies Evaluation);
  });

  test('applies every matching limit, in any case of the name', () => {
    const limits = [limitOf('exact', 1), limitOf('wide', 2), limitOf('other', 3)];
    const [exact, wide, other] = limits;
    const policy = policyOf({
      Ab: { ...allow, limit: exact! },
      'A*': { limit: wide! },
      x: { limit: other! },
    });
    expect(decide(compilePolicy(policy), 'Ab').limits).toEqual([exact, wide]);
    expect(decide(compilePolicy(policy), 'aB').limits).toEqual([exact, wide]);
  });

  test('prefers among equal rules the one that hides, then the one that asks nobody', () => {
    const hiding = policyOf({ 'delete_*': deny, '*': { ...deny, hide: true } });
    expect(decide(compilePolicy(hiding), 'delete_x')).toMatchObject({ rule: 'tools.*', hide: true });
    const nobody = policyOf({
      'write_*': ask,
      '*': { ...ask, approval: { channels: [], timeoutMs: null, open: null } },
    });
    expect(decide(compilePolicy(nobody), 'write_x')).toMatchObject({
      rule: 'tools.*',
      approval: { channels: [] },
    });
  });

  test('fills in what a rule leaves open about asking from the top of the policy', () => {
    const policy = policyOf(
      { a: { ...ask, approval: { channels: null, timeoutMs: 1000, open: null } } },
      { approval: { channels: ['terminal'], timeoutMs: 9000, open: null } },
    );
    expect(decide(compilePolicy(policy), 'a').approval).toEqual({
      channels: ['terminal'],
      timeoutMs: 1000,
      open: null,
    });
    expect(decide(compilePolicy(policy), 'b').approval).toEqual({
      channels: ['terminal'],
      timeoutMs: 9000,
      open: null,
    });
  });
});

describe('random policies and calls', () => {
  const names = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B'), minLength: 1, maxLength: 3 });
  const patterns = fc.string({
    unit: fc.constantFrom('a', 'b', 'A', 'B', '*', '?'),
    minLength: 1,
    maxLength: 4,
  });
  const actions = fc.constantFrom(...ACTIONS);
  const entries = fc.record({ action: fc.option(actions), limited: fc.boolean() });
  const tools = fc.uniqueArray(fc.tuple(patterns, fc.array(entries, { minLength: 1, maxLength: 3 })), {
    selector: ([pattern]) => pattern,
    maxLength: 6,
  });
  const policies = fc.record({ tools, fallback: actions });
  type Written = { tools: [string, { action: Action | null; limited: boolean }[]][]; fallback: Action };

  test('agree with an evaluator written from the prose', () => {
    fc.assert(
      fc.property(policies, names, (written, name) => {
        const { verdict, limits } = decide(compilePolicy(build(written)), name);
        expect({ verdict, limits: limits.map(({ rule }) => rule).toSorted() }).toEqual(judge(written, name));
      }),
      { numRuns: 5000 },
    );
  });

  test('are decided alike in any order of the file', () => {
    fc.assert(
      fc.property(policies, names, fc.infiniteStream(fc.nat()), (written, name, random) => {
        const shuffled = written.tools
          .map((tool) => ({ tool, at: random.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ tool }) => tool);
        const again = build({ ...written, tools: shuffled });
        expect(decide(compilePolicy(again), name)).toEqual(decide(compilePolicy(build(written)), name));
      }),
      { numRuns: 2000 },
    );
  });

  test('never turn a deny into an allow when a deny is added', () => {
    fc.assert(
      fc.property(policies, patterns, names, (written, pattern, name) => {
        fc.pre(written.tools.every(([other]) => other !== pattern));
        const added = build({
          ...written,
          tools: [...written.tools, [pattern, [{ action: 'deny', limited: false }]]],
        });
        const before = decide(compilePolicy(build(written)), name).verdict;
        const after = decide(compilePolicy(added), name).verdict;
        expect(ACTIONS.indexOf(after)).toBeGreaterThanOrEqual(ACTIONS.indexOf(before));
      }),
      { numRuns: 2000 },
    );
  });

  function build({ tools, fallback }: Written): Policy {
    return {
      ...policyOf({}, { default: fallback }),
      tools: tools.map(([pattern, list]) => ({
        pattern,
        kind: /[*?]/.test(pattern) ? 'glob' : 'exact',
        rules: list.map(({ action, limited }, index) => {
          const path = `${pattern}[${index}]`;
          const limit = limited ? limitOf(path, 1) : null;
          return { path, action, reason: null, hide: false, limit, approval: null };
        }),
      })),
    };
  }

  /** Exact, then glob, then default; the stricter among equals; another case can only make it stricter. */
  function judge({ tools, fallback }: Written, name: string): { verdict: Action; limits: string[] } {
    const fits = (pattern: string, text: string) =>
      new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
    const verdicts = (list: Written['tools']) =>
      list.flatMap(([, entries]) => entries.find(({ action }) => action !== null)?.action ?? []);
    const strictest = (list: readonly Action[]) => ACTIONS.findLast((action) => list.includes(action));
    const same = tools.filter(([pattern]) => fits(pattern, name));
    const other = tools.filter(
      ([pattern]) => !fits(pattern, name) && fits(pattern.toLowerCase(), name.toLowerCase()),
    );
    const own =
      strictest(verdicts(same.filter(([pattern]) => pattern === name))) ??
      strictest(verdicts(same.filter(([pattern]) => pattern !== name))) ??
      fallback;
    const verdict = strictest([own, ...verdicts(other).filter((action) => action !== 'allow')]) ?? own;
    const limits = [...same, ...other].flatMap(([pattern, entries]) => {
      const taken = entries.findIndex(({ action }) => action !== null);
      return entries.flatMap(({ action, limited }, index) =>
        limited && (index === taken || action === null) ? [`${pattern}[${index}]`] : [],
      );
    });
    return { verdict, limits: limits.toSorted() };
  }
});

test('is as quick with 10,000 rules as with ten', () => {
  const rules = Array.from({ length: 10_000 }, (_, index) => [
    [`tool_${index}`, `group_${index}_*`, `*_kind_${index}`][index % 3] ?? '',
    { action: 'allow' } as const,
  ]);
  const compiled = compilePolicy(policyOf(Object.fromEntries(rules) as Record<string, Partial<Rule>>));
  const names = Array.from({ length: 3000 }, (_, index) => [
    `tool_${index}`,
    `group_${index}_x`,
    `a_kind_${index}`,
    'x',
  ]).flat();
  for (const name of names) decide(compiled, name);
  const start = performance.now();
  for (const name of names) decide(compiled, name);
  // A few microseconds each; a search through all rules takes hundreds.
  expect(((performance.now() - start) / names.length) * 1000).toBeLessThan(100);
});
