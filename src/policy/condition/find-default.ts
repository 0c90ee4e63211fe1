import type { JsonValue } from '../../wire/value.ts';
import type { Step } from './condition.ts';

/**
 * The `default` of the schema for what stands at the end of the steps; null where it says none. Followed are
 * `properties` and `items` alone.
 */
export function findDefault(schema: JsonValue, steps: readonly Step[]): JsonValue | null {
  let node: JsonValue | null = schema;
  for (const step of steps) node = node === null ? null : descend(node, step);
  return node === null ? null : readMember(node, 'default');
}

function descend(schema: JsonValue, step: Step): JsonValue | null {
  if (step.kind === 'key') {
    const properties = readMember(schema, 'properties');
    return properties === null ? null : readMember(properties, step.key);
  }
  const tuple = readMember(schema, 'prefixItems');
  const items = readMember(schema, 'items');
  const own = tuple?.kind === 'list' ? tuple.items[step.index] : undefined;
  if (own !== undefined) return own;
  return items?.kind === 'list' ? (items.items[step.index] ?? null) : items;
}

function readMember(value: JsonValue, key: string): JsonValue | null {
  return value.kind === 'map' ? (value.entries.get(key) ?? null) : null;
}
