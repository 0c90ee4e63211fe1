import { placeOf } from './checkup.ts';
import { compilePolicy, type CompiledPolicy } from '../compile.ts';
import type { Ground } from '../condition/ground.ts';
import { decideForms } from '../decide-forms.ts';
import type { Evaluation, Policy, PolicySet, PolicyTest } from '../policy.ts';
import type { Profile } from '../profile.ts';
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

/**
 * Runs a policy's own tests, as calls of tools whose servers list them by name and say no more: nobody has seen a schema,
 * and category and risk are what the name tells. One that fails is an error.
 */
export function runTests({ set, policy, places, problems, ground }: TestRun): TestCount {
  if (policy.tests.length === 0) return { passed: 0, failed: 0 };
  const compiled = compilePolicy(set, ground);
  let failed = 0;
  for (const test of policy.tests) {
    const args = test.args === null ? null : Buffer.from(test.args);
    const profile = profileTest(test, ground);
    const evaluation = decideForms(compiled, {
      kind: test.kind,
      name: test.name,
      args,
      schema: null,
      profile,
    });
    if (evaluation.verdict === test.expect) continue;
    failed++;
    const told = profile !== null && hangsOnProfile(evaluation, compiled) ? ` (${tellProfile(profile)})` : '';
    const message = `the test fails: ${describe(test)}${told} is ${evaluation.verdict} by ${nameRule(evaluation, policy)}, and not ${test.expect}`;
    problems.error(placeOf(test.path, places), 'test_failed', message, adviseOn(evaluation));
  }
  return { passed: policy.tests.length - failed, failed };
}

/** Null for what is no tool. */
function profileTest({ kind, name }: PolicyTest, ground: Ground): Profile | null {
  return kind === 'tools' ? { ...ground.classify(name), isSeen: true } : null;
}

/** Whether another category or risk might have come to another verdict. */
function hangsOnProfile({ rule }: Evaluation, { asksProfile }: CompiledPolicy): boolean {
  return asksProfile && !rule.startsWith('tools');
}

function tellProfile({ category, risk }: Profile): string {
  return `${category}, ${risk} risk, by its name`;
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
