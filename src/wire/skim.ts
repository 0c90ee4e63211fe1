import { isUtf8 } from 'node:buffer';
import { findLookalike, isMember, NO_TOP, type Places } from './members.ts';
import { decodeString, type Token } from './token.ts';

/** One member of an object: its key, quotes included, and its value. */
export interface Member {
  readonly key: Token;
  readonly value: Token;
}

export type Skim =
  | { readonly kind: 'object'; readonly top: Readonly<Places<'top'>> }
  | { readonly kind: 'array'; readonly elements: readonly Token[] }
  | { readonly kind: 'blank' }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Reads the outermost members of a line, up to its final "\n", and passes over what they hold: brackets are counted
 * and strings jumped, so that a 10 MB answer costs little more than finding its quotes. What is inside a result is the
 * client's business; whose answer it is, is the guard's.
 */
export function skimLine(bytes: Buffer): Skim {
  if (!isUtf8(bytes)) return { kind: 'refused', why: 'it is not UTF-8' };
  // Python clients split lines at a lone CR: what stands behind it would be a message of its own.
  const carriageReturn = bytes.indexOf(0x0d);
  if (carriageReturn !== -1) return { kind: 'refused', why: `a raw CR at byte ${carriageReturn}` };
  const end = bytes.length - 1;
  const start = skipSpace(bytes, 0);
  if (start === end) return { kind: 'blank' };
  if (bytes[start] === 0x5b) {
    const elements = listElements(bytes, { start, end });
    return elements === null ? { kind: 'refused', why: 'it is not JSON' } : { kind: 'array', elements };
  }
  const members = listMembers(bytes, { start, end });
  return members === null ? { kind: 'refused', why: 'it is not a JSON object' } : readTop(bytes, members);
}

/**
 * The members of the object in `range`, which may have white space around it and nothing else; null where it is not
 * one. What the values hold is not looked at.
 */
export function listMembers(bytes: Buffer, range: Token): Member[] | null {
  return listParts(bytes, range, { open: 0x7b, close: 0x7d }, (at) => {
    const keyEnd = skipString(bytes, at);
    const colon = skipSpace(bytes, keyEnd);
    if (keyEnd === -1 || bytes[colon] !== 0x3a) return null;
    const start = skipSpace(bytes, colon + 1);
    return {
      end: skipValue(bytes, start),
      part: (end) => ({ key: { start: at, end: keyEnd }, value: { start, end } }),
    };
  });
}

/** The elements of the array in `range`, as `listMembers` lists members. */
export function listElements(bytes: Buffer, range: Token): Token[] | null {
  return listParts(bytes, range, { open: 0x5b, close: 0x5d }, (start) => ({
    end: skipValue(bytes, start),
    part: (end) => ({ start, end }),
  }));
}

interface Step<T> {
  /** Behind the part; -1 where there is none. */
  readonly end: number;
  readonly part: (end: number) => T;
}

function listParts<T>(
  bytes: Buffer,
  range: Token,
  { open, close }: { open: number; close: number },
  next: (at: number) => Step<T> | null,
): T[] | null {
  let at = skipSpace(bytes, range.start);
  if (bytes[at] !== open) return null;
  at = skipSpace(bytes, at + 1);
  const parts: T[] = [];
  while (bytes[at] !== close || parts.length > 0) {
    const step = next(at);
    if (step === null || step.end === -1) return null;
    parts.push(step.part(step.end));
    at = skipSpace(bytes, step.end);
    if (bytes[at] === close) break;
    if (bytes[at] !== 0x2c) return null;
    at = skipSpace(bytes, at + 1);
  }
  return skipSpace(bytes, at + 1) === range.end ? parts : null;
}

function readTop(bytes: Buffer, members: readonly Member[]): Skim {
  const top = { ...NO_TOP };
  for (const { key: token, value } of members) {
    let key: string;
    try {
      key = decodeString(bytes, token);
    } catch {
      return { kind: 'refused', why: `no such key at byte ${token.start}` };
    }
    if (isMember('top', key)) {
      if (top[key] !== null) return { kind: 'refused', why: `the key "${key}" comes twice` };
      top[key] = value;
    } else if (findLookalike('top', key) !== null) {
      return {
        kind: 'refused',
        why: `the key ${JSON.stringify(key)}, which some clients would take for another`,
      };
    }
  }
  return { kind: 'object', top };
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte === 0x20 || byte === 0x09; byte = bytes[at]) at++;
  return at;
}

/** Behind the value that begins at `at`, -1 where none does. */
function skipValue(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === 0x22) return skipString(bytes, at);
  if (byte === 0x7b || byte === 0x5b) return skipNested(bytes, at);
  let end = at;
  for (let next = bytes[end]; next !== undefined && isScalarByte(next); next = bytes[end]) end++;
  return end === at ? -1 : end;
}

/** Letters, digits, "+", "-" and "." : numbers, words, and Python's NaN and Infinity. */
function isScalarByte(byte: number): boolean {
  return (
    (byte >= 0x2b && byte <= 0x39 && byte !== 0x2c && byte !== 0x2f) ||
    ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a)
  );
}

function skipNested(bytes: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x22) {
      const end = skipString(bytes, at);
      if (end === -1) return -1;
      at = end - 1;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth++;
    } else if (byte === 0x7d || byte === 0x5d) {
      if (--depth === 0) return at + 1;
    }
  }
  return -1;
}

/** Short strings are walked through; for the rest of a long one the platform's own search is faster. */
const WALK = 24;

function skipString(bytes: Buffer, from: number): number {
  if (bytes[from] !== 0x22) return -1;
  let at = from + 1;
  for (const stop = at + WALK; at < stop; at++) {
    const byte = bytes[at];
    if (byte === 0x22) return at + 1;
    if (byte === 0x5c) at++;
  }
  for (;;) {
    const quote = bytes.indexOf(0x22, at);
    if (quote === -1) return -1;
    let backslashes = 0;
    while (quote - backslashes > at && bytes[quote - backslashes - 1] === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}
