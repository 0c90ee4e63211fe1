import type { Id, ServerMessage } from '../protocol/message.ts';
import { readServerLine } from '../protocol/read-server.ts';
import { readOutcome } from '../protocol/outcome.ts';
import type { ResultOutcome } from '../audit/entry.ts';
import { readInitialized } from '../protocol/initialize.ts';
import { readProgressToken, shiftProgress } from '../protocol/progress.ts';
import { renderRefusal } from '../protocol/refusal.ts';
import { findIdOfSkipped } from '../protocol/skipped.ts';
import { readId } from '../protocol/id.ts';
import { findInner } from '../wire/edit.ts';
import { unreadableAnswer } from '../protocol/wording.ts';
import { dropServerRequest } from './answer.ts';
import { admitOther } from './call.ts';
import type { Effect, Skipped } from './event.ts';
import { learnTools } from './learn.ts';
import { sendAway } from './return.ts';
import type { OpenRequest } from './request.ts';
import { closeRequest, logResult, rememberAsked } from './send.ts';
import type { State } from './state.ts';
import { denyAsking, describeAnswer, describeServerRequest } from './other.ts';

/** What one line of the server does: passed on as it is, unless it answers what the server was never asked. */
export function readFromServer(state: State, bytes: Buffer, now: number): Effect[] {
  const message = readServerLine(bytes);
  switch (message.kind) {
    case 'blank':
      return [];
    case 'noise':
      return handleNoise(state, bytes, message.why, message.id);
    case 'batch':
      return message.elements.flatMap((element) => readFromServer(state, element, now));
    case 'request':
      return handleRequest(state, message, now);
    case 'notification':
      return handleNotification(state, message, now);
    case 'response':
      return handleResponse(state, message, now);
  }
}

/** What the server asks the client passes, unless the policy has a word on it. */
function handleRequest(
  state: State,
  message: Extract<ServerMessage, { kind: 'request' }>,
  now: number,
): Effect[] {
  const call = describeServerRequest(state, message);
  if (call !== null) return admitOther(state, call, now);
  rememberAsked(state, message.id.key);
  return [{ kind: 'to-client', bytes: message.bytes }];
}

/** A line beyond the limit was skipped; the request it answered must not wait for ever. */
export function skipTooLong(state: State, { head, tail, length }: Skipped): Effect[] {
  const why = `the line has ${length} bytes, more than --max-answer allows`;
  const reason = `a line of the server was skipped: ${why}`;
  return [
    { kind: 'log', entry: { event: 'refused-frame', from: 'server', reason, line: null, length } },
    { kind: 'note', level: 'warn', text: reason },
    ...answerFor(state, hasMethod(head) ? null : findIdOfSkipped(head, tail), why),
  ];
}

/** A request of the server has an id of the server's own, which says nothing about the client's. */
function hasMethod(head: Buffer): boolean {
  return /^[ \t]*\{[^{[]*"method"/.test(head.toString('latin1'));
}

function handleResponse(
  state: State,
  message: Extract<ServerMessage, { kind: 'response' }>,
  now: number,
): Effect[] {
  const { id, bytes } = message;
  // An error about a line whose id the server could not read belongs to no request and harms none.
  if (id === null) return [{ kind: 'to-client', bytes }];
  const request = state.open.get(id.key);
  if (request === undefined || request.where === 'held') {
    // A server that guesses the id of a held call must not answer in its place.
    const what = request === undefined ? 'is not waiting for an answer' : 'was not forwarded yet';
    return dropLine(bytes, `an answer to the id ${id.token}, which ${what}`);
  }
  closeRequest(state, request);
  return [...passAnswer(state, request, message, now), logResult(id, readEnding(message), message.answer)];
}

/** The answer on its way to the client, whose request is closed. */
function passAnswer(
  state: State,
  request: OpenRequest,
  { bytes }: Extract<ServerMessage, { kind: 'response' }>,
  now: number,
): Effect[] {
  const { id } = request;
  if (request.method === 'initialize') {
    const { version, announcesTools } = readInitialized(bytes);
    state.client.version = version;
    state.announcesTools = announcesTools;
    state.batches = state.client.version === '2025-03-26';
  }
  const isList = request.method === 'tools/list';
  const answer = isList ? bytes : sendAway(state, request, bytes, now);
  const call = describeAnswer(state, request, answer);
  if (call === null) return isList ? learnTools(state, bytes, now) : [{ kind: 'to-client', bytes: answer }];
  state.open.set(id.key, { ...request, where: 'held' });
  return admitOther(state, call, now);
}

function readEnding({ answer, isError }: Extract<ServerMessage, { kind: 'response' }>): ResultOutcome {
  return isError ? 'error' : readOutcome(answer);
}

function dropLine(line: Buffer, reason: string): Effect[] {
  return [
    { kind: 'log', entry: { event: 'refused-frame', from: 'server', reason, line, length: line.length } },
    { kind: 'note', level: 'warn', text: `dropped a line of the server: ${reason}` },
  ];
}

/** The server may give up what it asked; what the client never heard of, it need not hear the end of. */
function handleNotification(
  state: State,
  message: Extract<ServerMessage, { kind: 'notification' }>,
  now: number,
): Effect[] {
  if (state.asked.size > 0 && message.method === 'notifications/cancelled') {
    const dropped = dropServerRequest(state, readCancelled(message.bytes), now);
    if (dropped !== null) return dropped;
  }
  const denied = denyAsking(state, message.method, message.bytes);
  if (denied !== null) return dropLine(message.bytes, denied);
  return [{ kind: 'to-client', bytes: countOn(state, message) }];
}

/** The key of the id that a notifications/cancelled names; null where it names none. */
function readCancelled(bytes: Buffer): string | null {
  const id = findInner(bytes, 'params', 'requestId');
  return id === null ? null : (readId(id, { start: 0, end: id.length })?.key ?? null);
}

/** Where the guard has reported progress of a call, the server's reports count on from it. */
function countOn(state: State, { method, bytes }: Extract<ServerMessage, { kind: 'notification' }>): Buffer {
  if (state.progress.size === 0 || method !== 'notifications/progress') return bytes;
  const by = state.progress.get(readProgressToken(bytes) ?? '');
  return by === undefined ? bytes : shiftProgress(bytes, by);
}

function handleNoise(state: State, bytes: Buffer, why: string, id: Id | null): Effect[] {
  const text = bytes.subarray(0, 4096).toString().trimEnd();
  const note: Effect = {
    kind: 'note',
    level: 'warn',
    text: `not MCP, kept from the client (${why}): ${text}`,
  };
  const answer = answerFor(state, id, why);
  if (answer.length === 0) return [note];
  const reason = `an answer that cannot be read: ${why}`;
  return [
    {
      kind: 'log',
      entry: { event: 'refused-frame', from: 'server', reason, line: bytes, length: bytes.length },
    },
    note,
    ...answer,
  ];
}

function answerFor(state: State, id: Id | null, why: string): Effect[] {
  const request: OpenRequest | undefined = id === null ? undefined : state.open.get(id.key);
  if (request === undefined || request.where === 'held') return [];
  closeRequest(state, request);
  return [
    { kind: 'to-client', bytes: renderRefusal(request, unreadableAnswer(request.tool, why)) },
    logResult(request.id, 'unreadable', null),
  ];
}
