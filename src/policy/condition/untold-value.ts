import type { JsonValue } from '../../wire/value.ts';
import type { Step } from './condition.ts';

/** What a record of a call does not tell of its arguments. */
export interface UntoldValues {
  /** Nothing at all, not even whether there were any. */
  readonly all: boolean;
  /** Whether this string stands for something else, of whatever type. */
  readonly isUntold: (text: string) => boolean;
  /** Hears of each path that was asked for in vain. */
  miss(path: string): void;
}

/** Whether a value is not told, or something inside it. */
export function holdsUntold(value: JsonValue, { isUntold }: Pick<UntoldValues, 'isUntold'>): boolean {
  const open = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'string' && isUntold(next.value)) return true;
    // One by one: a list may hold more than a call can take as arguments.
    if (next.kind === 'list') for (const item of next.items) open.push(item);
    if (next.kind !== 'map') continue;
    if (hasUntoldKey(next.entries, isUntold)) return true;
    for (const item of next.entries.values()) open.push(item);
  }
  return false;
}

/** Whether the way along these steps leads into a value that is not told, or past a key that may be the one meant. */
export function isHidden(
  from: JsonValue | null,
  steps: readonly Step[],
  { isUntold }: Pick<UntoldValues, 'isUntold'>,
): boolean {
  let value: JsonValue | null = from;
  for (const step of steps) {
    if (value?.kind === 'string') return isUntold(value.value);
    if (value?.kind === 'map' && hasUntoldKey(value.entries, isUntold)) return true;
    if (step.kind === 'index') value = value?.kind === 'list' ? (value.items[step.index] ?? null) : null;
    else value = value?.kind === 'map' ? (value.entries.get(step.key) ?? null) : null;
  }
  return false;
}

function hasUntoldKey(entries: ReadonlyMap<string, JsonValue>, isUntold: UntoldValues['isUntold']): boolean {
  for (const key of entries.keys()) if (isUntold(key)) return true;
  return false;
}
