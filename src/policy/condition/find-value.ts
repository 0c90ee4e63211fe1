import { foldName } from '../../wire/members.ts';
import type { JsonValue } from '../../wire/value.ts';
import type { ArgPath, Step, Truth } from './condition.ts';
import { findDefault } from './find-default.ts';
import { isHidden, holdsUntold, type UntoldValues } from './untold-value.ts';

/** What a condition is judged on. */
export interface Facts {
  /** The arguments, a map; null where there are none. */
  readonly args: JsonValue | null;
  /** The tool's `inputSchema`; null where it was not seen. Read only where an argument is missing. */
  readonly schema: JsonValue | null;
  /** Only where a call is judged from a record of it. */
  readonly untold?: UntoldValues | undefined;
}

/** What stands at a path. */
export type Found =
  | { readonly kind: 'value'; readonly value: JsonValue }
  /** Left out, and the schema says what the server takes instead. */
  | { readonly kind: 'default'; readonly value: JsonValue }
  /** Left out together with what holds it: the server takes this, or nothing. */
  | { readonly kind: 'perhaps'; readonly value: JsonValue }
  /** Left out. `isNull`: whether the server takes null for it. */
  | { readonly kind: 'missing'; readonly isNull: Truth }
  /** Servers differ on what stands there. */
  | { readonly kind: 'unclear' }
  /** It was there, but the record does not tell it, or not all that is in it. */
  | { readonly kind: 'untold'; readonly value: JsonValue };

/** Finds what stands at a path, in the arguments or else in the defaults of the schema. */
export function compilePath(path: ArgPath): (facts: Facts) => Found {
  const steps = path.steps.map((step): FoldedStep =>
    step.kind === 'key' ? { ...step, folded: foldName(step.key) } : step,
  );
  const find = (facts: Facts): Found => {
    if (facts.args === null && steps.length === 0) return { kind: 'missing', isNull: false };
    const walk = walkSteps(facts.args ?? NOTHING, steps);
    if (walk.kind !== 'missing') return walk;
    return findInDefaults(facts.schema, steps, walk.at);
  };
  return (facts) => {
    const { untold } = facts;
    return untold === undefined ? find(facts) : findTold(find, path, facts, untold);
  };
}

/** The same as far as a record tells it. */
function findTold(
  find: (facts: Facts) => Found,
  { text, steps }: ArgPath,
  facts: Facts,
  untold: UntoldValues,
): Found {
  if (untold.all || isHidden(facts.args, steps, untold)) {
    untold.miss(text);
    return UNCLEAR;
  }
  const found = find(facts);
  if (found.kind !== 'value' || !holdsUntold(found.value, untold)) return found;
  untold.miss(text);
  return { kind: 'untold', value: found.value };
}

/** A step with its key as servers that fold keys would compare it. */
type FoldedStep = Extract<Step, { kind: 'index' }> | (Extract<Step, { kind: 'key' }> & { folded: string });

type Walk =
  | { readonly kind: 'value'; readonly value: JsonValue }
  /** There is nothing at step `at`. */
  | { readonly kind: 'missing'; readonly at: number }
  | { readonly kind: 'unclear' };

const NOTHING: JsonValue = { kind: 'map', entries: new Map() };
const UNCLEAR = { kind: 'unclear' } as const;

function walkSteps(from: JsonValue, steps: readonly FoldedStep[]): Walk {
  let value = from;
  for (const [at, step] of steps.entries()) {
    let next: JsonValue | undefined;
    if (step.kind === 'index') {
      if (value.kind !== 'list') return UNCLEAR;
      next = value.items[step.index];
    } else {
      if (value.kind !== 'map' || hasTwin(value.entries, step)) return UNCLEAR;
      next = value.entries.get(step.key);
    }
    if (next === undefined) return { kind: 'missing', at };
    value = next;
  }
  return { kind: 'value', value };
}

/**
 * The default of the schema at the step that is missing, or further in where that has none. An element that a list
 * does not have is not made up by anyone.
 */
function findInDefaults(schema: JsonValue | null, steps: readonly FoldedStep[], missing: number): Found {
  const nothing = { kind: 'missing', isNull: false } as const;
  if (schema === null || steps[missing]?.kind === 'index') return nothing;
  for (let at = missing; at < steps.length; at++) {
    const value = findDefault(schema, steps.slice(0, at + 1));
    if (value === null) continue;
    const isOwn = at === missing;
    if (value.kind === 'null') {
      if (at === steps.length - 1) return { kind: 'missing', isNull: isOwn ? true : 'unknown' };
      continue;
    }
    const walk = walkSteps(value, steps.slice(at + 1));
    if (walk.kind === 'value') return { kind: isOwn ? 'default' : 'perhaps', value: walk.value };
    if (walk.kind === 'unclear') return walk;
    const rest = findInDefaults(schema, steps, at + 1 + walk.at);
    return rest.kind === 'default' ? { kind: 'perhaps', value: rest.value } : rest;
  }
  return nothing;
}

/** From here on the folded keys are kept: a million keys must stay linear, however many conditions look at them. */
const FEW = 32;
const foldedKeys = new WeakMap<ReadonlyMap<string, JsonValue>, ReadonlyMap<string, string | null>>();

/** Whether another key is one that a server which folds keys would take for this one. */
function hasTwin(
  entries: ReadonlyMap<string, JsonValue>,
  { key, folded }: { key: string; folded: string },
): boolean {
  if (entries.size > FEW) {
    const only = foldKeys(entries).get(folded);
    return only !== undefined && only !== key;
  }
  for (const other of entries.keys()) {
    if (other !== key && foldName(other) === folded) return true;
  }
  return false;
}

/** The key of each folded form, null where several have it. */
function foldKeys(entries: ReadonlyMap<string, JsonValue>): ReadonlyMap<string, string | null> {
  const kept = foldedKeys.get(entries);
  if (kept !== undefined) return kept;
  const keys = new Map<string, string | null>();
  for (const key of entries.keys()) {
    const folded = foldName(key);
    keys.set(folded, keys.has(folded) ? null : key);
  }
  foldedKeys.set(entries, keys);
  return keys;
}
