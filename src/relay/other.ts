import { decide } from '../policy/decide.ts';
import { listForms } from '../policy/decide-forms.ts';
import { ACTIONS, type Query, type Ruled } from '../policy/policy.ts';
import { isClear, readInputRequests, type InputRequest } from '../protocol/input-requests.ts';
import type { ClientMessage, ServerMessage } from '../protocol/message.ts';
import { readParams, readSubjects, type Subject } from '../protocol/subject.ts';
import type { Call, OpenRequest, Other } from './request.ts';
import type { State } from './state.ts';
import { renderTargets } from './target.ts';

type Request = Extract<ClientMessage, { kind: 'request' }>;
type ServerRequest = Extract<ServerMessage, { kind: 'request' }>;

/** Without these there is no session, and tools have rules of their own. */
const FREE = new Set(['initialize', 'ping', 'server/discover', 'tools/call']);
const NO_ATTACHMENTS: Call['call']['attachments'] = new Map();

/** A request of the client as the policy judges it; null where the policy has no word on it, and it passes. */
export function describeRequest(state: State, { id, era, method, bytes }: Request): Call | null {
  if (FREE.has(method)) return null;
  const params = readParams(bytes);
  const subjects = readSubjects(method, params);
  const aboutSubjects = subjects.flatMap((subject) => listSubjectQueries(state, subject));
  const queries = [...aboutSubjects, ...listMethodQueries(state, method, params)];
  if (queries.length === 0 || !isSpokenOf(state, queries)) return null;
  const names = subjects.flatMap(({ name }) => name ?? []);
  const other: Other = { method, target: names.join(', ') || method, queries, way: 'to-server' };
  const tool = names.length === 0 ? method : `${method} ${renderTargets(names)}`;
  return createCall({ id, era, tool }, { other, bytes, args: subjects[0]?.args ?? params });
}

/** A notification has nobody to be answered to, and nobody can be asked about it. Null where it may pass, else why not. */
export function denyNotification(state: State, method: string, bytes: Buffer): string | null {
  if (method.startsWith('notifications/')) return null;
  const queries = listMethodQueries(state, method, readParams(bytes));
  return denyUnasked(state, queries) ? `the policy does not allow the notification ${method}` : null;
}

/** A notification of the server may ask the client something as well. Null where it does not, or may, else why not. */
export function denyAsking(state: State, method: string, bytes: Buffer): string | null {
  if (!state.policy.speaksOf.has('server_requests')) return null;
  const queries = readInputRequests(bytes)?.requests.map(createInputQuery) ?? [];
  return denyUnasked(state, queries)
    ? `the policy does not allow what the notification ${method} asks`
    : null;
}

/** A request of the server to the client; null where the policy has no word on it. */
export function describeServerRequest(state: State, { id, method, bytes }: ServerRequest): Call | null {
  if (!state.policy.speaksOf.has('server_requests')) return null;
  const args = readParams(bytes);
  const queries = [createInputQuery({ method, params: args })];
  const other: Other = { method, target: method, queries, way: 'to-client' };
  if (!isSpokenOf(state, queries)) return null;
  return createCall({ id, era: 'legacy', tool: method }, { other, bytes, args });
}

/** An answer that asks the client something first (2026-07-28, `input_required`); null where it does not, or may. */
export function describeAnswer(state: State, request: OpenRequest, bytes: Buffer): Call | null {
  if (!state.policy.speaksOf.has('server_requests')) return null;
  const inputs = readInputRequests(bytes);
  if (inputs === null) return null;
  const { method, tool } = request;
  // Such an answer has to be learned from, not asked about: "servers MUST NOT" ask in it.
  const queries = method === 'tools/list' ? [NAMELESS] : inputs.requests.map(createInputQuery);
  if (queries.length === 0 || !isSpokenOf(state, queries)) return null;
  const asked = [...new Set(queries.map(({ name }) => name))];
  const other: Other = { method, target: asked.join(', '), queries, way: 'answer' };
  const shown = `${renderTargets(asked)} for ${tool ?? method}`;
  const call = createCall({ ...request, tool: shown }, { other, bytes, args: inputs.raw });
  return { ...call, isTask: request.isTask };
}

/** Without a name it is refused: what nobody can tell is none of the names in the policy, and must not pass for that. */
const NAMELESS = createQuery('server_requests', '', null);

function createInputQuery({ method, params }: InputRequest): Query {
  if (method === null || (params !== null && !isClear(params))) return NAMELESS;
  return createQuery('server_requests', method, params);
}

function createQuery(kind: Ruled, name: string, args: Buffer | null): Query {
  return { kind, name, args, schema: null, profile: null };
}

/** A URI has many spellings: each is asked about, and the strictest answer counts. */
function listSubjectQueries(state: State, { kind, name, args }: Subject): readonly Query[] {
  return state.policy.speaksOf.has(kind) ? listForms(createQuery(kind, name ?? '', args)) : [];
}

function listMethodQueries(state: State, method: string, args: Buffer | null): Query[] {
  if (!state.policy.speaksOf.has('methods') || FREE.has(method)) return [];
  return [createQuery('methods', method, args)];
}

/** Whether one of these, about which nobody can be asked, is not allowed. */
function denyUnasked(state: State, queries: readonly Query[]): boolean {
  if (state.settings.dryRun) return false;
  return queries.some((query) => query.name === '' || decide(state.policy, query).verdict !== 'allow');
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

function createCall(
  { id, era, tool }: Pick<Call, 'id' | 'era' | 'tool'>,
  { other, bytes, args }: { readonly other: Other; readonly bytes: Buffer; readonly args: Buffer | null },
): Call {
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
