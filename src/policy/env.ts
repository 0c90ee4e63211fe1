import { matchGlob } from './glob.ts';
import type { PolicySet } from './policy.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What of the environment the server gets: what every file with an `env` allows. Null where none has one: all of it. */
export function narrowEnv(env: Env, { layers }: PolicySet, platform: NodeJS.Platform): Env | null {
  const lists = layers.flatMap(({ policy }) => (policy.env === null ? [] : [policy.env]));
  if (lists.length === 0) return null;
  const isAllowed = (name: string): boolean => lists.every((list) => listsVariable(list, name, platform));
  return Object.fromEntries(Object.entries(env).filter(([name]) => isAllowed(name)));
}

/** Whether an `env` lets the server have this variable. */
export function listsVariable(list: readonly string[], name: string, platform: NodeJS.Platform): boolean {
  // Windows has one variable for all spellings of a name.
  const fold = (text: string): string => (platform === 'win32' ? text.toUpperCase() : text);
  return list.some((pattern) => matchGlob(fold(pattern), fold(name)));
}
