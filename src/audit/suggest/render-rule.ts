import { renderComment, renderText } from '../../catalogue/write/yaml-text.ts';
import type { Clause } from './clauses.ts';
import type { PlannedTool } from './plan.ts';
import { tellEvidence } from './tell-evidence.ts';

const OTHERWISE = 'No recorded call was like this';

/** The rule of one tool, as lines of the map `tools`, with the evidence above it. */
export function renderRule(planned: PlannedTool, isCommented: boolean): string[] {
  const comments = isCommented ? tellEvidence(planned).flatMap((words) => renderComment(words, '  ')) : [];
  const { evidence, action, entries, limits } = planned;
  const key = `  ${renderText(evidence.name)}:`;
  const rates = limits.map(
    ({ max, window }) => `    - rate_limit: { max: ${max}, window: ${window}, on_exceed: require_approval }`,
  );
  if (action !== 'allow') {
    const rule = `{ action: ${action}, reason: ${renderText(giveReason(planned))} }`;
    return [...comments, `${key} ${isCommented ? rule : action}`];
  }
  if (entries.length === 0)
    return [...comments, ...(rates.length === 0 ? [`${key} allow`] : [key, ...rates, '    - allow'])];
  return [
    ...comments,
    key,
    ...rates,
    ...entries.flatMap(({ clauses }) => [
      '    - when:',
      ...clauses.map((clause) => renderClause(clause, isCommented)),
      '      action: allow',
    ]),
    `    - { action: require_approval, reason: ${renderText(OTHERWISE)} }`,
  ];
}

/** For the person who is asked and for the agent that is refused. */
function giveReason({ action, evidence: { ran, refusedByPerson } }: PlannedTool): string {
  if (action === 'deny') return 'What was called of it was refused; your user may do it by hand';
  if (refusedByPerson > 0) return 'A person said no to it before';
  return ran === 0 ? 'It never ran' : 'No rule tells the calls of it that ran from others';
}

function renderClause(clause: Clause, isCommented: boolean): string {
  const comment = clause.note === null || !isCommented ? '' : ` # ${clause.note}`;
  return `        ${renderText(clause.path)}: ${renderTests(clause)}${comment}`;
}

function renderTests({ bound: { tests, literal }, saysExists }: Clause): string {
  if (literal !== null && !saysExists) return literal;
  return `{ ${[...(saysExists ? ['exists: true'] : []), ...tests].join(', ')} }`;
}
