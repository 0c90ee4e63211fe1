import { type Cursor, decodeString, peekToken, readKey, readMark, readScalar } from './json-cursor.ts';

/** One place in JSON at which two texts differ, from the keys and indexes that lead there. */
export interface Change {
  readonly path: readonly (string | number)[];
  /** The JSON text that stands there, null where there is nothing. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Together longer texts are not compared. */
const MOST = 256 << 10;

/**
 * Where two JSON texts differ, in the order of the later one, what is gone last; null where they are too long to compare.
 * The order of keys and white space are no difference; the spelling of a number is.
 */
export function compareJson(before: string, after: string): Change[] | null {
  if (before.length + after.length > MOST) return null;
  const [old, now] = [flatten(before), flatten(after)];
  const changes: Change[] = [];
  for (const [place, leaf] of now) {
    const was = old.get(place);
    if (was === undefined || !isSame(was.token, leaf.token)) {
      changes.push({ path: leaf.path, before: was?.token ?? null, after: leaf.token });
    }
  }
  for (const [place, leaf] of old) {
    if (!now.has(place)) changes.push({ path: leaf.path, before: leaf.token, after: null });
  }
  return changes;
}

interface Leaf {
  readonly path: readonly (string | number)[];
  readonly token: string;
}

/** Every value that holds no others, by where it stands. */
function flatten(text: string): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  walk({ text, at: 0 }, [], leaves);
  return leaves;
}

function walk(cursor: Cursor, path: readonly (string | number)[], leaves: Map<string, Leaf>): void {
  const keep = (token: string): void => void leaves.set(JSON.stringify(path), { path, token });
  const open = peekToken(cursor);
  if (open !== '{' && open !== '[') return keep(readScalar(cursor));
  const close = open === '{' ? '}' : ']';
  readMark(cursor, open);
  if (peekToken(cursor) === close) {
    readMark(cursor, close);
    // An object without arguments is no argument.
    if (path.length > 0) keep(open + close);
    return;
  }
  for (let index = 0, mark = ','; mark === ','; index++) {
    walk(cursor, [...path, open === '{' ? readKey(cursor) : index], leaves);
    mark = readMark(cursor, `,${close}`);
  }
}

function isSame(a: string, b: string): boolean {
  if (a === b) return true;
  return a.startsWith('"') && b.startsWith('"') && decodeString(a) === decodeString(b);
}
