import { isSameSubject } from '../approval/grants.ts';
import { forget } from './ask.ts';
import type { Asked } from './asked.ts';
import { bindCall } from './bind.ts';
import { admitCall, admitOther, judgeCall } from './call.ts';
import type { Effect } from './event.ts';
import type { State } from './state.ts';

/**
 * A question whose answer the policy now gives itself, that another rule asks, or that is about another definition, is no
 * longer the same question: it is withdrawn, and the call judged anew. `why` is what its consoles are told.
 */
export function judgeAgain(state: State, asked: Asked, why: string, now: number): Effect[] {
  if (isStillAsked(state, asked)) return [];
  const { phase, call } = asked;
  const gone = forget(state, asked, why, now);
  if (phase !== 'held') return gone;
  return [...gone, ...(call.other === null ? admitCall : admitOther)(state, call, now)];
}

function isStillAsked(state: State, asked: Asked): boolean {
  const { call, binding, rule, layer, judged } = asked;
  const evaluation = judgeCall(state, call);
  const isSame = (['verdict', 'rule', 'layer'] as const).every((key) => evaluation[key] === judged[key]);
  const asks = [evaluation, ...evaluation.limits].some((by) => by.rule === rule && by.layer === layer);
  // The text of the rule, or of a limit that asks, is in the binding.
  return isSame && asks && isSameSubject(bindCall(state, call, { rule, layer }), binding);
}
