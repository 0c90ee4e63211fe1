import { readValue, type JsonValue } from '../../wire/value.ts';

/** Whether the text begins and ends as JSON of a list or map does. */
export function mayReread(text: string): boolean {
  const trimmed = text.trim();
  return (
    (trimmed.startsWith('[') && trimmed.endsWith(']')) || (trimmed.startsWith('{') && trimmed.endsWith('}'))
  );
}

/** The list or map that the text spells; null where it spells none, `unclear` where only Python would read it. */
export function reread(text: string): JsonValue | 'unclear' | null {
  try {
    return readValue(Buffer.from(text));
  } catch {
    return /NaN|Infinity/.test(text) ? 'unclear' : null;
  }
}
