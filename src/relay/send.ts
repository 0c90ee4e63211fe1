import type { GrantBinding } from '../approval/grants.ts';
import type { CallCode, ResultOutcome } from '../audit/entry.ts';
import { digestParams } from '../protocol/digest.ts';
import type { Id } from '../protocol/message.ts';
import { renderError, renderRefusal, type Refusal } from '../protocol/refusal.ts';
import * as wording from '../protocol/wording.ts';
import type { Effect } from './event.ts';
import { findProfile } from './query.ts';
import type { Call, OpenRequest } from './request.ts';
import { MOST_ASKED, type State } from './state.ts';

export interface Outcome {
  readonly code: CallCode;
  readonly rule: string | null;
  readonly approver?: string;
  readonly waitMs?: number;
  /** A person said yes to it: what the server asks before it is done belongs to that yes. */
  readonly allowed?: GrantBinding;
}

/** The call goes on to the server, behind its line in the log. */
export function forward(state: State, call: Call, { allowed, ...outcome }: Outcome): Effect[] {
  state.counts.allowed += 1;
  return [logCall(state, call, { verdict: 'allow', ...outcome }), ...send(state, call, allowed)];
}

/** The call is answered by the guard, behind its line in the log; the server never hears of it. */
export function refuse(state: State, call: Call, refusal: Refusal, outcome: Partial<Outcome> = {}): Effect[] {
  const { rule } = refusal;
  const log = logRefusal(state, call, { code: refusal.code as CallCode, rule }, outcome);
  if (state.settings.dryRun) {
    const text = `dry run, would refuse: ${refusal.text}`;
    return [log, { kind: 'note', level: 'warn', text }, ...send(state, call)];
  }
  return [log, answerRefused(state, call, refusal)];
}

/** The line of a call that does not run. */
export function logRefusal(
  state: State,
  call: Call,
  { code, rule }: { readonly code: CallCode; readonly rule: string | null },
  outcome: Partial<Outcome> = {},
): Effect {
  state.counts.denied += 1;
  return logCall(state, call, { verdict: 'deny', code, rule, ...outcome });
}

/** The log could not take the call's line, so the call was not forwarded. */
export function refuseUnlogged(state: State, idKey: string, why: string): Effect[] {
  const request = state.open.get(idKey);
  if (request === undefined) return [];
  closeRequest(state, request);
  const subject = { tool: request.tool ?? request.method, rule: null, reason: null };
  const refusal = wording.unlogged(subject, why);
  return [{ kind: 'to-client', bytes: renderRefusal(request, refusal) }];
}

/** What became of a request that the server got; the log passes over those whose call it does not hold. */
export function logResult({ token }: Id, outcome: ResultOutcome, answer: Buffer | null): Effect {
  return { kind: 'log', entry: { event: 'result', id: token, outcome, answer } };
}

/** The request has its answer, or nobody waits for one. */
export function closeRequest(state: State, { id, progressToken }: OpenRequest): void {
  state.open.delete(id.key);
  if (progressToken !== undefined) state.progress.delete(progressToken);
}

/** The raw token under which the client wants to hear of progress, null where it does not. */
export function readProgressToken({ call: { params, progressToken } }: Call): string | null {
  return progressToken === null ? null : params.toString('utf8', progressToken.start, progressToken.end);
}

/** Whoever waits for it hears why nothing comes: the client, or the server that asked it something. */
function answerRefused(state: State, call: Call, refusal: Refusal): Effect {
  const { other, id } = call;
  if (other?.way !== 'to-client') {
    if (other?.way === 'answer') state.open.delete(id.key);
    const isTool = other === null || (other.way === 'answer' && other.method === 'tools/call');
    return { kind: 'to-client', bytes: renderRefusal(isTool ? call : { ...call, tool: null }, refusal) };
  }
  const { code, rule } = refusal;
  const decision = { decision: 'deny', code, rule };
  return { kind: 'to-server', bytes: renderError(id.token, 403, refusal.text, { decision }), call: null };
}

function send(state: State, call: Call, allowed?: GrantBinding): Effect[] {
  const { id, era, tool, isTask, bytes, other } = call;
  if (other?.way === 'answer') {
    state.open.delete(id.key);
    return [{ kind: 'to-client', bytes }];
  }
  if (other?.way === 'to-client') {
    rememberAsked(state, id.key);
    return [{ kind: 'to-client', bytes }];
  }
  if (other !== null) {
    state.open.set(id.key, { id, era, tool: null, isTask, method: other.method, where: 'server' });
    return [{ kind: 'to-server', bytes, call: id.key }];
  }
  const token = state.progress.size === 0 ? null : readProgressToken(call);
  const request: OpenRequest = { id, era, tool, isTask, method: 'tools/call', where: 'server' };
  state.open.set(id.key, {
    ...request,
    ...(allowed === undefined
      ? {}
      : { allowed: { binding: allowed, digest: digestParams(call.call.params, 'first') } }),
    ...(token === null || !state.progress.has(token) ? {} : { progressToken: token }),
  });
  return [{ kind: 'to-server', bytes, call: id.key }];
}

/** A server that is never answered must not fill the memory. */
export function rememberAsked(state: State, key: string): void {
  state.serverAsked.add(key);
  const [oldest] = state.serverAsked;
  if (state.serverAsked.size > MOST_ASKED && oldest !== undefined) state.serverAsked.delete(oldest);
}

function logCall(state: State, call: Call, outcome: Outcome & { verdict: 'allow' | 'deny' }): Effect {
  return {
    kind: 'log',
    entry: {
      event: 'call',
      id: call.id.token,
      tool: call.other === null ? call.tool : null,
      profile: call.other === null ? findProfile(state, call.tool) : null,
      other: call.other === null ? null : { method: call.other.method, target: call.other.target },
      arguments: call.call.arguments,
      verdict: outcome.verdict,
      code: outcome.code,
      rule: outcome.rule,
      approver: outcome.approver ?? null,
      waitMs: outcome.waitMs === undefined ? null : Math.round(outcome.waitMs),
      dryRun: state.settings.dryRun,
      isAwaited: isAwaited(state, call, outcome.verdict),
    },
  };
}

/** What goes to the client instead is not answered by the server. */
function isAwaited({ settings }: State, { other }: Call, verdict: 'allow' | 'deny'): boolean {
  return (verdict === 'allow' || settings.dryRun) && (other === null || other.way === 'to-server');
}
