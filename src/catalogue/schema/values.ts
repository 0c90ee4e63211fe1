import { VALUE_KINDS, type ValueKind } from '../../policy/check/test-types.ts';
import type { JsonValue } from '../../wire/value.ts';
import { listAlternatives, listItems, listParts, type Part, type Schema } from './schema.ts';

const DEEPEST = 32;
const MOST_VALUES = 1_000;

const KINDS: ReadonlyMap<string, ValueKind> = new Map([
  ['null', 'null'],
  ['boolean', 'boolean'],
  ['number', 'number'],
  ['integer', 'number'],
  ['string', 'string'],
  ['array', 'list'],
  ['object', 'map'],
]);

/** The kinds of value that the schema lets pass; all where it does not say. */
export function listKinds(schema: Schema): readonly ValueKind[] {
  const search = new Search<readonly ValueKind[]>(VALUE_KINDS, (at, ask) => {
    const said = listParts(at).flatMap((part) => [
      ...kindsOfPart(part),
      ...listAlternatives(part, at).map((branches) => branches.flatMap(ask)),
    ]);
    return VALUE_KINDS.filter((kind) => said.every((kinds) => kinds.includes(kind)));
  });
  return search.ask(schema);
}

/** The only values that pass; null where the schema does not list them, or too many. */
export function listAllowed(schema: Schema): readonly JsonValue[] | null {
  const search = new Search<readonly JsonValue[] | null>(null, (at, ask) => {
    for (const part of listParts(at)) {
      const only = part.get('const');
      if (only !== undefined) return [only];
      const list = part.get('enum');
      if (list?.kind === 'list') return list.items;
      for (const branches of listAlternatives(part, at)) {
        const lists = branches.map((branch) => ask(branch) ?? allowNull(branch));
        const values = lists.every((one) => one !== null) ? [...new Set(lists.flat())] : null;
        if (values !== null && values.length <= MOST_VALUES) return values;
      }
    }
    return null;
  });
  return search.ask(schema);
}

/** Whether an object must have the key. */
export function isRequired(schema: Schema, key: string): boolean {
  const search = new Search<boolean>(false, (at, ask) =>
    listParts(at).some(
      (part) =>
        listItems(part.get('required')).some((name) => name.kind === 'string' && name.value === key) ||
        listAlternatives(part, at).some((branches) => branches.every(ask)),
    ),
  );
  return search.ask(schema);
}

/** Asks each place once: a schema may lead from one place to another in more ways than could ever be gone. */
class Search<T> {
  readonly #known = new Map<JsonValue, T>();
  readonly #silent: T;
  readonly #look: (at: Schema, ask: (inner: Schema) => T) => T;
  #depth = 0;

  /** `silent`: what a place says that leads back to itself. */
  constructor(silent: T, look: (at: Schema, ask: (inner: Schema) => T) => T) {
    this.#silent = silent;
    this.#look = look;
  }

  ask(schema: Schema): T {
    const known = this.#known.get(schema.at);
    if (known !== undefined) return known;
    if (this.#depth >= DEEPEST) return this.#silent;
    this.#known.set(schema.at, this.#silent);
    this.#depth++;
    const found = this.#look(schema, (inner) => this.ask(inner));
    this.#depth--;
    this.#known.set(schema.at, found);
    return found;
  }
}

/** What one part says of kinds: a list for each of its words that say anything. */
function kindsOfPart(part: Part): ValueKind[][] {
  const said: ValueKind[][] = [];
  const type = part.get('type');
  const names = type?.kind === 'list' ? type.items : type === undefined ? [] : [type];
  const kinds = names.flatMap((name) => (name.kind === 'string' ? (KINDS.get(name.value) ?? []) : []));
  const nullable = part.get('nullable');
  if (nullable?.kind === 'boolean' && nullable.value) kinds.push('null');
  if (names.length > 0 && kinds.length > 0) said.push(kinds);
  const values = part.get('enum');
  if (values?.kind === 'list') said.push(values.items.map(({ kind }) => kind));
  const only = part.get('const');
  if (only !== undefined) said.push([only.kind]);
  return said;
}

/** `anyOf` with null beside an enumeration is how an optional choice is written. */
function allowNull(schema: Schema): readonly JsonValue[] | null {
  const kinds = listKinds(schema);
  return kinds.length === 1 && kinds[0] === 'null' ? [{ kind: 'null' }] : null;
}
