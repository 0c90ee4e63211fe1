import { listMembers } from './skim.ts';
import { decodeString, sliceToken, type Token } from './token.ts';

/** A member of `outer`, itself a member of the line's object: its new JSON text, or null to leave it out. */
export interface Edit {
  readonly outer: string;
  readonly changes: ReadonlyMap<string, Buffer | null>;
}

/**
 * The line with members of one inner object set or left out; every other value keeps its bytes and its order. Null where
 * the line has no such object. `line` ends with "\n".
 */
export function editLine(line: Buffer, { outer, changes }: Edit): Buffer | null {
  const object = findValue(line, { start: 0, end: line.length - 1 }, outer);
  const members = object === null ? null : listMembers(line, object);
  if (object === null || members === null) return null;
  const kept = members
    .filter(({ key }) => !changes.has(decode(line, key)))
    .map(({ key, value }) => line.subarray(key.start, value.end));
  const added = [...changes].flatMap(([name, json]) =>
    json === null ? [] : [Buffer.concat([Buffer.from(`${JSON.stringify(name)}:`), json])],
  );
  const parts = [...kept, ...added].flatMap((part, index) => (index === 0 ? [part] : [COMMA, part]));
  return Buffer.concat([
    line.subarray(0, object.start),
    Buffer.from('{'),
    ...parts,
    Buffer.from('}'),
    line.subarray(object.end),
  ]);
}

/** The bytes of a member of the line's object; null where there is none. */
export function findOuter(line: Buffer, name: string): Buffer | null {
  const value = findValue(line, { start: 0, end: line.length - 1 }, name);
  return value === null ? null : sliceToken(line, value);
}

/** The bytes of a member of a member, as `JSON.parse` would take it; null where there is none. */
export function findInner(line: Buffer, outer: string, name: string): Buffer | null {
  const object = findValue(line, { start: 0, end: line.length - 1 }, outer);
  const value = object === null ? null : findValue(line, object, name);
  return value === null ? null : sliceToken(line, value);
}

const COMMA = Buffer.from(',');

/** Of a name that stands twice the last counts, as for JSON.parse. */
function findValue(line: Buffer, object: Token, name: string): Token | null {
  return listMembers(line, object)?.findLast(({ key }) => decode(line, key) === name)?.value ?? null;
}

function decode(line: Buffer, key: Token): string {
  try {
    return decodeString(line, key);
  } catch {
    return '';
  }
}
