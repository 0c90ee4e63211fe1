import { ACTIONS, type Query } from '../policy/policy.ts';
import { decide } from '../policy/decide.ts';
import type { ClientMessage, ServerMessage } from '../protocol/message.ts';
import { findMember, readParams, readSubject, readText, type Subject } from '../protocol/subject.ts';
import { listUriForms } from '../protocol/uri-forms.ts';
import { findInner } from '../wire/edit.ts';
import { listMembers } from '../wire/skim.ts';
import { quoteAscii } from '../wire/token.ts';
import type { Call, OpenRequest, Other } from './request.ts';
import type { State } from './state.ts';

type Request = Extract<ClientMessage, { kind: 'request' }>;
type ServerRequest = Extract<ServerMessage, { kind: 'request' }>;

/** Without these there is no session, and tools have rules of their own. */
const FREE = new Set(['initialize', 'ping', 'server/discover', 'tools/call']);
const NO_ATTACHMENTS: Call['call']['attachments'] = new Map();

/** A request of the client as the policy judges it; null where the policy has no word on it, and it passes. */
export function describeRequest(state: State, { id, era, method, bytes }: Request): Call | null {
  if (FREE.has(method)) return null;
  const subject = readSubject(method, bytes);
  const params = readParams(bytes);
  const queries = [...listSubjectQueries(state, subject), ...listMethodQueries(state, method, params)];
  const target = subject?.name ?? method;
  const other: Other = { method, target, queries, way: 'to-server' };
  const isMute = queries.length === 0 || !isSpokenOf(state, queries);
  return isMute ? null : createCall({ id, era }, { other, bytes, args: subject?.args ?? params });
}

/** A notification has nobody to be answered to, and nobody can be asked about it. Null where it may pass, else why not. */
export function denyNotification(state: State, method: string, bytes: Buffer): string | null {
  if (method.startsWith('notifications/')) return null;
  const queries = listMethodQueries(state, method, readParams(bytes));
  const isDenied = queries.some((query) => decide(state.policy, query).verdict !== 'allow');
  return isDenied && !state.settings.dryRun ? `the policy does not allow the notification ${method}` : null;
}

/** A request of the server to the client; null where the policy has no word on it. */
export function describeServerRequest(state: State, { id, method, bytes }: ServerRequest): Call | null {
  if (!state.policy.speaksOf.has('server_requests')) return null;
  const args = readParams(bytes);
  const queries = [{ kind: 'server_requests', name: method, args, schema: null } as const];
  const other: Other = { method, target: method, queries, way: 'to-client' };
  if (!isSpokenOf(state, queries)) return null;
  return createCall({ id, era: 'legacy' }, { other, bytes, args });
}

/** An answer that asks the client something first (2026-07-28, `input_required`); null where it does not, or may. */
export function describeAnswer(state: State, request: OpenRequest, bytes: Buffer): Call | null {
  if (!state.policy.speaksOf.has('server_requests')) return null;
  if (findInner(bytes, 'result', 'resultType')?.toString() !== '"input_required"') return null;
  const inputs = findInner(bytes, 'result', 'inputRequests');
  const queries = inputs === null ? [] : listInputQueries(inputs);
  const { method, tool } = request;
  const asked = [...new Set(queries.map(({ name }) => name))].join(', ');
  const other: Other = { method, target: asked, queries, way: 'answer' };
  if (queries.length === 0 || !isSpokenOf(state, queries)) return null;
  const call = createCall(request, { other, bytes, args: inputs });
  return { ...call, tool: `${showTarget(asked)} for ${tool ?? method}`, isTask: request.isTask };
}

/** `{"key": {"method": ..., "params": ...}}`; what names no method is asked about as nothing, and refused. */
function listInputQueries(inputs: Buffer): Query[] {
  const members = listMembers(inputs, { start: 0, end: inputs.length }) ?? [];
  return members.map(({ value }) => {
    const input = inputs.subarray(value.start, value.end);
    const name = readText(findMember(input, 'method')) ?? '';
    return { kind: 'server_requests', name, args: findMember(input, 'params'), schema: null };
  });
}

/** A URI has many spellings: each is asked about, and the strictest answer counts. */
function listSubjectQueries(state: State, subject: Subject | null): Query[] {
  if (subject === null || !state.policy.speaksOf.has(subject.kind)) return [];
  const { kind, name, args } = subject;
  // What is no text is none of the names in the policy, and must not pass for that.
  if (name === null) return [{ kind, name: '', args, schema: null }];
  const names = kind === 'resources' ? listUriForms(name) : [name];
  return names.map((form) => ({ kind, name: form, args, schema: null }));
}

function listMethodQueries(state: State, method: string, args: Buffer | null): Query[] {
  if (!state.policy.speaksOf.has('methods') || FREE.has(method)) return [];
  return [{ kind: 'methods', name: method, args, schema: null }];
}

/** Whether a rule fits, or a limit counts; else it passes as if there were no policy. */
function isSpokenOf(state: State, queries: readonly Query[]): boolean {
  return queries.some((query) => {
    if (query.name === '') return true;
    try {
      const { verdict, matched, limits } = decide(state.policy, query);
      return verdict !== ACTIONS[0] || matched.length > 0 || limits.length > 0;
    } catch {
      // It is decided once more, and refused then.
      return true;
    }
  });
}

/** The agent reads it, and so does a person. */
function showTarget(target: string): string {
  return /^[\x21-\x7e]{1,200}$/.test(target) ? target : quoteAscii(target, 200);
}

function createCall(
  { id, era }: Pick<Call, 'id' | 'era'>,
  { other, bytes, args }: { readonly other: Other; readonly bytes: Buffer; readonly args: Buffer | null },
): Call {
  const { method, target } = other;
  const tool = target === method ? method : `${method} ${showTarget(target)}`;
  const params = args ?? Buffer.from('{}');
  const call = {
    name: tool,
    arguments: args,
    attachments: NO_ATTACHMENTS,
    isTask: false,
    params,
    progressToken: null,
  };
  return { id, era, tool, isTask: false, call, bytes, other };
}
