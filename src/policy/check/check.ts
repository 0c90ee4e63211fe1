import { compilePolicy, decide, type CompiledPolicy } from '../decide.ts';
import { ACTIONS, type Policy, type ToolRules } from '../policy.ts';
import type { Problems } from '../read/problems.ts';
import { quote } from '../quote.ts';
import { renderRulePath, type Places } from '../read/read-rules.ts';
import { fold } from '../rule-index.ts';
import { isToolName } from '../../protocol/tool-name.ts';
import type { Span } from '../read/tree.ts';

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
}

/** Warns of rules that can never decide. */
export function checkRules(policy: Policy, places: Places, problems: Problems): void {
  const compiled = compilePolicy(policy);
  for (const rules of policy.tools) {
    checkName(rules, placeOf(renderRulePath(rules.pattern), places), problems);
    checkEntries(rules, places, problems);
    if (rules.kind === 'exact') checkExact(rules, compiled, places, problems);
    else checkGlob(rules, compiled, places, problems);
  }
}

/** Runs the policy's own tests; one that fails is an error. */
export function runTests(policy: Policy, places: Places, problems: Problems): TestCount {
  const compiled = compilePolicy(policy);
  let failed = 0;
  for (const { path, call, expect } of policy.tests) {
    const { verdict, rule } = decide(compiled, call);
    if (verdict === expect) continue;
    failed++;
    const message = `the test fails: ${quote(call)} is ${verdict} by ${rule}, and not ${expect}`;
    problems.error(placeOf(path, places), 'test_failed', message, `mend ${rule}, or the test`);
  }
  return { passed: policy.tests.length - failed, failed };
}

function checkName({ pattern, kind }: ToolRules, span: Span, problems: Problems): void {
  if (isToolName(kind === 'exact' ? pattern : pattern.replaceAll(/[*?]/g, 'x'))) return;
  const message = `no tool can have the name ${quote(pattern)}`;
  const hint = 'names are 1 to 128 of A-Z a-z 0-9 _ . / -, and only * and ? are wildcards';
  problems.warn(span, 'never_matches', message, hint);
}

/** Of a list without conditions the first entry that decides is always taken. */
function checkEntries({ rules }: ToolRules, places: Places, problems: Problems): void {
  const [first, ...rest] = rules.filter(({ action }) => action !== null);
  for (const { path } of rest)
    warn({ path, why: `${first?.path ?? ''} always decides before it` }, places, problems);
}

/** An exact name yields only to a stricter rule for another spelling of it. */
function checkExact(
  { pattern, rules }: ToolRules,
  compiled: CompiledPolicy,
  places: Places,
  problems: Problems,
): void {
  const decider = rules.find(({ action }) => action !== null);
  if (decider === undefined) return;
  const { rule } = decide(compiled, pattern);
  if (rule === decider.path) return;
  warn({ path: decider.path, why: `${rule} is stricter, and covers the name in any case` }, places, problems);
}

/** Among globs the strictest decides, so one below a stricter and wider one never does. */
function checkGlob(
  { pattern, rules }: ToolRules,
  { index }: CompiledPolicy,
  places: Places,
  problems: Problems,
): void {
  const decider = rules.find(({ action }) => action !== null);
  if (decider === undefined) return;
  const rank = ACTIONS.indexOf(decider.action ?? 'allow');
  // Read as text, the wildcards of this pattern fit only under a star of the wider one.
  const wider = index
    .findGlobs(fold(pattern))
    .find(
      ({ pattern: other, decider: by }) =>
        !other.includes('?') && ACTIONS.indexOf(by?.action ?? 'allow') > rank,
    );
  if (wider === undefined || wider.decider === null) return;
  const why = `${wider.decider.path} is stricter, and covers the same names`;
  const hint = 'among globs the strictest decides; only an exact name is an exception to a glob';
  warn({ path: decider.path, why, hint }, places, problems);
}

interface Idle {
  readonly path: string;
  readonly why: string;
  readonly hint?: string;
}

function warn({ path, why, hint }: Idle, places: Places, problems: Problems): void {
  problems.warn(placeOf(path, places), 'never_decides', `${path} can never decide: ${why}`, hint ?? null);
}

function placeOf(path: string, places: Places): Span {
  return places.get(path) ?? { start: 0, end: 0 };
}
