import { renderText } from '../../catalogue/write/yaml-text.ts';
import type { JsonValue } from '../../wire/value.ts';

const DEEPEST = 10;
/** YAML takes a key of up to 1,024 characters, escapes included. */
const LONGEST_KEY = 80;

/** The value as JSON text, numbers as they were written. */
export function renderJson(value: JsonValue): string {
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(value.value);
    case 'number':
      return value.text;
    case 'string':
      return JSON.stringify(value.value);
    case 'list':
      return `[${value.items.map(renderJson).join(',')}]`;
    case 'map':
      return `{${Array.from(value.entries, ([key, inner]) => `${JSON.stringify(key)}:${renderJson(inner)}`).join(',')}}`;
  }
}

/** The value on one line of YAML; null where it is nested too deeply, or has a key that is too long. */
export function renderYaml(value: JsonValue, depth = 0): string | null {
  if (value.kind === 'string') return renderText(value.value);
  if (value.kind !== 'list' && value.kind !== 'map') return renderJson(value);
  if (depth > DEEPEST) return null;
  const isMap = value.kind === 'map';
  const parts = isMap
    ? Array.from(value.entries, ([key, inner]) => renderEntry(key, inner, depth))
    : value.items.map((item) => renderYaml(item, depth + 1));
  if (parts.includes(null)) return null;
  if (parts.length === 0) return isMap ? '{}' : '[]';
  return isMap ? `{ ${parts.join(', ')} }` : `[${parts.join(', ')}]`;
}

function renderEntry(key: string, value: JsonValue, depth: number): string | null {
  const text = key.length > LONGEST_KEY ? null : renderYaml(value, depth + 1);
  return text === null ? null : `${renderText(key)}: ${text}`;
}

/** The value with another one at the end of the steps, which lead through objects. */
export function replaceAt(value: JsonValue, steps: readonly string[], by: JsonValue): JsonValue {
  const [first, ...rest] = steps;
  if (first === undefined || value.kind !== 'map') return by;
  const entries = new Map(value.entries);
  entries.set(first, replaceAt(entries.get(first) ?? by, rest, by));
  return { kind: 'map', entries };
}
