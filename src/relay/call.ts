import { decide } from '../policy/decide.ts';
import { mergeEvaluations } from '../policy/decide-forms.ts';
import { CHANGED, guardPin, PIN } from '../policy/pin.ts';
import type { Evaluation, Query } from '../policy/policy.ts';
import * as wording from '../protocol/wording.ts';
import { askPerson } from './ask.ts';
import { bindCall } from './bind.ts';
import type { Effect } from './event.ts';
import { refuseExceeded, refuseUncounted } from './exceed.ts';
import { listQueries } from './query.ts';
import { showChange } from './question.ts';
import { goOn, resume, takeBack, type Claim } from './return.ts';
import type { Call } from './request.ts';
import { forward, refuse } from './send.ts';
import type { State } from './state.ts';

const UNSHOWN = `${CHANGED}, and the difference cannot be shown, so nobody can be asked about it`;
const LOST = 'Its server lists more tools than can be remembered';

/** Decides one tools/call: forwarded, refused, or held while a person is asked. */
export function admitCall(state: State, sent: Call, now: number): Effect[] {
  const { call, claim } = takeBack(state, sent, now);
  const evaluation = judgeCall(state, call);
  const subject = { tool: call.tool, rule: evaluation.rule, reason: evaluation.reason };
  if (state.paused) return refuse(state, call, wording.paused(subject));
  if (evaluation.hide) return refuse(state, call, wording.unknownTool(subject));
  return decideCall(state, call, { evaluation, claim }, now);
}

/** Decides what is no tools/call by the same rules; a pause is for tools alone. */
export function admitOther(state: State, call: Call, now: number): Effect[] {
  return decideCall(state, call, { evaluation: judgeCall(state, call), claim: null }, now);
}

interface Judged {
  readonly evaluation: Evaluation;
  readonly claim: Claim | null;
}

function decideCall(state: State, call: Call, { evaluation, claim }: Judged, now: number): Effect[] {
  const subject = { tool: call.tool, rule: evaluation.rule, reason: evaluation.reason };
  if (evaluation.verdict === 'deny') {
    const word = evaluation.rule === PIN ? wording.toolChanged : wording.denied;
    return refuse(state, call, word(subject));
  }
  if (claim?.kind === 'go-on') return goOn(state, call, claim.allowed);
  const resumed = resume(state, call, { evaluation, claim }, now);
  if (resumed !== null) return resumed;

  const [query] = listQueries(state, call);
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

/** What the policy says of it: of several questions the strictest answer, and the limits of all. */
export function judgeCall(state: State, call: Call): Evaluation {
  const [first, ...rest] = listQueries(state, call).map((query) => evaluate(state, query));
  // One query there is always.
  if (first === undefined) return refuseAll('mcp-guard asked nothing');
  return guardDefinition(state, call, rest.reduce(mergeEvaluations, first));
}

/** Words that the person never saw may have led the model here. */
function guardDefinition(state: State, { tool, other }: Call, evaluation: Evaluation): Evaluation {
  if (other !== null) return evaluation;
  const { pinLack, policy, tools } = state;
  if (pinLack !== null)
    return guardPin(evaluation, policy.pin, `What its tools were cannot be told: ${pinLack}`);
  const change = tools.findChange(tool);
  // A server would need no more than a key that stands twice to get a yes to words that never stood on a screen.
  if (change !== null && showChange(change) === null)
    return guardPin(evaluation, policy.pin === 'off' ? 'off' : 'deny', UNSHOWN);
  if (change !== null) return guardPin(evaluation, policy.pin, CHANGED);
  return tools.isLost(tool) ? guardPin(evaluation, policy.pin, LOST) : evaluation;
}

/** A fault while deciding must end in a refusal, never in a crash or a forwarded call. */
function evaluate(state: State, query: Query): Evaluation {
  if (query.name === '') return refuseAll('What it is about cannot be told for certain');
  try {
    return decide(state.policy, query);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refuseAll(`mcp-guard failed while deciding: ${why}`);
  }
}

function refuseAll(reason: string): Evaluation {
  return {
    verdict: 'deny',
    rule: 'internal error',
    layer: 'built-in',
    reason,
    hide: false,
    approval: { channels: [], timeoutMs: null, open: null },
    namesChannels: false,
    layers: [],
    matched: [],
    limits: [],
  };
}
