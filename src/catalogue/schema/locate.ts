import type { Step } from '../../policy/condition/condition.ts';
import type { JsonValue } from '../../wire/value.ts';
import { listItems, listPossibleParts, type Schema } from './schema.ts';
import { isRequired, listKinds } from './values.ts';

const MOST_WAYS = 256;

/** What a schema says of the value at a path. */
export type Location =
  /** The value is one of these: a path may lead into several alternatives. */
  | { readonly kind: 'known'; readonly schemas: readonly Schema[] }
  /** The schema allows it without a word about it. */
  | { readonly kind: 'open' }
  /** There is no such place. `step`: the first one that leads nowhere; `keys`: those that would lead somewhere. */
  | { readonly kind: 'missing'; readonly step: number; readonly keys: readonly string[] };

/** Looks a path up, from the object of all arguments. */
export function locate(schema: Schema, steps: readonly Step[]): Location {
  let schemas: readonly Schema[] = [schema];
  for (const [index, step] of steps.entries()) {
    const ways = schemas.map((one) => (step.kind === 'key' ? goIn(one, step.key) : goTo(one, step.index)));
    schemas = pickDistinct(ways.flatMap((way) => way.schemas));
    if (schemas.length > 0) continue;
    if (ways.some((way) => way.open)) return { kind: 'open' };
    return { kind: 'missing', step: index, keys: [...new Set(ways.flatMap((way) => way.keys))] };
  }
  return { kind: 'known', schemas };
}

/** The first step of the path that a call may leave out; null where all are demanded, or one is an index. */
export function findOptional(schema: Schema, steps: readonly Step[]): number | null {
  let at: Schema = schema;
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'index') return null;
    if (!isRequired(at, step.key)) return index;
    const [next] = goIn(at, step.key).schemas;
    if (next === undefined) return null;
    at = next;
  }
  return null;
}

/** Where one step leads. */
interface Way {
  readonly schemas: readonly Schema[];
  readonly open: boolean;
  readonly keys: readonly string[];
}

function goIn(schema: Schema, key: string): Way {
  const { root } = schema;
  const parts = listPossibleParts(schema);
  const properties = parts.flatMap((part) => {
    const map = part.get('properties');
    return map?.kind === 'map' ? [map.entries] : [];
  });
  const found = properties.flatMap((map) => map.get(key) ?? []);
  const others = parts.flatMap((part) => part.get('additionalProperties') ?? []);
  // Patterns come from the server: they are not run.
  const open = others.some(isAnything) || parts.some((part) => part.has('patternProperties'));
  const values =
    found.length > 0 ? found : others.filter((value) => value.kind === 'map' && !isAnything(value));
  const isFree = properties.length === 0 && others.length === 0 && listKinds(schema).includes('map');
  return {
    schemas: values.map((at) => ({ root, at })),
    open: open || isFree,
    keys: properties.flatMap((map) => [...map.keys()]),
  };
}

function goTo(schema: Schema, index: number): Way {
  const { root } = schema;
  const parts = listPossibleParts(schema);
  const values = parts.flatMap((part) => {
    const items = part.get('items');
    const tuple = [...listItems(part.get('prefixItems')), ...listItems(items)];
    return tuple[index] ?? (items?.kind === 'map' ? items : (part.get('additionalItems') ?? []));
  });
  const described = values.filter((value) => value.kind === 'map');
  return {
    schemas: described.map((at) => ({ root, at })),
    open: described.length === 0 && listKinds(schema).includes('list'),
    keys: [],
  };
}

/** Ways may meet, and a server may make very many of them. */
function pickDistinct(schemas: readonly Schema[]): Schema[] {
  return [...new Map(schemas.map((schema) => [schema.at, schema])).values()].slice(0, MOST_WAYS);
}

/** `true` and `{}`. */
function isAnything(value: JsonValue): boolean {
  return (value.kind === 'boolean' && value.value) || (value.kind === 'map' && value.entries.size === 0);
}
