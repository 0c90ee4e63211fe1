import { OWN_FILES } from '../../policy/decide.ts';
import type { Query, Ruled } from '../../policy/policy.ts';
import type { Gaps } from '../../policy/outlook.ts';
import { readValue } from '../../wire/value.ts';
import { isUntold } from '../mask.ts';
import type { RecordedArguments, RecordedCall } from '../read/recorded-call.ts';

/** What a policy is asked about a recorded call, and what of it is not told. */
export interface RecordedQuery {
  readonly query: Query;
  readonly gaps: Gaps;
}

/** How a tool was pinned, for the defaults of its schema; null where that is not known. */
export type FindSchema = (server: string, tool: string) => Buffer | null;

const RESOURCE = new Set(['resources/read', 'resources/subscribe', 'resources/unsubscribe']);
/** Their subjects are more than one, or told in a way that cannot be told apart again; an answer is named as its call. */
const UNTELLABLE = new Set(['completion/complete', 'subscriptions/listen', 'tools/call', 'tools/list']);
const OF_SERVER = new Set(['sampling/createMessage', 'elicitation/create', 'roots/list']);
/** How a call fares that passed the rules, or was asked about by the one that is named. */
const ASKED = new Set([
  'approved',
  'granted',
  'approval_denied',
  'approval_timeout',
  'approval_unavailable',
  'approval_overflow',
]);

/** All that has to be asked about a call; null where the line does not tell what it was about. */
export function listRecordedQueries(
  call: RecordedCall,
  findSchema: FindSchema,
): readonly [RecordedQuery, ...RecordedQuery[]] | null {
  const { tool, other } = call;
  if (tool !== null) return [describeTool(call, tool, findSchema(call.server, tool))];
  if (other === null || UNTELLABLE.has(other.method)) return null;
  const { method, target } = other;
  if (OF_SERVER.has(method)) return [describeOther('server_requests', method, call.arguments)];
  const isResource = RESOURCE.has(method);
  if (!isResource && method !== 'prompts/get') return [describeOther('methods', method, call.arguments)];
  // A request whose subject nobody could tell is named by its method.
  if (target === method) return null;
  const subject = isResource
    ? describeOther('resources', target, { kind: 'absent' })
    : describeOther('prompts', target, readPromptArguments(call.arguments, target));
  return [subject, describeOther('methods', method, { kind: 'untold' })];
}

function describeTool(call: RecordedCall, tool: string, schema: Buffer | null): RecordedQuery {
  const { category, risk } = call;
  const profile = category === null || risk === null ? null : { category, risk, isSeen: true };
  const query = { kind: 'tools', name: tool, schema, profile } as const;
  return complete(query, call.arguments, knowOwnFiles(call));
}

function describeOther(kind: Ruled, name: string, args: RecordedArguments): RecordedQuery {
  return complete({ kind, name, schema: null, profile: null }, args, false);
}

function complete(
  query: Omit<Query, 'args'>,
  args: RecordedArguments,
  namesOwnFiles: Gaps['namesOwnFiles'],
): RecordedQuery {
  return {
    query: { ...query, args: args.kind === 'told' ? args.json : null },
    gaps: { all: args.kind === 'untold', isUntold, namesOwnFiles },
  };
}

/** A guard that let the call pass, or asked by another rule, had seen in all of the arguments that it names none. */
function knowOwnFiles({ code, rule }: RecordedCall): Gaps['namesOwnFiles'] {
  if (rule === OWN_FILES) return true;
  if (code === 'allowed') return false;
  // Where a limit asks, its rule is named in place of the call's own.
  const isOfLimit = rule?.endsWith('rate_limit') ?? true;
  return ASKED.has(code) && !isOfLimit ? false : 'unknown';
}

/** The line has the whole params where a prompt has no arguments. */
function readPromptArguments(args: RecordedArguments, name: string): RecordedArguments {
  if (args.kind !== 'told') return args;
  const value = readValue(args.json);
  const named = value.kind === 'map' ? value.entries.get('name') : undefined;
  return named?.kind === 'string' && named.value === name ? { kind: 'untold' } : args;
}
