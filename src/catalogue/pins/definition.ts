import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readUnambiguous, type JsonValue } from '../../wire/value.ts';

/** A tool's definition in the one form that all spellings of it come to. */
export interface Definition {
  /** SHA-256, hexadecimal; `raw-` in front where it stands for the very bytes. */
  readonly hash: string;
  /** Canonical JSON; null where that is too long to keep. */
  readonly text: string | null;
}

/**
 * Neither is read by a model, and servers put times and links into them. Everything else counts, whatever its name: a
 * later protocol may show it, and some readers take `Description` for `description`.
 */
const PASSED_OVER: ReadonlySet<string> = new Set(['_meta', 'icons']);
const LONGEST = 1 << 20;
const LONGEST_TEXT = 64 << 10;
const DEEPEST = 200;

/**
 * The canonical form of one tool's raw JSON: the members that count, keys sorted by code unit, numbers as written, no
 * white space. What two readers could take for different things, or is too long or too deep, is told apart by its bytes.
 */
export function canonicalDefinition(raw: Buffer): Definition {
  const value = raw.length > LONGEST || !isUtf8(raw) ? null : readTool(raw);
  if (value === null) return { hash: `raw-${hash(raw)}`, text: null };
  const text = renderMembers(
    [...value].filter(([key]) => !PASSED_OVER.has(key)),
    DEEPEST,
  );
  if (text === null) return { hash: `raw-${hash(raw)}`, text: null };
  return { hash: hash(text), text: text.length > LONGEST_TEXT ? null : text };
}

function readTool(raw: Buffer): ReadonlyMap<string, JsonValue> | null {
  try {
    const value = readUnambiguous(raw);
    return value.kind === 'map' ? value.entries : null;
  } catch {
    return null;
  }
}

/** Null where it is nested deeper than `levels`. */
function render(value: JsonValue, levels: number): string | null {
  if (levels === 0) return null;
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(value.value);
    case 'number':
      return value.text;
    case 'string':
      return JSON.stringify(value.value);
    case 'list': {
      const items = value.items.map((item) => render(item, levels - 1));
      return items.includes(null) ? null : `[${items.join(',')}]`;
    }
    case 'map':
      return renderMembers([...value.entries], levels - 1);
  }
}

function renderMembers(members: readonly (readonly [string, JsonValue])[], levels: number): string | null {
  const sorted = members.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const parts = sorted.map(([key, value]) => {
    const text = render(value, levels);
    return text === null ? null : `${JSON.stringify(key)}:${text}`;
  });
  return parts.includes(null) ? null : `{${parts.join(',')}}`;
}

function hash(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}
