import { placeOf } from './checkup.ts';
import { compilePolicy } from '../compile.ts';
import type { Ground } from '../condition/ground.ts';
import { decide } from '../decide.ts';
import type { Evaluation, Policy, PolicySet, PolicyTest } from '../policy.ts';
import type { Problems } from '../read/problems.ts';
import { escapeUnseen, quote } from '../quote.ts';
import type { Places } from '../read/read-rules.ts';

/** How much of a test's arguments is shown. */
const LONGEST = 120;

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
}

export interface TestRun {
  /** What the tests are decided by: the file that holds them, with its layers. */
  readonly set: PolicySet;
  /** The file that holds the tests. */
  readonly policy: Policy;
  readonly places: Places;
  readonly problems: Problems;
  readonly ground: Ground;
}

/** Runs a policy's own tests, as calls of tools whose schemas nobody has seen; one that fails is an error. */
export function runTests({ set, policy, places, problems, ground }: TestRun): TestCount {
  if (policy.tests.length === 0) return { passed: 0, failed: 0 };
  const compiled = compilePolicy(set, ground);
  let failed = 0;
  for (const test of policy.tests) {
    const args = test.args === null ? null : Buffer.from(test.args);
    const evaluation = decide(compiled, { kind: test.kind, name: test.name, args, schema: null });
    if (evaluation.verdict === test.expect) continue;
    failed++;
    const message = `the test fails: ${describe(test)} is ${evaluation.verdict} by ${nameRule(evaluation, policy)}, and not ${test.expect}`;
    problems.error(placeOf(test.path, places), 'test_failed', message, adviseOn(evaluation));
  }
  return { passed: policy.tests.length - failed, failed };
}

function describe({ name, args }: PolicyTest): string {
  if (args === null) return quote(name);
  const shown = args.length > LONGEST ? `${args.slice(0, LONGEST)}…` : args;
  return `${quote(name)} with ${escapeUnseen(shown)}`;
}

/** The file is told where it is not the test's own. */
function nameRule({ rule, layer }: Evaluation, policy: Policy): string {
  return layer === (policy.file ?? 'built-in') ? rule : `${rule} of ${escapeUnseen(layer)}`;
}

/** A condition that is neither true nor false is the surprise worth a word. */
function adviseOn({ rule, layer, matched }: Evaluation): string {
  const decider = matched.find((match) => match.rule === rule && match.layer === layer);
  if (decider?.holds === 'unknown') {
    return `whether the condition of ${rule} holds is unknown for these arguments, so the stricter outcome is taken`;
  }
  return `mend ${rule}, or the test`;
}
