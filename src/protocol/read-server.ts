import { isAnswer, skimLine } from '../wire/skim.ts';
import { classifyToken, decodeString, sliceToken, type Token } from '../wire/token.ts';
import { readId } from './id.ts';
import type { Id, ServerMessage } from './message.ts';

type Top = Extract<ReturnType<typeof skimLine>, { kind: 'object' }>['top'];

/**
 * Reads one line of the server, "\n" included: whose answer it is, or that it asks or tells something. Beyond that it
 * is passed on unread; what is no JSON-RPC at all is noise, which a client must not see.
 */
export function readServerLine(bytes: Buffer): ServerMessage {
  const skim = skimLine(bytes);
  switch (skim.kind) {
    case 'blank':
      return { kind: 'blank' };
    case 'refused':
      return {
        kind: 'noise',
        why: skim.why,
        id: skim.id === null || !skim.answers ? null : readId(bytes, skim.id),
      };
    case 'array':
      return { kind: 'batch', elements: skim.elements.map((token) => toLine(bytes, token)) };
    case 'object':
      return readObject(bytes, skim.top);
  }
}

function readObject(bytes: Buffer, top: Top): ServerMessage {
  const id = top.id === null ? null : readId(bytes, top.id);
  const noise = (why: string): ServerMessage => ({ kind: 'noise', why, id: isAnswer(top) ? id : null });
  if (top.jsonrpc === null || bytes.toString('latin1', top.jsonrpc.start, top.jsonrpc.end) !== '"2.0"') {
    return noise('it is not JSON-RPC 2.0');
  }
  const answers = top.result !== null || top.error !== null;
  if (top.method === null)
    return answers ? readResponse(bytes, top, id) : noise('it has neither a method nor a result');
  if (answers) return noise('it has a method and a result or error');
  const method = readMethod(bytes, top.method);
  if (method === null) return noise('its method is no string');
  if (top.id === null) return { kind: 'notification', method, bytes };
  return id === null
    ? noise('its id is neither a string nor an integer')
    : { kind: 'request', id, method, bytes };
}

function readResponse(bytes: Buffer, top: Top, id: Id | null): ServerMessage {
  const isError = top.error !== null;
  const token = top.error ?? top.result;
  const answer = token === null ? bytes : sliceToken(bytes, token);
  if (id !== null) return { kind: 'response', id, bytes, answer, isError };
  // "except in error cases where the ID could not be read": no request's answer, and no harm.
  const speaksOfNone = top.result === null && (top.id === null || isNull(bytes, top.id));
  if (speaksOfNone) return { kind: 'response', id: null, bytes, answer, isError };
  return { kind: 'noise', why: 'an answer with an id that no request can have', id: null };
}

function readMethod(bytes: Buffer, token: Token): string | null {
  if (classifyToken(bytes, token) !== 'string') return null;
  try {
    return decodeString(bytes, token);
  } catch {
    return null;
  }
}

function isNull(bytes: Buffer, token: Token): boolean {
  return bytes.toString('latin1', token.start, token.end) === 'null';
}

function toLine(bytes: Buffer, token: Token): Buffer {
  return Buffer.concat([sliceToken(bytes, token), Buffer.of(0x0a)]);
}
