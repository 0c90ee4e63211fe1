import { scanLine, type Frame } from '../wire/scan.ts';
import { skimLine } from '../wire/skim.ts';
import { escapeSeparators } from '../wire/separators.ts';
import {
  classifyToken,
  decodeString,
  hasLoneSurrogate,
  quoteAscii,
  sliceToken,
  type Token,
  type TokenKind,
} from '../wire/token.ts';
import { readId } from './id.ts';
import { findGuardedLookalike } from './method.ts';
import { isToolName } from './tool-name.ts';
import type { AttachmentName, ClientMessage, Era, Id, ToolCall } from './message.ts';

const MODERN = '2026-07-28';
const ATTACHMENTS: readonly AttachmentName[] = ['task', 'inputResponses', 'requestState'];
const NOTHING: ReadonlyMap<AttachmentName, Buffer> = new Map();

/**
 * Reads one line of the client, "\n" included. What any server might read in another way than it is judged here is
 * `unreadable`; unknown methods and members pass.
 */
export function readClientLine(bytes: Buffer): ClientMessage {
  const frame = scanLine(bytes);
  switch (frame.kind) {
    case 'blank':
      return { kind: 'blank' };
    case 'refused':
      return { kind: 'unreadable', code: frame.code, message: frame.message, id: findId(bytes), drop: false };
    case 'array':
      return readBatch(bytes, frame.elements);
    case 'object':
      try {
        return readObject(bytes, frame);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        const id = error.drop ? 'null' : spellId(bytes, frame.top.id);
        return { kind: 'unreadable', code: -32600, message: error.message, id, drop: error.drop };
      }
  }
}

class Unreadable extends Error {
  /** Nobody waits for an answer to it. */
  readonly drop: boolean;

  constructor(message: string, drop = false) {
    super(message);
    this.drop = drop;
  }
}

function readBatch(bytes: Buffer, elements: readonly Token[]): ClientMessage {
  if (elements.length === 0 || elements.some((token) => classifyToken(bytes, token) !== 'object')) {
    const message = 'a batch holds at least one message, and nothing but messages';
    return { kind: 'unreadable', code: -32600, message, id: 'null', drop: false };
  }
  return { kind: 'batch', elements: elements.map((token) => toLine(sliceToken(bytes, token))) };
}

function readObject(bytes: Buffer, frame: Frame): ClientMessage {
  const { top } = frame;
  if (top.jsonrpc === null || bytes.toString('latin1', top.jsonrpc.start, top.jsonrpc.end) !== '"2.0"') {
    throw new Unreadable('"jsonrpc" must be "2.0"');
  }
  const answers = top.result !== null || top.error !== null;
  if (top.method === null) {
    if (!answers) throw new Unreadable('it has neither a method nor a result');
    return readResponse(bytes, frame);
  }
  if (answers)
    throw new Unreadable(
      'it has a method and a result or error; servers differ on what it is',
      top.id === null,
    );
  if (top.params !== null) expectKind(bytes, top.params, 'params', ['object', 'array']);
  const method = readMethod(bytes, top.method);
  const forwarded = frame.separators ? escapeSeparators(bytes) : bytes;
  if (top.id === null) return readNotification(bytes, frame, method, forwarded);
  const id = requireId(bytes, top.id);
  // Places are those of the line as it came, so the call is read from that.
  const call = method === 'tools/call' ? readToolCall(bytes, frame) : null;
  return { kind: 'request', id, method, era: readEra(bytes, frame), bytes: forwarded, call };
}

function readResponse(bytes: Buffer, { top, separators }: Frame): ClientMessage {
  if (top.result !== null && top.error !== null)
    throw new Unreadable('it has both a result and an error', true);
  if (top.id === null) throw new Unreadable('an answer needs an id', true);
  const id = readId(bytes, top.id);
  if (id === null) throw new Unreadable('the id of an answer must be a string or an integer', true);
  return { kind: 'response', id, bytes: separators ? escapeSeparators(bytes) : bytes };
}

function readNotification(bytes: Buffer, frame: Frame, method: string, forwarded: Buffer): ClientMessage {
  if (method === 'tools/call') {
    throw new Unreadable('a tools/call without an id; nobody could be told how it ended', true);
  }
  const requestId = method === 'notifications/cancelled' ? (frame.params?.requestId ?? null) : null;
  const cancels = requestId === null ? null : (readId(bytes, requestId)?.key ?? null);
  return { kind: 'notification', method, bytes: forwarded, cancels };
}

function readMethod(bytes: Buffer, token: Token): string {
  const method = readText(bytes, token, 'method');
  const guarded = findGuardedLookalike(method);
  if (guarded === null) return method;
  throw new Unreadable(
    `the method ${quoteAscii(method)} is not "${guarded}", but some servers would take it for that`,
  );
}

function requireId(bytes: Buffer, token: Token): Id {
  const id = readId(bytes, token);
  if (id !== null) return id;
  throw new Unreadable('"id" must be a string of at most 1 KiB or an integer within ±(2^53 - 1)');
}

function readEra(bytes: Buffer, frame: Frame): Era {
  const version = frame.meta?.['io.modelcontextprotocol/protocolVersion'];
  if (version === null || version === undefined || classifyToken(bytes, version) !== 'string')
    return 'legacy';
  // Later versions keep the shape of this one's answers until somebody says otherwise.
  return decodeString(bytes, version) >= MODERN ? 'modern' : 'legacy';
}

function readToolCall(bytes: Buffer, { top, params, meta }: Frame): ToolCall {
  if (top.params === null || params === null) throw new Unreadable('a tools/call needs "params", an object');
  if (params.name === null) throw new Unreadable('a tools/call needs the "name" of a tool');
  const name = readText(bytes, params.name, 'name');
  if (!isToolName(name)) {
    throw new Unreadable(
      `the tool name ${quoteAscii(name, 200)} is none; A-Z a-z 0-9 _ . / - are allowed, 1 to 128 of them`,
    );
  }
  if (params.arguments !== null) expectKind(bytes, params.arguments, 'arguments', ['object']);
  const attachments = readAttachments(bytes, params);
  const { start } = top.params;
  const token = meta?.progressToken ?? null;
  return {
    name,
    arguments: params.arguments === null ? null : sliceToken(bytes, params.arguments),
    attachments,
    isTask: attachments.has('task'),
    params: sliceToken(bytes, top.params),
    progressToken: token === null ? null : { start: token.start - start, end: token.end - start },
  };
}

function readAttachments(
  bytes: Buffer,
  params: NonNullable<Frame['params']>,
): ReadonlyMap<AttachmentName, Buffer> {
  if (params.task === null && params.inputResponses === null && params.requestState === null) return NOTHING;
  return new Map(
    ATTACHMENTS.flatMap((name) => {
      const token = params[name];
      return token === null ? [] : [[name, sliceToken(bytes, token)] as const];
    }),
  );
}

function readText(bytes: Buffer, token: Token, member: string): string {
  expectKind(bytes, token, member, ['string']);
  const text = decodeString(bytes, token);
  if (hasLoneSurrogate(text))
    throw new Unreadable(`"${member}" holds half a surrogate pair; readers differ on it`);
  return text;
}

function expectKind(bytes: Buffer, token: Token, member: string, allowed: readonly TokenKind[]): void {
  const kind = classifyToken(bytes, token);
  if (allowed.includes(kind)) return;
  throw new Unreadable(
    `"${member}" is a ${kind}; it must be ${allowed.map((name) => `an ${name}`).join(' or ')}`.replace(
      'an string',
      'a string',
    ),
  );
}

/** The id of a refused line, where one can be told apart in it. */
function findId(bytes: Buffer): string {
  const skim = skimLine(bytes);
  if (skim.kind === 'object') return spellId(bytes, skim.top.id);
  return skim.kind === 'refused' ? spellId(bytes, skim.id) : 'null';
}

function spellId(bytes: Buffer, token: Token | null): string {
  return (token === null ? null : readId(bytes, token)?.token) ?? 'null';
}

function toLine(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.of(0x0a)]);
}
