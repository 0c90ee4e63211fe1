import { covers, type Grant } from '../approval/grants.ts';
import type { Answer, Choice } from '../approval/question.ts';
import * as wording from '../protocol/wording.ts';
import { forget, giveUp, release, seekPerson } from './ask.ts';
import { PASS_MS, type Asked } from './asked.ts';
import type { Effect } from './event.ts';
import { NO_STANDS_MS } from './memory.ts';
import { forward, logRefusal, readProgressToken, refuse } from './send.ts';
import type { State } from './state.ts';

type Chosen = Extract<Answer, { approver: unknown }>;
type Yes = Extract<Chosen, { kind: 'yes' }>;
type No = Extract<Chosen, { kind: 'no' }>;

/** What a person, or their absence, decided. An answer to a question that is gone counts for nothing. */
export function answerCall(state: State, key: string, answer: Answer, now: number): Effect[] {
  const asked = state.asked.get(key);
  // A timer may be late: what comes after the end is too late all the same.
  if (asked === undefined || asked.endsAt <= now) return [];
  switch (answer.kind) {
    case 'yes':
      return sayYes(state, asked, answer, now);
    case 'no':
      return sayNo(state, asked, answer, now);
    case 'timeout':
      return endWait(state, asked, now);
    case 'unavailable':
      asked.terminalLack = answer.why;
      return seekPerson(state, asked, now);
  }
}

/** Nobody answered in time. */
export function endWait(state: State, asked: Asked, now: number): Effect[] {
  if (asked.phase !== 'held') return [];
  const { call, rule, reason, askedAt } = asked;
  return giveUp(state, asked, wording.unanswered({ tool: call.tool, rule, reason }, now - askedAt), now);
}

/** The call is no longer wanted: its question disappears, and it can never run. Nobody waits for an answer. */
export function dropCall(state: State, idKey: string, why: string, now: number): Effect[] {
  const asked = [...state.asked.values()].find(
    ({ phase, call }) => phase === 'held' && call.other?.way !== 'to-client' && call.id.key === idKey,
  );
  if (asked === undefined) return [];
  return dropAsked(state, asked, why, now);
}

/** The server no longer wants what it asked of the client; null where nobody is asked about that. */
export function dropServerRequest(state: State, idKey: string | null, now: number): Effect[] | null {
  const asked = [...state.asked.values()].find(
    ({ phase, call }) => phase === 'held' && call.other?.way === 'to-client' && call.id.key === idKey,
  );
  return asked === undefined ? null : dropAsked(state, asked, 'the server gave it up', now);
}

function dropAsked(state: State, asked: Asked, why: string, now: number): Effect[] {
  const { call, rule, askedAt } = asked;
  const log = logRefusal(state, call, { code: 'cancelled', rule }, { waitMs: now - askedAt });
  return [...forget(state, asked, why, now), log];
}

function sayYes(state: State, asked: Asked, answer: Yes, now: number): Effect[] {
  const { phase, call, binding, place } = asked;
  const { approver } = answer;
  state.asked.delete(asked.key);
  // Committed before what the question held is given back.
  const why = phase === 'held' ? (place?.commit(now) ?? null) : null;
  if (why !== null) return refuseAnswered(state, asked, { approver, why }, now);
  state.memory.keepYes(call.tool, call.call.arguments);
  const grants = addGrant(state, asked, answer, now);
  const released = release(state, asked, now);
  if (phase !== 'held') return [...released, ...grants, ...releaseCovered(state, now)];
  keepBeats(state, asked);
  const outcome = { code: 'approved', rule: asked.rule, approver, allowed: binding } as const;
  const sent = forward(state, call, { ...outcome, waitMs: now - asked.askedAt });
  return [...released, ...grants, ...sent, ...releaseCovered(state, now)];
}

/** A person said yes, but the call could not be counted for all guards, so it does not run. */
function refuseAnswered(
  state: State,
  asked: Asked,
  { approver, why }: { readonly approver: string; readonly why: string },
  now: number,
): Effect[] {
  const { call, rule, reason, askedAt } = asked;
  const refusal = wording.unlimitable({ tool: call.tool, rule, reason }, rule, why);
  const released = release(state, asked, now);
  return [...released, ...refuse(state, call, refusal, { approver, waitMs: now - askedAt })];
}

/** Nobody waits for a late yes, so it stays as a pass for the same call. */
function addGrant(state: State, asked: Asked, { scope, lasts, approver }: Yes, now: number): Effect[] {
  const { binding, phase } = asked;
  const id = state.settings.createId();
  if (scope === 'once') {
    if (phase === 'held') return [];
    state.grants.add({ id, binding, scope: 'call', until: now + PASS_MS, left: 1, isPass: true, approver });
    return [logGrant(asked, { kind: 'yes', scope, lasts }, approver)];
  }
  const lastsMs = lasts.kind === 'time' ? lasts.ms : null;
  const grant: Grant = {
    id,
    binding,
    scope,
    isPass: false,
    approver,
    until: lastsMs === null ? null : now + lastsMs,
    // The call that was asked about is the first of them.
    left: lasts.kind === 'calls' ? lasts.count - (phase === 'held' ? 1 : 0) : null,
  };
  if (grant.left !== 0) state.grants.add(grant);
  const effects = [logGrant(asked, { kind: 'yes', scope, lasts }, approver)];
  if (lastsMs === null) return effects;
  const { server } = state.settings;
  // What is short in the arguments could be found from their hash: nothing of them is kept that is not asked for.
  const kept = scope === 'tool' ? { ...binding, digest: '' } : binding;
  return [...effects, { kind: 'remember', grant: { id, server, binding: kept, scope }, lastsMs }];
}

function logGrant({ binding }: Asked, choice: Choice & { kind: 'yes' }, approver: string): Effect {
  const { scope, lasts } = choice;
  const { tool, rule } = binding;
  return {
    kind: 'log',
    entry: { event: 'grant', tool, rule, scope, lasts: scope === 'once' ? null : lasts, approver },
  };
}

/** Other calls that wait for what has just been allowed need no question any more. */
function releaseCovered(state: State, now: number): Effect[] {
  return [...state.asked.values()].flatMap((asked) => {
    if (asked.phase !== 'held' || asked.place === null) return [];
    const grant = state.grants
      .list(now)
      .find((candidate) => !candidate.isPass && covers(candidate, asked.binding));
    if (grant === undefined) return [];
    const { call, rule, place, binding, askedAt } = asked;
    const { approver } = grant;
    const why = place.commit(now);
    if (why !== null) {
      state.asked.delete(asked.key);
      const gone: Effect = { kind: 'withdraw', key: asked.key, why };
      return [gone, ...refuseAnswered(state, asked, { approver, why }, now)];
    }
    state.grants.spend(grant);
    const gone = forget(state, asked, 'allowed together with another call', now);
    keepBeats(state, asked);
    const outcome = { code: 'granted', rule, approver, allowed: binding } as const;
    return [...gone, ...forward(state, call, { ...outcome, waitMs: now - askedAt })];
  });
}

/** What the server reports of the call counts on from what the guard has. */
function keepBeats(state: State, { call, beats }: Asked): void {
  const token = readProgressToken(call);
  if (beats > 0 && token !== null) state.progress.set(token, beats);
}

function sayNo(state: State, asked: Asked, { approver, message }: No, now: number): Effect[] {
  const { call, rule, reason, phase, binding } = asked;
  state.asked.delete(asked.key);
  state.memory.keepNo({ binding, until: now + NO_STANDS_MS, message, approver });
  const released = release(state, asked, now);
  if (phase !== 'held') return released;
  const refusal = wording.refusedByPerson({ tool: call.tool, rule, reason }, message);
  return [...released, ...refuse(state, call, refusal, { approver, waitMs: now - asked.askedAt })];
}
