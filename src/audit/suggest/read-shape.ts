import { parseArgPath } from '../../policy/condition/arg-path.ts';
import { parseDecimal } from '../../policy/condition/decimal.ts';
import { mayReread, reread } from '../../policy/condition/reread.ts';
import { foldName } from '../../wire/members.ts';
import { hasLoneSurrogate } from '../../wire/token.ts';
import type { JsonValue } from '../../wire/value.ts';
import { isUntold } from '../mask.ts';

/** `map`: one whose members stand beside it as places of their own. `deep`: one inside another, of any content. */
export type PlaceKind = 'null' | 'boolean' | 'number' | 'string' | 'list' | 'map' | 'deep' | 'untold';

/** One argument, or one inside an object. */
export interface Place {
  /** As a policy writes it. */
  readonly path: string;
  readonly steps: readonly string[];
  readonly kind: PlaceKind;
  /** Keys of a `map`. */
  readonly size: number;
}

/** Which arguments a call has, and of which kinds. */
export interface Shape {
  /** The same for calls of the same shape. */
  readonly key: string;
  /** Arguments at the top; null for a call without any object of arguments. */
  readonly size: number | null;
  readonly places: readonly (Place & { readonly value: JsonValue })[];
}

const MOST_PLACES = 64;
/** YAML takes a key of up to 1,024 characters, escapes included. */
const LONGEST_KEY = 80;
const LONGEST_NUMBER = 40;
/** What is longer is not read again to see whether it is JSON. */
const LONGEST_REREAD = 1_000_000;
const DEEPEST = 100;

/** A key that no object has whose kind is told: that it is missing is true of objects alone. */
export const NO_KEY = 'no_such_key';

/** What a call without arguments is like. */
export const BARE: Shape = { key: '', size: null, places: [] };

/** Reads which arguments there are. Null where no condition can tell them: odd keys, two that servers confuse, too many. */
export function readShape(args: JsonValue): Shape | null {
  if (args.kind !== 'map') return null;
  const places = listPlaces(args.entries, []);
  if (places === null || places.length > MOST_PLACES) return null;
  const kinds = places.map(({ path, kind }) => [path, kind]);
  const key = JSON.stringify(kinds.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)));
  return { key, size: args.entries.size, places };
}

function listPlaces(
  entries: ReadonlyMap<string, JsonValue>,
  above: readonly string[],
): Shape['places'] | null {
  if (entries.size > MOST_PLACES || hasTwins(entries)) return null;
  if (above.length > 0 && hasNoKey(entries)) return null;
  const places: (Place & { value: JsonValue })[] = [];
  for (const [key, value] of entries) {
    const steps = [...above, key];
    const path = renderPath(steps);
    if (path === null) return null;
    if (value.kind !== 'map' || above.length > 0) {
      places.push({ path, steps, kind: tellKind(value), size: 0, value });
      continue;
    }
    const inner = listPlaces(value.entries, steps);
    if (inner === null) return null;
    places.push({ path, steps, kind: 'map', size: value.entries.size, value }, ...inner);
  }
  return places;
}

function hasTwins(entries: ReadonlyMap<string, JsonValue>): boolean {
  return new Set(Array.from(entries.keys(), foldName)).size < entries.size;
}

/** Null for keys that cannot stand in a path. */
function renderPath(steps: readonly string[]): string | null {
  let path = 'args';
  for (const key of steps) {
    if (key.length > LONGEST_KEY || hasLoneSurrogate(key)) return null;
    const plain = `${path}.${key}`;
    path = parseArgPath(plain)?.steps.length === count(path) + 1 ? plain : `${path}[${JSON.stringify(key)}]`;
  }
  const read = parseArgPath(path)?.steps ?? [];
  const isSame =
    read.length === steps.length && read.every((step, at) => 'key' in step && step.key === steps[at]);
  return isSame ? path : null;
}

function count(path: string): number {
  return parseArgPath(path)?.steps.length ?? 0;
}

function tellKind(value: JsonValue): PlaceKind {
  if (isHidden(value, 0)) return 'untold';
  if (value.kind === 'string') return isMeasurable(value.value) ? 'string' : 'untold';
  if (value.kind !== 'map') return value.kind;
  return hasNoKey(value.entries) ? 'untold' : 'deep';
}

function hasNoKey(entries: ReadonlyMap<string, JsonValue>): boolean {
  return [...entries.keys()].some((key) => foldName(key) === NO_KEY);
}

/** Whether a test could be written that surely holds for its length. */
function isMeasurable(text: string): boolean {
  if (!mayReread(text)) return true;
  return text.length <= LONGEST_REREAD && reread(text) !== 'unclear';
}

/** Whether the value, or anything in it, is not what was sent, or cannot be written down. */
function isHidden(value: JsonValue, depth: number): boolean {
  if (depth > DEEPEST) return true;
  switch (value.kind) {
    case 'string':
      return isUntold(value.value) || hasLoneSurrogate(value.value);
    case 'number':
      return value.text.length > LONGEST_NUMBER || parseDecimal(value.text) === null;
    case 'list':
      return value.items.some((item) => isHidden(item, depth + 1));
    case 'map':
      return [...value.entries.values()].some((inner) => isHidden(inner, depth + 1));
    default:
      return false;
  }
}
