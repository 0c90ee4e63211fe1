import type { Effect, Event } from './event.ts';
import { answerCall, dropCall, refuseUnlogged } from './call.ts';
import { readFromClient, refuseTooLong } from './from-client.ts';
import { readFromServer, skipTooLong } from './from-server.ts';
import { renderRefusal } from '../protocol/refusal.ts';
import { upstreamGone } from '../protocol/wording.ts';
import type { State } from './state.ts';

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
      return readFromServer(state, event.bytes);
    case 'server-too-long':
      return skipTooLong(state, event);
    case 'server-end':
      return endServer(state, event.how, now);
    case 'answer':
      return answerCall(state, event.key, event.answer, now);
    case 'unlogged':
      return refuseUnlogged(state, event.call, event.why);
  }
}

/** Whether the server still owes an answer to something that reached it. */
export function isWorking(state: State): boolean {
  for (const request of state.open.values()) if (request.where === 'server') return true;
  return false;
}

function endClient(state: State, now: number): Effect[] {
  state.clientEnded = true;
  return [...state.held.values()].flatMap((held) =>
    dropCall(state, held.call.id.key, 'the client has gone', now),
  );
}

function endServer(state: State, how: string, now: number): Effect[] {
  const effects = [...state.held.values()].flatMap((held) => {
    const dropped = dropCall(state, held.call.id.key, 'the server has ended', now);
    return [...dropped, answerGone(held.call, how)];
  });
  for (const request of state.open.values()) {
    if (request.where === 'server') effects.push(answerGone(request, how));
  }
  state.open.clear();
  state.serverEnded = how;
  effects.push({ kind: 'log', entry: { event: 'end', outcome: how } });
  return effects;
}

function answerGone(request: Parameters<typeof renderRefusal>[0], how: string): Effect {
  return { kind: 'to-client', bytes: renderRefusal(request, upstreamGone(request.tool, how)) };
}
