import type { ClientMessage } from '../protocol/message.ts';
import { readClientLine } from '../protocol/read-client.ts';
import { findIdOfSkipped } from '../protocol/skipped.ts';
import { readId } from '../protocol/id.ts';
import { canElicit, isObject, parseObject } from '../protocol/elicitation.ts';
import { renderError, renderRefusal } from '../protocol/refusal.ts';
import { upstreamGone } from '../protocol/wording.ts';
import { dropCall } from './answer.ts';
import { admitCall, admitOther } from './call.ts';
import { answerElicitation, isElicitationId } from './elicited.ts';
import type { Effect, Skipped } from './event.ts';
import { denyNotification, describeRequest } from './other.ts';
import type { OpenRequest } from './request.ts';
import { closeRequest, logResult } from './send.ts';
import { MOST_CANCELLED, type State } from './state.ts';

type Message<K extends ClientMessage['kind']> = Extract<ClientMessage, { kind: K }>;

/** What one line of the client does: nothing is forwarded that was not read in full and found unambiguous. */
export function readFromClient(state: State, bytes: Buffer, now: number): Effect[] {
  return handle(state, readClientLine(bytes), bytes, now);
}

/** A line beyond the limit was skipped unread; the client learns why where its id can still be found. */
export function refuseTooLong(state: State, skipped: Skipped): Effect[] {
  const reason = `the line has ${skipped.length} bytes, more than mcp-guard reads from a client`;
  const id = findIdOfSkipped(skipped.head, skipped.tail)?.token ?? 'null';
  return refuseFrame(state, null, { code: -32600, reason, id, length: skipped.length });
}

function handle(state: State, message: ClientMessage, bytes: Buffer, now: number): Effect[] {
  switch (message.kind) {
    case 'blank':
      return [];
    case 'unreadable': {
      const { code, message: reason, id, drop } = message;
      return refuseFrame(state, bytes, { code, reason, id: drop ? null : id });
    }
    case 'batch':
      return handleBatch(state, message, bytes, now);
    case 'request':
      return handleRequest(state, message, now);
    case 'notification':
      return handleNotification(state, message, now);
    case 'response':
      return handleResponse(state, message, now);
  }
}

/** Batches exist only in 2025-03-26; there each element goes its own way, as a line of its own. */
function handleBatch(state: State, { elements }: Message<'batch'>, bytes: Buffer, now: number): Effect[] {
  if (!state.batches) {
    const reason =
      'a batch; only sessions of protocol version 2025-03-26 have batches, send each message on a line of its own';
    return refuseFrame(state, bytes, { code: -32600, reason, id: 'null' });
  }
  return elements.flatMap((element) => {
    const message = readClientLine(element);
    if (message.kind === 'batch' || message.kind === 'blank') {
      return refuseFrame(state, element, {
        code: -32600,
        reason: 'a batch inside a batch',
        id: 'null',
      });
    }
    return handle(state, message, element, now);
  });
}

function handleRequest(state: State, message: Message<'request'>, now: number): Effect[] {
  const { id, era, method, call, bytes } = message;
  if (state.open.has(id.key)) {
    // The specification forbids it, and a second answer to one id could be taken for the first's.
    const reason = `the id ${id.token} is still in flight; use a new id for each request`;
    return refuseFrame(state, bytes, { code: -32600, reason, id: id.token });
  }
  const request = { id, era, method, tool: call?.name ?? null, isTask: call?.isTask ?? false } as const;
  if (state.serverEnded !== null) {
    return [
      { kind: 'to-client', bytes: renderRefusal(request, upstreamGone(request.tool, state.serverEnded)) },
    ];
  }
  if (call !== null) {
    // Written out: spread, it costs a tenth of all that a call costs.
    const { name: tool, isTask } = call;
    return admitCall(state, { id, era, tool, isTask, call, bytes, other: null }, now);
  }
  const other = describeRequest(state, message);
  if (other !== null) return admitOther(state, other, now);
  if (method === 'initialize') readClient(state, bytes);
  state.open.set(id.key, { ...request, where: 'server' });
  return [{ kind: 'to-server', bytes, call: null }];
}

function handleNotification(
  state: State,
  { method, bytes, cancels }: Message<'notification'>,
  now: number,
): Effect[] {
  const open = cancels === null ? undefined : state.open.get(cancels);
  // The server never saw a held call, so it must not see its cancellation; the client wants no answer.
  if (open?.where === 'held') return dropCall(state, open.id.key, 'the client gave the call up', now);
  const log = open?.where === 'server' ? [giveUp(state, open)] : [];
  if (method === 'notifications/initialized') state.client.isReady = true;
  const denied = denyNotification(state, method, bytes);
  if (denied !== null) return refuseFrame(state, bytes, { code: -32600, reason: denied, id: null });
  return [{ kind: 'to-server', bytes, call: null }, ...log];
}

/** What the client can do it says once, as the session begins. */
function readClient(state: State, bytes: Buffer): void {
  const params = parseObject(bytes)?.['params'];
  state.client.elicits = isObject(params) && canElicit(params['capabilities']);
}

/** A server SHOULD NOT answer what was cancelled, so nobody waits for it; should it answer all the same, that passes. */
function giveUp(state: State, request: OpenRequest): Effect {
  state.open.set(request.id.key, { ...request, where: 'cancelled' });
  state.cancelled.push(request.id.key);
  const log = logResult(request.id, 'cancelled', null);
  if (state.cancelled.length <= MOST_CANCELLED) return log;
  const oldest = state.cancelled.shift() ?? '';
  const forgotten = state.open.get(oldest);
  if (forgotten?.where === 'cancelled') closeRequest(state, forgotten);
  return log;
}

function handleResponse(state: State, { id, bytes }: Message<'response'>, now: number): Effect[] {
  if (isElicitationId(state, id.key)) return answerElicitation(state, id.key, bytes, now);
  if (state.serverAsked.delete(id.key)) return [{ kind: 'to-server', bytes, call: null }];
  const reason = `an answer to the id ${id.token}, which the server did not ask or has been answered`;
  return refuseFrame(state, bytes, { code: -32600, reason, id: null });
}

interface FrameRefusal {
  readonly code: -32700 | -32600;
  readonly reason: string;
  /** The raw id token to answer to; null: nobody waits for an answer. */
  readonly id: string | null;
  /** Bytes of a line that was too long to be held. */
  readonly length?: number;
}

function refuseFrame(
  state: State,
  line: Buffer | null,
  { code, reason, id, length }: FrameRefusal,
): Effect[] {
  const entry = {
    event: 'refused-frame',
    from: 'client',
    reason,
    line,
    length: length ?? line?.length ?? 0,
  } as const;
  const log: Effect = { kind: 'log', entry };
  const note: Effect = { kind: 'note', level: 'warn', text: `refused a line of the client: ${reason}` };
  if (id === null) return [log, note];
  const decision = { decision: 'deny', code: 'invalid_frame', rule: null };
  // Each id is answered once: a request that is in flight keeps its own answer.
  const answered = isInFlight(state, id) ? 'null' : id;
  const bytes = renderError(answered, code, `mcp-guard refused this message: ${reason}`, { decision });
  return [log, note, { kind: 'to-client', bytes }];
}

function isInFlight(state: State, token: string): boolean {
  const bytes = Buffer.from(token);
  const id = readId(bytes, { start: 0, end: bytes.length });
  return id !== null && state.open.has(id.key);
}
