import { type Elicited, readElicited } from '../protocol/elicitation.ts';
import { answerCall } from './answer.ts';
import { seekPerson } from './ask.ts';
import type { Asked } from './asked.ts';
import { idPrefix, turnNext } from './elicit.ts';
import type { Effect } from './event.ts';
import type { State } from './state.ts';

/** Whether an answer's id is in the guard's own name space, which no server can guess. */
export function isElicitationId(state: State, idKey: string): boolean {
  return idKey.startsWith(`s:${idPrefix(state)}`);
}

/** The client's answer to a request of the guard's own; one that comes too late counts for nothing. */
export function answerElicitation(state: State, idKey: string, line: Buffer, now: number): Effect[] {
  const { elicitation } = state;
  if (elicitation === null || idKey !== `s:${elicitation.id}`) return [];
  state.elicitation = null;
  const asked = state.asked.get(elicitation.key);
  const effects = asked === undefined ? [] : takeElicited(state, asked, readElicited(line), now);
  return [...effects, ...turnNext(state, now)];
}

/** What a person chose in the client. Anything but a choice is nobody's answer. */
export function takeElicited(state: State, asked: Asked, elicited: Elicited, now: number): Effect[] {
  if (elicited === 'unanswered') {
    asked.client = 'done';
    asked.clientLack = 'the client answered without a choice of a person';
    return seekPerson(state, asked, now);
  }
  const answer =
    elicited === 'approve'
      ? ({ kind: 'yes', scope: 'once', lasts: { kind: 'session' }, approver: 'client' } as const)
      : ({ kind: 'no', message: null, approver: 'client' } as const);
  const how = elicited === 'approve' ? 'allowed once in the client' : 'refused in the client';
  return [{ kind: 'withdraw', key: asked.key, why: how }, ...answerCall(state, asked.key, answer, now)];
}
