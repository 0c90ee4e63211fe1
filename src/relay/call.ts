import { decide } from '../policy/decide.ts';
import type { Evaluation, Query } from '../policy/policy.ts';
import * as wording from '../protocol/wording.ts';
import { askPerson } from './ask.ts';
import { bindCall } from './bind.ts';
import type { Effect } from './event.ts';
import { refuseExceeded, refuseUncounted } from './exceed.ts';
import { describeCall } from './query.ts';
import { goOn, resume, takeBack } from './return.ts';
import type { Call } from './request.ts';
import { forward, refuse } from './send.ts';
import type { State } from './state.ts';

/** Decides one tools/call: forwarded, refused, or held while a person is asked. */
export function admitCall(state: State, sent: Call, now: number): Effect[] {
  const { call, claim } = takeBack(state, sent, now);
  const query = describeCall(state, call);
  const evaluation = evaluate(state, query);
  const subject = { tool: call.tool, rule: evaluation.rule, reason: evaluation.reason };
  if (state.paused) return refuse(state, call, wording.paused(subject));
  if (evaluation.hide) return refuse(state, call, wording.unknownTool(subject));
  if (evaluation.verdict === 'deny') return refuse(state, call, wording.denied(subject));
  if (claim?.kind === 'go-on') return goOn(state, call, claim.allowed);
  const resumed = resume(state, call, { evaluation, claim }, now);
  if (resumed !== null) return resumed;

  const place = state.windows.reserve(evaluation.limits, query, now);
  if (place.kind !== 'reserved') return refuse(state, call, refuseExceeded(subject, place));
  if (evaluation.verdict === 'allow' && place.overLimit === null) {
    const why = place.commit(now);
    if (why !== null) return refuse(state, call, refuseUncounted(subject, evaluation.limits, why));
    return forward(state, call, { code: 'allowed', rule: evaluation.rule });
  }
  // A limit that asks is the rule that asked: a yes to it is no yes to the tool's own rule.
  const binding = bindCall(state, call, place.overLimit ?? evaluation);
  const grant = state.grants.find(binding, now);
  if (grant !== null) {
    const why = place.commit(now);
    if (why !== null) return refuse(state, call, refuseUncounted(subject, evaluation.limits, why));
    state.grants.spend(grant);
    const { approver, isPass } = grant;
    const code = isPass ? 'approved' : 'granted';
    return forward(state, call, { code, rule: binding.rule, approver, allowed: binding });
  }
  return askPerson(state, call, { evaluation, binding, place }, now);
}

/** A fault while deciding must end in a refusal, never in a crash or a forwarded call. */
function evaluate(state: State, query: Query): Evaluation {
  try {
    return decide(state.policy, query);
  } catch (error) {
    return {
      verdict: 'deny',
      rule: 'internal error',
      layer: 'built-in',
      reason: `mcp-guard failed while deciding: ${error instanceof Error ? error.message : String(error)}`,
      hide: false,
      approval: { channels: [], timeoutMs: null, open: null },
      layers: [],
      matched: [],
      limits: [],
    };
  }
}
