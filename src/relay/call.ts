import { createHash } from 'node:crypto';
import type { Answer, Question } from '../approval/question.ts';
import { addGrant, findGrant, type GrantBinding } from '../approval/grants.ts';
import type { CallCode } from '../audit/entry.ts';
import { decide } from '../policy/decide.ts';
import type { Evaluation } from '../policy/policy.ts';
import { renderRefusal, type Refusal } from '../protocol/refusal.ts';
import * as wording from '../protocol/wording.ts';
import type { Effect } from './event.ts';
import {
  DEFAULT_TIMEOUT_MS,
  MOST_HELD,
  type Call,
  type HeldCall,
  type OpenRequest,
  type State,
} from './state.ts';

/** Decides one tools/call: forwarded, refused, or held while a person is asked. */
export function admitCall(state: State, call: Call, now: number): Effect[] {
  const evaluation = evaluate(state, call.tool);
  const subject = { tool: call.tool, rule: evaluation.rule, reason: evaluation.reason };
  if (evaluation.hide) return refuse(state, call, wording.unknownTool(subject));
  if (evaluation.verdict === 'deny') return refuse(state, call, wording.denied(subject));

  const place = state.windows.reserve(evaluation.limits, call.tool, now);
  if (place.kind === 'exceeded') {
    return refuse(state, call, wording.rateLimited(subject, place.limit, place.retryAfterMs));
  }
  if (evaluation.verdict === 'allow' && place.overLimit === null) {
    place.commit(now);
    return forward(state, call, { code: 'allowed', rule: evaluation.rule });
  }
  // A limit that asks is the rule that asked: a yes to it is no yes to the tool's own rule.
  const rule = place.overLimit?.rule ?? evaluation.rule;
  const binding = bindGrant(state, call, rule);
  if (place.overLimit === null && findGrant(state.grants, binding) !== null) {
    place.commit(now);
    return forward(state, call, { code: 'granted', rule });
  }
  const refusal = refuseToAsk(state, evaluation, subject);
  if (refusal !== null) {
    // In a dry run the call goes on, so it counts.
    if (state.settings.dryRun) place.commit(now);
    else place.release();
    return refuse(state, call, refusal);
  }
  const timeoutMs = evaluation.approval.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const held = {
    key: state.settings.createKey(),
    call,
    rule,
    reason: evaluation.reason,
    binding,
    place,
    askedAt: now,
    timeoutMs,
  };
  state.held.set(call.id.key, held);
  state.open.set(call.id.key, openRequest(call, 'held'));
  return [{ kind: 'ask', question: createQuestion(state, held) }];
}

/** What a person, or their absence, decided about a held call. An answer to a call that is gone counts for nothing. */
export function answerCall(state: State, key: string, answer: Answer, now: number): Effect[] {
  const held = [...state.held.values()].find((candidate) => candidate.key === key);
  if (held === undefined) return [];
  forget(state, held);
  const { call, rule, reason, place } = held;
  const waitMs = now - held.askedAt;
  const subject = { tool: call.tool, rule, reason };
  if (answer.kind === 'yes') {
    if (answer.scope !== 'once') addGrant(state.grants, { ...held.binding, scope: answer.scope });
    place.commit(now);
    return forward(state, call, { code: 'approved', rule, approver: answer.approver, waitMs });
  }
  place.release();
  switch (answer.kind) {
    case 'no':
      return refuse(state, call, wording.refusedByPerson(subject), { approver: answer.approver, waitMs });
    case 'timeout':
      return refuse(state, call, wording.unanswered(subject, held.timeoutMs), { waitMs });
    case 'unavailable':
      return refuse(state, call, wording.unavailable(subject, answer.why), { waitMs });
  }
}

/** The call is no longer wanted: its question disappears, and it can never run. Nobody waits for an answer. */
export function dropCall(state: State, idKey: string, why: string, now: number): Effect[] {
  const held = state.held.get(idKey);
  if (held === undefined) return [];
  forget(state, held);
  held.place.release();
  return [
    { kind: 'withdraw', key: held.key, why },
    logCall(state, held.call, {
      verdict: 'deny',
      code: 'cancelled',
      rule: held.rule,
      waitMs: now - held.askedAt,
    }),
  ];
}

/** The log could not take the call's line, so the call was not forwarded. */
export function refuseUnlogged(state: State, idKey: string, why: string): Effect[] {
  const request = state.open.get(idKey);
  if (request === undefined || request.tool === null) return [];
  state.open.delete(idKey);
  const refusal = wording.unlogged({ tool: request.tool, rule: null, reason: null }, why);
  return [{ kind: 'to-client', bytes: renderRefusal(request, refusal) }];
}

interface Outcome {
  readonly code: CallCode;
  readonly rule: string | null;
  readonly approver?: string;
  readonly waitMs?: number;
}

function forward(state: State, call: Call, outcome: Outcome): Effect[] {
  return [logCall(state, call, { verdict: 'allow', ...outcome }), send(state, call)];
}

function refuse(state: State, call: Call, refusal: Refusal, outcome: Partial<Outcome> = {}): Effect[] {
  const code = refusal.code as CallCode;
  const log = logCall(state, call, { verdict: 'deny', code, rule: refusal.rule, ...outcome });
  if (state.settings.dryRun) {
    const text = `dry run, would refuse: ${refusal.text}`;
    return [log, { kind: 'note', level: 'warn', text }, send(state, call)];
  }
  return [log, { kind: 'to-client', bytes: renderRefusal(call, refusal) }];
}

function send(state: State, call: Call): Effect {
  state.open.set(call.id.key, openRequest(call, 'server'));
  return { kind: 'to-server', bytes: call.bytes, call: call.id.key };
}

function openRequest({ id, era, tool, isTask }: Call, where: OpenRequest['where']): OpenRequest {
  return { id, era, method: 'tools/call', tool, isTask, where };
}

function forget(state: State, held: HeldCall): void {
  state.held.delete(held.call.id.key);
  state.open.delete(held.call.id.key);
}

/** A fault while deciding must end in a refusal, never in a crash or a forwarded call. */
function evaluate(state: State, tool: string): Evaluation {
  try {
    return decide(state.settings.policy, tool);
  } catch (error) {
    return {
      verdict: 'deny',
      rule: 'internal error',
      layer: 'built-in',
      reason: `mcp-guard failed while deciding: ${error instanceof Error ? error.message : String(error)}`,
      hide: false,
      approval: { channels: [], timeoutMs: null, open: null },
      matched: [],
      limits: [],
    };
  }
}

function refuseToAsk(state: State, evaluation: Evaluation, subject: wording.Subject): Refusal | null {
  if (state.settings.dryRun) return wording.unavailable(subject, 'a dry run asks nobody');
  if (evaluation.approval.channels?.length === 0) {
    return wording.unavailable(subject, 'the policy lists no channel to ask on');
  }
  return state.held.size >= MOST_HELD ? wording.overflow(subject, MOST_HELD) : null;
}

function createQuestion(state: State, held: HeldCall): Question {
  const { call } = held;
  return {
    key: held.key,
    server: state.settings.server,
    tool: call.tool,
    title: state.definitions.get(call.tool)?.title ?? null,
    rule: held.rule,
    reason: held.reason,
    arguments: call.call.arguments,
    attachments: call.call.attachments,
    timeoutMs: held.timeoutMs,
    group: held.binding.digest,
    history: { asked: 0, allowed: 0, refused: 0, lastAllowed: null },
    allowsAlways: false,
  };
}

function logCall(state: State, call: Call, outcome: Outcome & { verdict: 'allow' | 'deny' }): Effect {
  return {
    kind: 'log',
    entry: {
      event: 'call',
      id: call.id.token,
      tool: call.tool,
      arguments: call.call.arguments,
      verdict: outcome.verdict,
      code: outcome.code,
      rule: outcome.rule,
      approver: outcome.approver ?? null,
      waitMs: outcome.waitMs === undefined ? null : Math.round(outcome.waitMs),
      dryRun: state.settings.dryRun,
    },
  };
}

/** A definition that changes between question and answer leaves the grant without effect: it names the one asked about. */
function bindGrant(state: State, { tool, call }: Call, rule: string): GrantBinding {
  const { params, progressToken: token } = call;
  const digest = createHash('sha256');
  if (token === null) digest.update(params);
  else digest.update(params.subarray(0, token.start)).update(params.subarray(token.end));
  return {
    tool,
    definition: state.definitions.get(tool)?.hash ?? null,
    rule,
    policyHash: state.settings.policyHash,
    digest: digest.digest('hex'),
  };
}
