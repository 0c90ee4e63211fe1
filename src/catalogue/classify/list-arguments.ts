import type { JsonValue } from '../../wire/value.ts';

const DEEPEST = 32;
const ALTERNATIVES = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const DEFINITIONS = ['$defs', 'definitions'];

export type Members = ReadonlyMap<string, JsonValue>;

/** An argument of a tool, or a member of one. */
export interface Argument {
  readonly name: string;
  readonly schema: JsonValue;
}

/**
 * The arguments that a schema names, those inside of others too, wherever they are defined; at most `most` of them, and
 * whether that is all.
 */
export function listArguments(root: JsonValue, most: number): { list: Argument[]; isWhole: boolean } {
  const list: Argument[] = [];
  let isWhole = true;
  const walk = (schema: JsonValue | undefined, depth: number): void => {
    const members = findMembers(schema);
    if (members === null || !isWhole) return;
    if (depth > DEEPEST) {
      isWhole = false;
      return;
    }
    for (const [name, value] of findMembers(members.get('properties')) ?? []) {
      if (list.length >= most) {
        isWhole = false;
        return;
      }
      list.push({ name, schema: value });
      walk(value, depth + 1);
    }
    for (const key of ['items', 'additionalProperties']) walk(members.get(key), depth + 1);
    for (const key of ALTERNATIVES) {
      const alternatives = members.get(key);
      if (alternatives?.kind === 'list') for (const one of alternatives.items) walk(one, depth + 1);
    }
    for (const key of DEFINITIONS)
      for (const [, value] of findMembers(members.get(key)) ?? []) walk(value, depth + 1);
  };
  walk(root, 0);
  return { list, isWhole };
}

export function findMembers(value: JsonValue | null | undefined): Members | null {
  return value?.kind === 'map' ? value.entries : null;
}
