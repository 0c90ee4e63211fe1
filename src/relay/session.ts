import { renderRefusal } from '../protocol/refusal.ts';
import * as wording from '../protocol/wording.ts';
import { answerCall } from './answer.ts';
import { hearApprovals } from './approvals.ts';
import { forget } from './ask.ts';
import { nextDue } from './asked.ts';
import type { Effect, Event } from './event.ts';
import { readFromClient, refuseTooLong } from './from-client.ts';
import { readFromServer, skipTooLong } from './from-server.ts';
import { takePackage, takePins } from './pins.ts';
import { takeReload } from './reload.ts';
import { logRefusal, logResult, refuseUnlogged } from './send.ts';
import type { State } from './state.ts';
import { passSleep, passTime } from './wait.ts';

/**
 * The core: what one event does to a session, and what is to be done about it, in order. Touches nothing but `state`;
 * `now` is monotonic milliseconds.
 */
export function step(state: State, event: Event, now: number): Effect[] {
  switch (event.kind) {
    case 'client-line':
      return readFromClient(state, event.bytes, now);
    case 'client-too-long':
      return refuseTooLong(state, event);
    case 'client-end':
      return endClient(state, now);
    case 'server-line':
      return readFromServer(state, event.bytes, now);
    case 'server-too-long':
      return skipTooLong(state, event);
    case 'server-end':
      return endServer(state, event.how, now);
    case 'answer':
      return answerCall(state, event.key, event.answer, now);
    case 'unlogged':
      return refuseUnlogged(state, event.call, event.why);
    case 'policy':
    case 'policy-kept':
      return takeReload(state, event, now);
    case 'pins':
      return takePins(state, event.pinned, now);
    case 'package':
      return takePackage(event);
    case 'tick':
      return passTime(state, now);
    case 'slept':
      return passSleep(state, event.ms, now);
    default:
      return hearApprovals(state, event, now);
  }
}

/** When `step` wants to hear a `tick`, in monotonic ms; null where nothing is due. */
export function findNextTick(state: State): number | null {
  return state.asked.size === 0 ? null : nextDue(state.asked.values());
}

/** Whether the server still owes an answer to something that reached it. */
export function isWorking(state: State): boolean {
  for (const request of state.open.values()) if (request.where === 'server') return true;
  return false;
}

function endClient(state: State, now: number): Effect[] {
  state.clientEnded = true;
  return [...state.asked.values()].flatMap((asked) => {
    const { call, rule, askedAt, phase } = asked;
    const gone = forget(state, asked, 'the client has gone', now);
    if (phase === 'late') return gone;
    return [...gone, logRefusal(state, call, { code: 'cancelled', rule }, { waitMs: now - askedAt })];
  });
}

function endServer(state: State, how: string, now: number): Effect[] {
  const effects = [...state.asked.values()].flatMap((asked) => {
    const { call, rule, askedAt, phase } = asked;
    const gone = forget(state, asked, 'the server has ended', now);
    if (phase === 'late') return gone;
    const log = logRefusal(state, call, { code: 'cancelled', rule }, { waitMs: now - askedAt });
    if (phase !== 'held' || call.other?.way === 'to-client') return [...gone, log];
    return [...gone, log, answerGone(call.other === null ? call : { ...call, tool: null }, how)];
  });
  for (const request of state.open.values()) {
    if (request.where === 'server')
      effects.push(answerGone(request, how), logResult(request.id, 'lost', null));
  }
  state.open.clear();
  state.serverEnded = how;
  effects.push({ kind: 'log', entry: { event: 'end', outcome: how } });
  return effects;
}

function answerGone(request: Parameters<typeof renderRefusal>[0], how: string): Effect {
  return { kind: 'to-client', bytes: renderRefusal(request, wording.upstreamGone(request.tool, how)) };
}
