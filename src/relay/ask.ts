import type { GrantBinding } from '../approval/grants.ts';
import type { Evaluation } from '../policy/policy.ts';
import type { Place } from '../policy/limit/windows.ts';
import type { Refusal } from '../protocol/refusal.ts';
import * as wording from '../protocol/wording.ts';
import {
  allowsChannel,
  BEAT_MS,
  DEFAULT_LONG_TIMEOUT_MS,
  DEFAULT_TIMEOUT_MS,
  LATE_MS,
  LEG_MS,
  MOST_HELD,
  MOST_LATE,
  MOST_LATE_BYTES,
  TURN_TO_CLIENT_MS,
  type Asked,
} from './asked.ts';
import { canTurnToClient, endElicitation, isTooGrave, turnToClient } from './elicit.ts';
import type { Effect } from './event.ts';
import { findProfile } from './query.ts';
import { createQuestion } from './question.ts';
import type { Call } from './request.ts';
import { readProgressToken, refuse } from './send.ts';
import type { State } from './state.ts';

const TOO_GRAVE = 'what it does cannot be undone, so no dialog of the client is enough';

interface Judged {
  readonly evaluation: Evaluation;
  readonly binding: GrantBinding;
  readonly place: Place;
}

/** Holds a call and asks for it, unless nobody may be asked, or a no to it is still fresh. */
export function askPerson(
  state: State,
  call: Call,
  { evaluation, binding, place }: Judged,
  now: number,
): Effect[] {
  const { rule } = binding;
  const subject = { tool: call.tool, rule, reason: evaluation.reason };
  const no = state.memory.findNo(binding, now);
  const refusal =
    no === null ? refuseToAsk(state, evaluation, subject) : wording.refusedByPerson(subject, no.message);
  if (refusal !== null) {
    // In a dry run the call goes on, so it counts.
    if (state.settings.dryRun) place.commit(now);
    else place.release();
    return refuse(state, call, refusal, no === null ? {} : { approver: no.approver });
  }
  const asked: Asked = {
    key: state.settings.createKey(),
    binding,
    rule,
    layer: (place.overLimit ?? evaluation).layer,
    judged: { verdict: evaluation.verdict, rule: evaluation.rule, layer: evaluation.layer },
    reason: evaluation.reason,
    approval: evaluation.approval,
    namesChannels: evaluation.namesChannels,
    // Over a limit nothing but this one call can be allowed, and what is built in is no file to write to.
    allowsAlways: place.overLimit === null && evaluation.layer !== 'built-in' && call.other === null,
    askedAt: now,
    call,
    place,
    phase: 'held',
    endsAt: now,
    legEndsAt: null,
    legs: 0,
    beatAt: null,
    beats: 0,
    turnAt: null,
    seekAt: null,
    client: 'unasked',
    terminalLack: null,
    clientLack: null,
    isOpening: false,
  };
  return hold(state, asked, now);
}

/** Puts a question, the first time or again after it was refused. */
export function hold(state: State, asked: Asked, now: number): Effect[] {
  const { approval, call } = asked;
  const isModern = call.era === 'modern' && call.other === null;
  const timeoutMs = approval.timeoutMs ?? (isModern ? DEFAULT_LONG_TIMEOUT_MS : DEFAULT_TIMEOUT_MS);
  asked.endsAt = now + timeoutMs;
  asked.turnAt = now + TURN_TO_CLIENT_MS;
  asked.client = 'unasked';
  asked.legs = 0;
  asked.clientLack = null;
  asked.terminalLack = allowsChannel(approval, 'terminal') ? null : 'the policy asks in no terminal';
  state.asked.set(asked.key, asked);
  state.memory.countAsked(call.tool);
  attach(state, asked, call, now);
  const effects: Effect[] = [
    {
      kind: 'ask',
      question: createQuestion(state, asked, now),
      layer: asked.layer,
      profile: findProfile(state, call.tool),
      timing: { askedAt: asked.askedAt, endsAt: asked.endsAt },
      places: { console: allowsChannel(approval, 'console'), terminal: asked.terminalLack === null },
    },
  ];
  if (approval.open !== null && state.consoles === 0) {
    asked.isOpening = true;
    effects.push({ kind: 'open', opening: approval.open, tool: call.tool });
  }
  return [...effects, ...seekPerson(state, asked, now)];
}

/** The request now waits for the question's answer. */
export function attach(state: State, asked: Asked, call: Call, now: number): void {
  const { id, era, tool, isTask, other } = call;
  asked.call = call;
  asked.phase = 'held';
  asked.legEndsAt = era === 'modern' && other === null ? now + LEG_MS : null;
  asked.beatAt = readProgressToken(call) === null ? null : now + BEAT_MS;
  asked.beats = 0;
  // Its id is the server's own, and says nothing about the client's.
  if (other?.way === 'to-client') return;
  const method = other?.method ?? 'tools/call';
  state.open.set(id.key, { id, era, tool: other === null ? tool : null, isTask, method, where: 'held' });
}

/** Where nobody is left who could answer, the client is asked; where it cannot be, the call is refused. */
export function seekPerson(state: State, asked: Asked, now: number): Effect[] {
  const { approval, terminalLack, client, call, rule, reason } = asked;
  if (asked.phase !== 'held' || terminalLack === null || asked.isOpening) return [];
  if (allowsChannel(approval, 'console')) {
    if (state.consoles > 0) return [];
    if (now < state.graceUntil) {
      asked.seekAt = state.graceUntil;
      return [];
    }
  }
  if (client === 'queued' || client === 'asked') return [];
  if (canTurnToClient(state, asked)) return turnToClient(state, asked, now);
  const subject = { tool: call.tool, rule, reason };
  const lacks = allowsChannel(approval, 'console') ? ['no console is open', terminalLack] : [terminalLack];
  const clientLack = asked.clientLack ?? (isTooGrave(state, asked) ? TOO_GRAVE : null);
  if (clientLack !== null) lacks.push(clientLack);
  return giveUp(state, asked, wording.unavailable(subject, lacks.join('; ')), now);
}

/** The call is refused for want of an answer; consoles can still say yes to it, for the next time it comes. */
export function giveUp(state: State, asked: Asked, refusal: Refusal, now: number): Effect[] {
  const refused = refuse(state, asked.call, refusal, { waitMs: now - asked.askedAt });
  return [...refused, ...makeLate(state, asked, now)];
}

/** Nobody waits for the answer any more. */
export function makeLate(state: State, asked: Asked, now: number): Effect[] {
  const effects = release(state, asked, now);
  // What is no call of a tool does not come again by itself.
  if (!allowsChannel(asked.approval, 'console') || asked.call.other !== null) {
    return [...effects, ...forget(state, asked, 'no answer in time', now)];
  }
  asked.phase = 'late';
  asked.endsAt = now + LATE_MS;
  effects.push({
    kind: 'late',
    key: asked.key,
    timing: { askedAt: asked.askedAt, endsAt: asked.endsAt },
  });
  return [...effects, ...makeRoom(state, now)];
}

/** Takes the question away everywhere; what is answered to it later counts for nothing. */
export function forget(state: State, asked: Asked, why: string, now: number): Effect[] {
  state.asked.delete(asked.key);
  return [...release(state, asked, now), { kind: 'withdraw', key: asked.key, why }];
}

/** Gives back what a waiting question holds: the request, its places, the client's dialog. */
export function release(state: State, asked: Asked, now: number): Effect[] {
  const { id, other } = asked.call;
  if (asked.phase === 'held' && other?.way !== 'to-client') state.open.delete(id.key);
  asked.place?.release();
  asked.place = null;
  ({
    legEndsAt: asked.legEndsAt,
    beatAt: asked.beatAt,
    turnAt: asked.turnAt,
    seekAt: asked.seekAt,
  } = NOTHING_DUE);
  asked.isOpening = false;
  return endElicitation(state, asked, now);
}

const NOTHING_DUE = { legEndsAt: null, beatAt: null, turnAt: null, seekAt: null };

/** Late questions hold their calls, which may be large; the oldest go first. */
function makeRoom(state: State, now: number): Effect[] {
  const late = [...state.asked.values()].filter(({ phase }) => phase === 'late');
  let bytes = 0;
  return late
    .reverse()
    .flatMap((asked, index) =>
      index >= MOST_LATE || (bytes += asked.call.bytes.length) > MOST_LATE_BYTES
        ? forget(state, asked, 'too many questions are left unanswered', now)
        : [],
    );
}

function refuseToAsk(state: State, { approval }: Evaluation, subject: wording.Subject): Refusal | null {
  if (state.settings.dryRun) return wording.askedNobody(subject, 'a dry run asks nobody');
  if (approval.channels?.length === 0) {
    return wording.askedNobody(subject, 'the policy lists no channel to ask on');
  }
  const waiting = [...state.asked.values()].filter(({ phase }) => phase !== 'late').length;
  return waiting >= MOST_HELD ? wording.overflow(subject, MOST_HELD) : null;
}
