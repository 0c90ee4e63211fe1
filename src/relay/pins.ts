import type { GrantBinding } from '../approval/grants.ts';
import type { Definition } from '../catalogue/pins/definition.ts';
import type { Effect, Event } from './event.ts';
import { judgeAgain } from './judge-again.ts';
import type { State } from './state.ts';

/** Somebody accepted, or forgot, what was pinned: what waits for that is judged again. */
export function takePins(state: State, pinned: ReadonlyMap<string, Definition>, now: number): Effect[] {
  const changed = [...state.asked.values()].filter(({ call }) => state.tools.findChange(call.tool) !== null);
  state.tools.repin(pinned);
  const accepted = changed.filter(({ call }) => state.tools.findChange(call.tool) === null);
  const why = 'the definition of the tool was accepted';
  return accepted.flatMap((asked) => judgeAgain(state, asked, why, now));
}

/**
 * A yes that was given for a definition ends with it, also where the old one comes back: the server has had other words
 * read in between.
 */
export function endYeses(state: State, tool: string, now: number): void {
  const hash = state.tools.findHash(tool);
  const isOver = ({ tool: name, definition }: GrantBinding): boolean =>
    name === tool && (hash === null || definition !== hash);
  for (const { id, binding } of state.grants.list(now)) if (isOver(binding)) state.grants.revoke(id);
  for (const [key, { binding }] of state.goingOn) if (isOver(binding)) state.goingOn.delete(key);
  for (const [key, { allowed, ...request }] of state.open)
    if (allowed !== undefined && isOver(allowed.binding)) state.open.set(key, request);
}

/** The log tells which package ran, where that can be told and is news. */
export function takePackage({ is, was }: Extract<Event, { kind: 'package' }>): Effect[] {
  const log: Effect = {
    kind: 'log',
    entry: { event: 'package', name: is.name, version: is.version, was: was?.version ?? null },
  };
  if (was === null) return [log];
  const text = `the server is ${is.name} ${is.version} now; it was ${was.name} ${was.version}`;
  return [log, { kind: 'note', level: 'info', text }];
}
