import type { Query } from '../policy/policy.ts';
import type { Profile } from '../policy/profile.ts';
import type { Call } from './request.ts';
import type { State } from './state.ts';

/** What the policy is asked about a call; the first is the one that limits count. */
export function listQueries(state: State, call: Call): readonly [Query, ...Query[]] {
  const [first, ...rest] = call.other?.queries ?? [];
  return first === undefined ? [describeCall(state, call)] : [first, ...rest];
}

/** What the policy is asked about a tool that is listed, not called. */
export function describeListed(state: State, name: string): Query {
  return { kind: 'tools', name, args: null, schema: null, profile: findProfile(state, name) };
}

/** What a tool can do: as its definition tells, else as far as its name does. */
export function findProfile(state: State, name: string): Profile {
  return state.tools.look(name).profile;
}

function describeCall(state: State, { tool, call }: Call): Query {
  const known = state.tools.find(tool);
  // Finding out costs more than all of deciding, and most policies do not ask.
  const profile = state.policy.asksProfile ? findProfile(state, tool) : null;
  return { kind: 'tools', name: tool, args: call.arguments, schema: known?.schema ?? null, profile };
}
