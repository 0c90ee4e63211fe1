import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { STEPS } from '../../src/demo/steps.ts';
import { TOOLS } from '../../src/demo/tools.ts';
import { compilePolicy } from '../../src/policy/compile.ts';
import { decide } from '../../src/policy/decide.ts';
import { parseLoaded } from '../../src/policy/file/load.ts';
import { callOf, GROUND, setOf } from '../helpers/policy.ts';

const LOADED = parseLoaded(
  readFileSync(new URL('../../src/demo/policy.yaml', import.meta.url)),
  'policy.yaml',
  GROUND,
);

test("the demo's policy is sound, without a warning", () => {
  expect(LOADED.problems).toEqual([]);
  expect(LOADED.tests).toEqual({ passed: 3, failed: 0 });
});

test("the demo's policy decides each of its calls as the demo tells it", () => {
  expect(LOADED.policy).not.toBeNull();
  const policy = compilePolicy(setOf(LOADED.policy!), GROUND);
  expect(STEPS.map(({ tool }) => [tool, decide(policy, callOf(tool)).verdict])).toEqual([
    ['list_brokers', 'allow'],
    ['delete_broker', 'deny'],
    ['list_brokers', 'allow'],
    ['list_brokers', 'allow'],
    ['identity_create_workload_identity', 'require_approval'],
  ]);
});

test('the calls of the demo fit the tools of the sample server', () => {
  for (const step of STEPS) {
    const tool = TOOLS.find(({ name }) => name === step.tool);
    expect(Object.keys(tool?.inputSchema.properties ?? {})).toEqual(
      expect.arrayContaining(Object.keys(step.arguments)),
    );
    expect(Object.keys(step.arguments)).toEqual(
      expect.arrayContaining([...(tool?.inputSchema.required ?? [])]),
    );
  }
});
