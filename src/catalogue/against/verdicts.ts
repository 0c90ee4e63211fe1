import { compilePolicy } from '../../policy/compile.ts';
import { placeOf } from '../../policy/check/checkup.ts';
import { decide } from '../../policy/decide.ts';
import type { Evaluation } from '../../policy/policy.ts';
import { append, joinNames, type Inspection, type InspectedTool } from './inspection.ts';

/** Tools that are allowed and perhaps should not be. Each is told in the file whose rule, or `default`, decides it. */
export function checkVerdicts(inspection: Inspection): void {
  const { set, ground, tools, places, problems, policy } = inspection;
  const compiled = compilePolicy(set, ground);
  const decided = tools.map((tool) => ({
    tool,
    evaluation: decide(compiled, {
      kind: 'tools',
      name: tool.name,
      args: null,
      schema: tool.inputSchema,
      profile: tool.profile,
    }),
  }));
  const allowed = decided.filter(({ evaluation }) => evaluation.verdict === 'allow');
  const layer = policy.file ?? 'built-in';
  const byRule = new Map<string, { tool: InspectedTool }[]>();
  for (const { tool, evaluation } of allowed) {
    if (evaluation.layer !== layer || listGrave(tool).length === 0 || !isUnconditional(evaluation)) continue;
    append(byRule, evaluation.rule, { tool });
  }
  for (const [rule, cases] of byRule) {
    const why = cases.map(({ tool }) => `${tool.name} (${listGrave(tool).join(', ')})`);
    const message = `${rule} allows what can do grave harm: ${joinNames(why)}`;
    const hint = 'with require_approval a person sees each call first';
    problems.warn(placeOf(rule, places), 'destructive_allowed', message, hint);
  }
  const unnamed = allowed.filter(
    ({ tool, evaluation: { layer: by, matched } }) =>
      by === layer && listGrave(tool).length === 0 && matched.every(({ action }) => action === null),
  );
  if (unnamed.length === 0) return;
  const names = joinNames(unnamed.map(({ tool }) => tool.name));
  const count =
    unnamed.length === 1 ? '1 tool that no rule names' : `${unnamed.length} tools that no rule names`;
  problems.warn(placeOf('default', places), 'allowed_by_default', `default allows ${count}: ${names}`, null);
}

/** What a person should see first; empty where it is harmless enough. */
function listGrave({ profile: { category, risk } }: InspectedTool): string[] {
  return [
    ...(category === 'destructive' ? ['destructive'] : []),
    ...(risk === 'critical' ? ['critical risk'] : []),
  ];
}

/** What is allowed under a condition was thought about. */
function isUnconditional({ rule, layer, matched }: Evaluation): boolean {
  return (
    rule === 'default' ||
    matched.some((one) => one.rule === rule && one.layer === layer && one.holds === true)
  );
}
