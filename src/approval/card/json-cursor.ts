/**
 * A place in JSON text that was proven to be JSON before. Reading goes by the text itself, never by parsed objects:
 * a person is shown the keys in the order of the wire and the numbers as they are spelled there.
 */
export interface Cursor {
  readonly text: string;
  at: number;
}

const BLANK = /[ \t\n\r]*/y;
const SCALAR = /[^\s,:[\]{}"]+/y;
const BETWEEN_BRACKETS = /[^"[\]{}]*/y;

/** The character the next token begins with. Throws at the end of the text. */
export function peekToken(cursor: Cursor): string {
  cursor.at += matchAt(BLANK, cursor.text, cursor.at);
  const character = cursor.text[cursor.at];
  if (character === undefined) throw unreadable(cursor);
  return character;
}

/** Steps over one of the characters given, which must come next. */
export function readMark(cursor: Cursor, marks: string): string {
  const mark = peekToken(cursor);
  if (!marks.includes(mark)) throw unreadable(cursor);
  cursor.at += 1;
  return mark;
}

/** The text of the string, number or word that comes next. */
export function readScalar(cursor: Cursor): string {
  const from = cursor.at;
  const length = peekToken(cursor) === '"' ? null : matchAt(SCALAR, cursor.text, cursor.at);
  if (length === 0) throw unreadable(cursor);
  const start = Math.max(from, cursor.at);
  cursor.at = length === null ? findStringEnd(cursor.text, start) : start + length;
  return cursor.text.slice(start, cursor.at);
}

/** Reads a key and its colon; the key decoded. */
export function readKey(cursor: Cursor): string {
  const key = decodeString(readScalar(cursor));
  readMark(cursor, ':');
  return key;
}

/** The text of the next value, whatever it is; null, with nothing read, where it is longer than `most`. */
export function readValue(cursor: Cursor, most: number): string | null {
  const isContainer = '[{'.includes(peekToken(cursor));
  const start = cursor.at;
  if (!isContainer) return readScalar(cursor);
  const end = findContainerEnd(cursor.text, start, most);
  if (end === null) return null;
  cursor.at = end;
  return cursor.text.slice(start, end);
}

/** The string a token stands for. */
export function decodeString(token: string): string {
  const value: unknown = JSON.parse(token);
  if (typeof value !== 'string') throw new Error('a JSON string was expected');
  return value;
}

function findStringEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  throw unreadable({ text, at: start });
}

function findContainerEnd(text: string, start: number, most: number): number | null {
  let depth = 0;
  for (let at = start; at - start <= most;) {
    at += matchAt(BETWEEN_BRACKETS, text, at);
    const character = text[at];
    if (character === undefined) throw unreadable({ text, at });
    if (character === '"') at = findStringEnd(text, at);
    else {
      at += 1;
      depth += character === '[' || character === '{' ? 1 : -1;
      if (depth === 0) return at - start <= most ? at : null;
    }
  }
  return null;
}

function matchAt(pattern: RegExp, text: string, index: number): number {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0].length ?? 0;
}

function unreadable({ at }: Cursor): Error {
  return new Error(`the arguments cannot be read at character ${at}`);
}
