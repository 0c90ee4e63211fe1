import type { Id, ServerMessage } from '../protocol/message.ts';
import { readServerLine } from '../protocol/read-server.ts';
import { readNegotiatedVersion } from '../protocol/initialize.ts';
import { readProgressToken, shiftProgress } from '../protocol/progress.ts';
import { renderRefusal } from '../protocol/refusal.ts';
import { findIdOfSkipped } from '../protocol/skipped.ts';
import { cutTools, readToolList } from '../protocol/tool-list.ts';
import { unreadableAnswer } from '../protocol/wording.ts';
import { decide } from '../policy/decide.ts';
import type { Effect, Skipped } from './event.ts';
import { describeListed } from './query.ts';
import { sendAway } from './return.ts';
import type { OpenRequest } from './request.ts';
import { closeRequest } from './send.ts';
import { MOST_ASKED, type State } from './state.ts';

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
      rememberAsked(state, message.id.key);
      return [{ kind: 'to-client', bytes: message.bytes }];
    case 'notification':
      return [{ kind: 'to-client', bytes: countOn(state, message) }];
    case 'response':
      return handleResponse(state, message, now);
  }
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

/** A server that is never answered must not fill the memory. */
function rememberAsked(state: State, key: string): void {
  state.serverAsked.add(key);
  const [oldest] = state.serverAsked;
  if (state.serverAsked.size > MOST_ASKED && oldest !== undefined) state.serverAsked.delete(oldest);
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
    const reason = `an answer to the id ${id.token}, which ${what}`;
    return [
      {
        kind: 'log',
        entry: { event: 'refused-frame', from: 'server', reason, line: bytes, length: bytes.length },
      },
      { kind: 'note', level: 'warn', text: `dropped a line of the server: ${reason}` },
    ];
  }
  closeRequest(state, request);
  if (request.method === 'initialize') {
    state.client.version = readNegotiatedVersion(bytes);
    state.batches = state.client.version === '2025-03-26';
  }
  if (request.method === 'tools/list') return [{ kind: 'to-client', bytes: learnTools(state, bytes) }];
  return [{ kind: 'to-client', bytes: sendAway(state, request, bytes, now) }];
}

/** Where the guard has reported progress of a call, the server's reports count on from it. */
function countOn(state: State, { method, bytes }: Extract<ServerMessage, { kind: 'notification' }>): Buffer {
  if (state.progress.size === 0 || method !== 'notifications/progress') return bytes;
  const by = state.progress.get(readProgressToken(bytes) ?? '');
  return by === undefined ? bytes : shiftProgress(bytes, by);
}

/** Remembers the definitions and leaves out the hidden tools; every other byte of the answer stays. */
function learnTools(state: State, bytes: Buffer): Buffer {
  const list = readToolList(bytes);
  if (list === null) return bytes;
  for (const tool of list.tools) state.definitions.set(tool.name, tool);
  if (state.settings.dryRun) return bytes;
  return cutTools(bytes, list, (name) => decide(state.policy, describeListed(name)).hide);
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
  return [{ kind: 'to-client', bytes: renderRefusal(request, unreadableAnswer(request.tool, why)) }];
}
