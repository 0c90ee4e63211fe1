import { readValue, type JsonValue } from '../../wire/value.ts';

/** One place in a JSON Schema. Nothing of it is run or fetched: it comes from the server. */
export interface Schema {
  readonly root: JsonValue;
  readonly at: JsonValue;
}

/** A schema that is a map: the members of one of the parts that a place is put together from. */
export type Part = ReadonlyMap<string, JsonValue>;

/** How many parts are looked at for one place: a server may refer and nest without end. */
const MOST_PARTS = 256;
const ALTERNATIVES = ['anyOf', 'oneOf'];

/** The schema of a tool's arguments; null where it has none that can be read. */
export function readSchema(bytes: Buffer | null): Schema | null {
  if (bytes === null) return null;
  try {
    const root = readValue(bytes);
    return root.kind === 'map' ? { root, at: root } : null;
  } catch {
    return null;
  }
}

/** The parts that all hold: the schema itself, what it refers to by `$ref`, and `allOf`. */
export function listParts(schema: Schema): Part[] {
  return gather(schema, ['allOf'], []);
}

/** Those and the parts of which one or the other holds: `anyOf`, `oneOf`, `then`, `else`. */
export function listPossibleParts(schema: Schema): Part[] {
  return gather(schema, ['allOf', ...ALTERNATIVES], ['then', 'else']);
}

/** The alternatives of a part, a list for each of its `anyOf` and `oneOf`. */
export function listAlternatives(part: Part, { root }: Schema): Schema[][] {
  return ALTERNATIVES.flatMap((key) => {
    const items = listItems(part.get(key));
    return items.length === 0 ? [] : [items.map((at) => ({ root, at }))];
  });
}

export function listItems(value: JsonValue | undefined): readonly JsonValue[] {
  return value?.kind === 'list' ? value.items : [];
}

function gather({ root, at }: Schema, lists: readonly string[], singles: readonly string[]): Part[] {
  const parts = new Set<Part>();
  const waiting = [at];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (value.kind !== 'map' || parts.has(value.entries) || parts.size >= MOST_PARTS) continue;
    parts.add(value.entries);
    const { entries } = value;
    const more = [
      followRef(root, entries.get('$ref')),
      ...lists.flatMap((key) => listItems(entries.get(key))),
      ...singles.map((key) => entries.get(key)),
    ];
    waiting.push(...more.filter((one) => one !== undefined));
  }
  return [...parts];
}

/** References into the schema itself are followed; any other is left alone. */
function followRef(root: JsonValue, ref: JsonValue | undefined): JsonValue | undefined {
  if (ref?.kind !== 'string' || !/^#(?:\/|$)/.test(ref.value)) return undefined;
  let value: JsonValue | undefined = root;
  for (const token of ref.value.split('/').slice(1)) {
    const key = decode(token);
    if (value?.kind === 'map') value = value.entries.get(key);
    else if (value?.kind === 'list') value = value.items[/^\d{1,9}$/.test(key) ? Number(key) : -1];
    else return undefined;
  }
  return value;
}

/** One token of a JSON pointer in a URI fragment. */
function decode(token: string): string {
  try {
    return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return token;
  }
}
