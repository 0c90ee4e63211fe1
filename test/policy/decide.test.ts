import { describe, expect, test } from 'vitest';
import type { Condition } from '../../src/policy/condition/condition.ts';
import { compilePolicy } from '../../src/policy/compile.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Action, Evaluation, Policy, Rule } from '../../src/policy/policy.ts';
import { appliedOf, callOf, GROUND, limitOf, policyOf, setOf } from '../helpers/policy.ts';

function judge(policy: Policy, name: string, args?: object): Evaluation {
  return decide(compilePolicy(setOf(policy), GROUND), callOf(name, args));
}

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
    const evaluation = judge(policyOf(tools), tool);
    expect([evaluation.verdict, evaluation.rule]).toEqual(expected);
  });

  test('takes the first entry of a list that decides, its limit and those that stand alone', () => {
    const [first, second, third] = [limitOf('first', 1), limitOf('second', 2), limitOf('third', 3)];
    const list = [
      { limit: first },
      { action: 'allow', limit: second, reason: 'why not' },
      { action: 'deny', limit: third },
    ] as const;
    const top = limitOf('rate_limit', 9);
    expect(judge(policyOf({ a: list }, { limit: top }), 'a')).toEqual({
      verdict: 'allow',
      rule: 'tools.a[1]',
      layer: 'policy.yaml',
      reason: 'why not',
      hide: false,
      approval: { channels: null, timeoutMs: null, open: null },
      layers: [{ layer: 'policy.yaml', role: 'first', verdict: 'allow', rule: 'tools.a[1]' }],
      matched: [
        { rule: 'tools.a[0]', layer: 'policy.yaml', action: null, holds: true },
        { rule: 'tools.a[1]', layer: 'policy.yaml', action: 'allow', holds: true },
        { rule: 'tools.a[2]', layer: 'policy.yaml', action: 'deny', holds: true },
      ],
      limits: [first, second, top].map((limit) => appliedOf(limit)),
      namesChannels: false,
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
    expect(judge(policy, 'Ab').limits).toEqual([appliedOf(exact!), appliedOf(wide!)]);
    expect(judge(policy, 'aB').limits).toEqual([appliedOf(exact!), appliedOf(wide!)]);
  });

  test('prefers among equal rules the one that hides, then the one that asks nobody', () => {
    const hiding = policyOf({ 'delete_*': deny, '*': { ...deny, hide: true } });
    expect(judge(hiding, 'delete_x')).toMatchObject({ rule: 'tools.*', hide: true });
    const nobody = policyOf({
      'write_*': ask,
      '*': { ...ask, approval: { channels: [], timeoutMs: null, open: null } },
    });
    expect(judge(nobody, 'write_x')).toMatchObject({
      rule: 'tools.*',
      approval: { channels: [] },
    });
  });

  test('fills in what a rule leaves open about asking from the top of the policy', () => {
    const policy = policyOf(
      { a: { ...ask, approval: { channels: null, timeoutMs: 1000, open: null } } },
      { approval: { channels: ['terminal'], timeoutMs: 9000, open: null } },
    );
    expect(judge(policy, 'a').approval).toEqual({
      channels: ['terminal'],
      timeoutMs: 1000,
      open: null,
    });
    expect(judge(policy, 'b').approval).toEqual({
      channels: ['terminal'],
      timeoutMs: 9000,
      open: null,
    });
  });
});

describe('conditions', () => {
  const when = (path: string, value: string): Condition => ({
    clauses: [
      {
        path: { text: `args.${path}`, steps: [{ kind: 'key', key: path }] },
        tests: [{ kind: 'eq', literal: { kind: 'string', value } }],
      },
    ],
  });
  const broker = policyOf(
    {
      create: [
        { when: when('size', 'large'), action: 'deny', limit: limitOf('large', 1) },
        { when: when('size', 'small'), action: 'allow', limit: limitOf('small', 2) },
      ],
      'cre*': { action: 'require_approval' },
    },
    { default: 'deny' },
  );

  test.each<[string, object | undefined, Action, string, string[]]>([
    ['take the first entry that holds', { size: 'large' }, 'deny', 'tools.create[0]', ['large']],
    ['pass over one that does not', { size: 'small' }, 'allow', 'tools.create[1]', ['small']],
    ['leave the decision to the next rule', { size: 'medium' }, 'require_approval', 'tools.cre*', []],
    ['count a missing argument as no match', undefined, 'require_approval', 'tools.cre*', []],
    [
      'are followed both ways where they are unknown',
      { size: 5 },
      'deny',
      'tools.create[0]',
      ['large', 'small'],
    ],
  ])('%s', (...[, args, verdict, rule, limits]) => {
    const said = judge(broker, 'create', args);
    expect([said.verdict, said.rule, said.limits.map((limit) => limit.rule)]).toEqual([
      verdict,
      rule,
      limits,
    ]);
  });

  test('are told of with every rule that fits', () => {
    expect(judge(broker, 'create', { size: 5 }).matched).toEqual([
      { rule: 'tools.create[0]', layer: 'policy.yaml', action: 'deny', holds: 'unknown' },
      { rule: 'tools.create[1]', layer: 'policy.yaml', action: 'allow', holds: 'unknown' },
      { rule: 'tools.cre*', layer: 'policy.yaml', action: 'require_approval', holds: true },
    ]);
  });
});

describe('several files', () => {
  const allow = { action: 'allow' } as const;
  const own = policyOf({ read: allow, write: allow }, { file: '/own.yaml' });
  const silent = (tools: Readonly<Record<string, Partial<Rule>>>, file: string): Policy => ({
    ...policyOf(tools, { file }),
    default: { action: 'require_approval', written: false },
  });
  const decideAll = (first: Policy, added: readonly Policy[], name: string) =>
    decide(compilePolicy(setOf(first, ...added), GROUND), callOf(name));

  test.each<[string, readonly Policy[], string, Action, string, string]>([
    [
      'one without a word on it has no say',
      [silent({ x: { action: 'deny' } }, '/b')],
      'read',
      'allow',
      'tools.read',
      '/own.yaml',
    ],
    ['a stricter one wins', [silent({ 're*': { action: 'deny' } }, '/b')], 'read', 'deny', 'tools.re*', '/b'],
    [
      'an allow cannot loosen',
      [silent({ drop: allow }, '/b')],
      'drop',
      'require_approval',
      'default',
      '/own.yaml',
    ],
    [
      'a written default speaks',
      [policyOf({}, { file: '/b', default: 'deny' })],
      'read',
      'deny',
      'default',
      '/b',
    ],
  ])('%s', (...[, added, name, verdict, rule, layer]) => {
    const said = decideAll(own, added, name);
    expect([said.verdict, said.rule, said.layer]).toEqual([verdict, rule, layer]);
  });

  test('each says what it would decide', () => {
    const added = [silent({ read: allow }, '/b'), silent({ x: allow }, '/c')];
    expect(decideAll(own, added, 'read').layers).toEqual([
      { layer: '/own.yaml', role: 'first', verdict: 'allow', rule: 'tools.read' },
      { layer: '/b', role: 'added', verdict: 'allow', rule: 'tools.read' },
      { layer: '/c', role: 'added', verdict: null, rule: null },
    ]);
  });

  test('limits of all of them count', () => {
    const limited = (file: string) =>
      silent({ read: { ...allow, limit: limitOf('tools.read.rate_limit', 1) } }, file);
    expect(decideAll(own, [limited('/b'), limited('/c')], 'read').limits).toEqual([
      appliedOf(limitOf('tools.read.rate_limit', 1), '/b'),
      appliedOf(limitOf('tools.read.rate_limit', 1), '/c'),
    ]);
  });
});

describe("the guard's own files", () => {
  const policy = policyOf(
    { write: { action: 'allow' }, drop: { action: 'deny' } },
    { file: '/home/ada/mq.yaml' },
  );

  test.each<[string, string, object, Action, string]>([
    [
      'the policy is not written unasked',
      'write',
      { path: '/home/ada/mq.yaml' },
      'require_approval',
      'own-files',
    ],
    [
      'nor read by another way to it',
      'write',
      { a: [{ b: '~/x/../mq.yaml' }] },
      'require_approval',
      'own-files',
    ],
    [
      'nor the folders that remember answers',
      'write',
      { path: '/home/ada/.local/state/mcp-guard/x' },
      'require_approval',
      'own-files',
    ],
    ['another file is', 'write', { path: '/home/ada/mq.yaml.txt' }, 'allow', 'tools.write'],
    ['what is denied stays denied', 'drop', { path: '/home/ada/mq.yaml' }, 'deny', 'tools.drop'],
    [
      'a grant for the tool does not cover it',
      'other',
      { path: '/home/ada/mq.yaml' },
      'require_approval',
      'own-files',
    ],
  ])('%s', (...[, name, args, verdict, rule]) => {
    const said = judge(policy, name, args);
    expect([said.verdict, said.rule]).toEqual([verdict, rule]);
  });
});

test.each(['resources', 'prompts', 'methods', 'server_requests'] as const)(
  '%s have rules of their own, and pass where none speaks',
  (kind) => {
    const policy = policyOf(
      { x: { action: 'deny' } },
      { default: 'deny', rules: { [kind]: { 'a*': { action: 'require_approval' } } } },
    );
    const compiled = compilePolicy(setOf(policy), GROUND);
    const say = (name: string) => decide(compiled, callOf(name, undefined, kind));
    expect([say('ab').verdict, say('ab').rule]).toEqual(['require_approval', `${kind}.a*`]);
    expect([say('x').verdict, say('x').rule]).toEqual(['allow', 'default']);
  },
);

test('is as quick with 10,000 rules as with ten', () => {
  const rules = Array.from({ length: 10_000 }, (_, index) => [
    [`tool_${index}`, `group_${index}_*`, `*_kind_${index}`][index % 3] ?? '',
    { action: 'allow' } as const,
  ]);
  const compiled = compilePolicy(
    setOf(policyOf(Object.fromEntries(rules) as Record<string, Partial<Rule>>)),
    GROUND,
  );
  const queries = Array.from({ length: 3000 }, (_, index) => [
    `tool_${index}`,
    `group_${index}_x`,
    `a_kind_${index}`,
    'x',
  ])
    .flat()
    .map((name) => callOf(name));
  for (const query of queries) decide(compiled, query);
  const start = performance.now();
  for (const query of queries) decide(compiled, query);
  // A few microseconds each; a search through all rules takes hundreds.
  expect(((performance.now() - start) / queries.length) * 1000).toBeLessThan(100);
});
