import type { ClientMessage } from '../protocol/message.ts';
import { readClientLine } from '../protocol/read-client.ts';
import { findIdOfSkipped } from '../protocol/skipped.ts';
import { renderError } from '../protocol/refusal.ts';
import { admitCall, dropCall } from './call.ts';
import type { Effect, Skipped } from './event.ts';
import type { State } from './state.ts';

type Message<K extends ClientMessage['kind']> = Extract<ClientMessage, { kind: K }>;

/** What one line of the client does: nothing is forwarded that was not read in full and found unambiguous. */
export function readFromClient(state: State, bytes: Buffer, now: number): Effect[] {
  return handle(state, readClientLine(bytes), bytes, now);
}

/** A line beyond the limit was skipped unread; the client learns why where its id can still be found. */
export function refuseTooLong(skipped: Skipped): Effect[] {
  const reason = `the line has ${skipped.length} bytes, more than mcp-guard reads from a client`;
  const id = findIdOfSkipped(skipped.head, skipped.tail)?.token ?? 'null';
  return refuseFrame(skipped.head, skipped.length, { code: -32600, reason, id });
}

function handle(state: State, message: ClientMessage, bytes: Buffer, now: number): Effect[] {
  switch (message.kind) {
    case 'blank':
      return [];
    case 'unreadable': {
      const { code, message: reason, id, drop } = message;
      return refuseFrame(bytes, bytes.length, { code, reason, id: drop ? null : id });
    }
    case 'batch':
      return handleBatch(state, message, bytes, now);
    case 'request':
      return handleRequest(state, message, now);
    case 'notification':
      return handleNotification(state, message, now);
    case 'response':
      return handleResponse(state, message);
  }
}

/** Batches exist only in 2025-03-26; there each element goes its own way, as a line of its own. */
function handleBatch(state: State, { elements }: Message<'batch'>, bytes: Buffer, now: number): Effect[] {
  if (!state.batches) {
    const reason =
      'a batch; only sessions of protocol version 2025-03-26 have batches, send each message on a line of its own';
    return refuseFrame(bytes, bytes.length, { code: -32600, reason, id: 'null' });
  }
  return elements.flatMap((element) => {
    const message = readClientLine(element);
    if (message.kind === 'batch' || message.kind === 'blank') {
      return refuseFrame(element, element.length, {
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
    return refuseFrame(bytes, bytes.length, { code: -32600, reason, id: id.token });
  }
  if (call !== null) {
    const { name, isTask } = call;
    return admitCall(state, { id, era, tool: name, isTask, call, bytes }, now);
  }
  state.open.set(id.key, { id, era, method, tool: null, isTask: false, where: 'server' });
  return [{ kind: 'to-server', bytes, call: null }];
}

function handleNotification(
  state: State,
  { bytes, cancels }: Message<'notification'>,
  now: number,
): Effect[] {
  const open = cancels === null ? undefined : state.open.get(cancels);
  // The server never saw a held call, so it must not see its cancellation; the client wants no answer.
  if (open?.where === 'held') return dropCall(state, open.id.key, 'the client gave the call up', now);
  return [{ kind: 'to-server', bytes, call: null }];
}

function handleResponse(state: State, { id, bytes }: Message<'response'>): Effect[] {
  if (state.asked.delete(id.key)) return [{ kind: 'to-server', bytes, call: null }];
  const reason = `an answer to the id ${id.token}, which the server did not ask or has been answered`;
  return refuseFrame(bytes, bytes.length, { code: -32600, reason, id: null });
}

interface FrameRefusal {
  readonly code: -32700 | -32600;
  readonly reason: string;
  /** The raw id token to answer to; null: nobody waits for an answer. */
  readonly id: string | null;
}

function refuseFrame(head: Buffer, length: number, { code, reason, id }: FrameRefusal): Effect[] {
  const log: Effect = {
    kind: 'log',
    entry: { event: 'refused-frame', from: 'client', reason, head, length },
  };
  const note: Effect = { kind: 'note', level: 'warn', text: `refused a line of the client: ${reason}` };
  if (id === null) return [log, note];
  const decision = { decision: 'deny', code: 'invalid_frame', rule: null };
  const bytes = renderError(id, code, `mcp-guard refused this message: ${reason}`, { decision });
  return [log, note, { kind: 'to-client', bytes }];
}
