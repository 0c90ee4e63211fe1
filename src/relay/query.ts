import type { Query } from '../policy/policy.ts';
import type { Call } from './request.ts';
import type { State } from './state.ts';

/** What the policy is asked about a call; the first is the one that limits count. */
export function listQueries(state: State, call: Call): readonly [Query, ...Query[]] {
  const [first, ...rest] = call.other?.queries ?? [];
  return first === undefined ? [describeCall(state, call)] : [first, ...rest];
}

/** What the policy is asked about a tool that is listed, not called. */
export function describeListed(name: string): Query {
  return { kind: 'tools', name, args: null, schema: null };
}

function describeCall(state: State, { tool, call }: Call): Query {
  const schema = state.definitions.get(tool)?.schema ?? null;
  return { kind: 'tools', name: tool, args: call.arguments, schema };
}
