import { expect, test } from 'vitest';
import { runTests, type TestCount } from '../../../src/policy/check/check.ts';
import type { Policy, PolicyTest } from '../../../src/policy/policy.ts';
import { Problems } from '../../../src/policy/read/problems.ts';
import { GROUND, policyOf, setOf } from '../../helpers/policy.ts';

const TEXT = 'first line\nsecond line\n';

function run(
  policy: Policy,
  tests: readonly Partial<PolicyTest>[],
  ...added: Policy[]
): [TestCount, string[]] {
  const problems = new Problems('policy.yaml', TEXT);
  const whole = tests.map((one, index): PolicyTest => ({
    path: `tests[${index}]`,
    kind: 'tools',
    name: 'pay',
    args: null,
    expect: 'allow',
    ...one,
  }));
  const tested = { ...policy, tests: whole };
  const places = new Map([['tests[0]', { start: 11, end: 17 }]]);
  const count = runTests({ set: setOf(tested, ...added), policy: tested, places, problems, ground: GROUND });
  const told = problems
    .list()
    .map(({ severity, line, column, message, hint }) => `${severity} ${line}:${column} ${message}; ${hint}`);
  return [count, told];
}

const path = { text: 'args.to', steps: [{ kind: 'key', key: 'to' }] } as const;
const toMe = {
  clauses: [{ path, tests: [{ kind: 'eq', literal: { kind: 'string', value: 'me' } }] }],
} as const;

test('counts the tests that pass, with their arguments and of every kind', () => {
  const policy = policyOf(
    { pay: [{ when: toMe, action: 'allow' }, { action: 'deny' }] },
    { rules: { prompts: { greet: { action: 'deny' } } } },
  );
  expect(
    run(policy, [
      { args: '{"to":"me"}' },
      { args: '{"to":"you"}', expect: 'deny' },
      { kind: 'prompts', name: 'greet', expect: 'deny' },
      { kind: 'prompts', name: 'other' },
    ]),
  ).toEqual([{ passed: 4, failed: 0 }, []]);
});

test('says of a test that fails what came of it, and by which rule', () => {
  expect(run(policyOf({ pay: { action: 'deny' } }), [{ args: '{"to":"m\\u001be"}' }])).toEqual([
    { passed: 0, failed: 1 },
    [
      'error 2:1 the test fails: "pay" with {"to":"m\\u001be"} is deny by tools.pay, and not allow; mend tools.pay, or the test',
    ],
  ]);
});

test('names the file of a rule that stands in another one', () => {
  const strict = policyOf({ pay: { action: 'deny' } }, { file: 'team.yaml' });
  const [, told] = run(policyOf({ pay: { action: 'allow' } }), [{}], strict);
  expect(told).toEqual([
    'error 2:1 the test fails: "pay" is deny by tools.pay of team.yaml, and not allow; mend tools.pay, or the test',
  ]);
});

test('says where a condition was neither true nor false', () => {
  const [, told] = run(policyOf({ pay: { when: toMe, action: 'deny' } }, { default: 'allow' }), [
    { args: '{"to":5}' },
  ]);
  expect(told).toEqual([
    'error 2:1 the test fails: "pay" with {"to":5} is deny by tools.pay, and not allow; whether the condition of tools.pay holds is unknown for these arguments, so the stricter outcome is taken',
  ]);
});

test('knows of a tool what its name tells, as if the server had listed it', () => {
  const policy = policyOf(
    { x: { action: 'allow' } },
    {
      rules: {
        categories: { read: { action: 'allow' }, destructive: { action: 'deny' } },
        risks: { low: { action: 'allow' }, critical: { action: 'deny' } },
      },
    },
  );
  expect(
    run(policy, [
      { name: 'list_brokers' },
      { name: 'delete_broker', expect: 'deny' },
      { name: 'pay', expect: 'deny' },
      { name: 'frob', expect: 'require_approval' },
      { name: 'x' },
      { kind: 'prompts', name: 'delete_broker' },
    ]),
  ).toEqual([{ passed: 6, failed: 0 }, []]);
});

test('says what a tool was taken for where a category or risk, or the want of one, decided', () => {
  const policy = policyOf(
    { x: { action: 'allow' } },
    { rules: { categories: { destructive: { action: 'deny' } } } },
  );
  const [, told] = run(policy, [
    { name: 'delete_broker' },
    { name: 'frob' },
    { name: 'x', expect: 'deny' },
    { kind: 'prompts', name: 'y', expect: 'deny' },
  ]);
  expect(told.map((one) => one.replace(/^.*?fails: /, '')).toSorted()).toEqual([
    '"delete_broker" (destructive, high risk, by its name) is deny by categories.destructive, and not allow; mend categories.destructive, or the test',
    '"frob" (write, medium risk, by its name) is require_approval by default, and not allow; mend default, or the test',
    '"x" is allow by tools.x, and not deny; mend tools.x, or the test',
    '"y" is allow by default, and not deny; mend default, or the test',
  ]);
});
