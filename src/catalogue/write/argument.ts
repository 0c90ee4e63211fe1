import type { ValueKind } from '../../policy/check/test-types.ts';
import { locate } from '../schema/locate.ts';
import { listParts, type Schema } from '../schema/schema.ts';
import { listAllowed, listKinds } from '../schema/values.ts';

/** The first of the keys under which the schema takes an argument that is of this kind or null, of any value; null where none is. */
export function findArgument(schema: Schema, keys: readonly string[], kind: ValueKind): string | null {
  return keys.find((key) => listPlaces(schema, key).some((one) => isOf(one, kind))) ?? null;
}

/** Whether the argument is false where it is left out. */
export function isFalseByDefault(schema: Schema, key: string): boolean {
  return listPlaces(schema, key).some((one) =>
    listParts(one).some((part) => {
      const value = part.get('default');
      return value?.kind === 'boolean' && !value.value;
    }),
  );
}

/** What the schema says of the argument; empty where it does not know it, or in more ways than one. */
function listPlaces(schema: Schema, key: string): readonly Schema[] {
  const place = locate(schema, [{ kind: 'key', key }]);
  return place.kind === 'known' && place.schemas.length === 1 ? place.schemas : [];
}

function isOf(schema: Schema, kind: ValueKind): boolean {
  const kinds = listKinds(schema);
  if (!kinds.includes(kind) || kinds.some((one) => one !== kind && one !== 'null')) return false;
  const allowed = listAllowed(schema)?.filter((value) => value.kind === kind);
  return allowed === undefined || (kind === 'boolean' && allowed.length === 2);
}
