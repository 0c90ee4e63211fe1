import type { Clause, Step } from '../../policy/condition/condition.ts';
import { rankOf } from '../../policy/check/strength.ts';
import { ACTIONS, type Action, type RuleList } from '../../policy/policy.ts';
import type { JsonValue } from '../../wire/value.ts';
import { findOptional, locate } from '../schema/locate.ts';
import type { Schema } from '../schema/schema.ts';
import { joinNames, listFitting, placeOfPath, type Inspection } from './inspection.ts';
import { Mildest, type Omission } from './mildest.ts';
import { renderSteps } from './paths.ts';

/** Denies and asks that a call gets round by leaving an argument out. */
export function checkOmitted(inspection: Inspection): void {
  for (const list of inspection.policy.rules.tools) {
    const mildest = new Mildest(list, inspection);
    for (const [index, { action, when }] of list.rules.entries()) {
      if (action === null || action === 'allow') continue;
      for (const clause of when?.clauses ?? [])
        checkClause({ list, index, action, clause }, mildest, inspection);
    }
  }
}

interface Guarded {
  readonly list: RuleList;
  readonly index: number;
  readonly action: Action;
  readonly clause: Clause;
}

function checkClause(
  { list, index, action, clause }: Guarded,
  mildest: Mildest,
  inspection: Inspection,
): void {
  const { path } = clause;
  // That it is sent at all is what such a rule is about.
  if (clause.tests.every((test) => test.kind === 'exists' && test.wanted)) return;
  const escaping = listFitting(list, inspection.tools).flatMap(({ name, schema }) => {
    const omission = schema === null ? null : omit(path.steps, schema);
    if (omission === null || mildest.judge(clause, omission) !== false) return [];
    // Where another rule decides for this tool anyway, the condition guards nothing.
    if (rankOf(mildest.decideAs(action, name)) < rankOf(action)) return [];
    const verdict = mildest.find(name, omission);
    return rankOf(verdict) < rankOf(action) ? [{ name, verdict, step: omission.step }] : [];
  });
  const [first] = escaping;
  const rule = list.rules[index];
  if (first === undefined || rule === undefined) return;
  const left = renderSteps(path.steps.slice(0, first.step + 1));
  const verdict = ACTIONS.find((one) => escaping.some((tool) => tool.verdict === one)) ?? 'allow';
  const names = joinNames(escaping.map(({ name }) => name));
  const message = `a call without ${left} escapes this ${action} and comes to ${verdict}: the argument is optional (${names})`;
  const hint = `add an entry { when: { ${path.text}: { exists: false } }, action: ${action} }, or turn the test round: ne, not_in, not_matches`;
  inspection.problems.warn(placeOfPath(rule, path.text, inspection), 'escapes_by_omission', message, hint);
}

/** The least call in which the schema lets the path lead nowhere; null where it demands all of the path. */
function omit(steps: readonly Step[], schema: Schema): Omission | null {
  const step = locate(schema, steps).kind === 'known' ? findOptional(schema, steps) : null;
  if (step === null) return null;
  const keys = steps.slice(0, step).flatMap((one) => (one.kind === 'key' ? [one.key] : []));
  const nothing: JsonValue = { kind: 'map', entries: new Map() };
  const args = keys.reduceRight<JsonValue>(
    (inner, key) => ({ kind: 'map', entries: new Map([[key, inner]]) }),
    nothing,
  );
  return { steps: steps.slice(0, step + 1), step, args, schema: schema.root };
}
