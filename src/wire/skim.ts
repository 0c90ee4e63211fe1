import { isUtf8 } from 'node:buffer';
import { findLookalike, findMember, NO_TOP, type Places } from './members.ts';
import { decodeString, quoteAscii, sliceToken, type Token } from './token.ts';

/** One member of an object: its key, quotes included, and its value. */
export interface Member {
  readonly key: Token;
  readonly value: Token;
}

export type Skim =
  | { readonly kind: 'object'; readonly top: Readonly<Places<'top'>> }
  | { readonly kind: 'array'; readonly elements: readonly Token[] }
  | { readonly kind: 'blank' }
  /** `id`: where the line's one id stands all the same, null where that cannot be told. `answers`: it is an answer's. */
  | { readonly kind: 'refused'; readonly why: string; readonly id: Token | null; readonly answers: boolean };

/** More than any peer sends at once, and few enough to hold. */
export const MOST_BATCH = 10_000;

const OBJECT = { open: 0x7b, close: 0x7d };
const ARRAY = { open: 0x5b, close: 0x5d };
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Reads the outermost members of a line, up to its final "\n", and passes over what they hold: brackets are counted
 * and strings jumped, so that a 10 MB answer costs little more than finding its quotes. What is inside a result is the
 * client's business; whose answer it is, is the guard's.
 */
export function skimLine(bytes: Buffer): Skim {
  const range = { start: skipSpace(bytes, 0), end: bytes.length - 1 };
  if (range.start === range.end) return { kind: 'blank' };
  const skim = bytes[range.start] === ARRAY.open ? skimBatch(bytes, range) : skimObject(bytes, range);
  const flaw = findFlaw(bytes);
  if (flaw === null) return skim;
  const answers = skim.kind === 'object' ? isAnswer(skim.top) : skim.kind === 'refused' && skim.answers;
  return { kind: 'refused', why: flaw, id: findId(bytes, skim), answers };
}

/**
 * The members of the object in `range`, which may have white space around it and nothing else; null where it is not
 * one. What the values hold is not looked at.
 */
export function listMembers(bytes: Buffer, range: Token): Member[] | null {
  const members: Member[] = [];
  const visit = (value: Token, key: Token): boolean => members.push({ key, value }) > 0;
  return walk(bytes, range, OBJECT, visit) ? members : null;
}

/** The elements of the array in `range`, as `listMembers` lists members. */
export function listElements(bytes: Buffer, range: Token): Token[] | null {
  const elements: Token[] = [];
  const visit = (value: Token): boolean => elements.push(value) > 0;
  return walk(bytes, range, ARRAY, visit) ? elements : null;
}

function findFlaw(bytes: Buffer): string | null {
  if (!isUtf8(bytes)) return 'it is not UTF-8';
  // Python clients split lines at a lone CR: what stands behind it would be a message of its own.
  const carriageReturn = bytes.indexOf(0x0d);
  return carriageReturn === -1 ? null : `a raw CR at byte ${carriageReturn}`;
}

function findId(bytes: Buffer, skim: Skim): Token | null {
  const id = skim.kind === 'object' ? skim.top.id : skim.kind === 'refused' ? skim.id : null;
  return id !== null && isUtf8(sliceToken(bytes, id)) ? id : null;
}

function skimBatch(bytes: Buffer, range: Token): Skim {
  const elements: Token[] = [];
  const whole = walk(bytes, range, ARRAY, (value) => {
    const isMessage = bytes[value.start] === OBJECT.open && elements.length < MOST_BATCH;
    return isMessage && elements.push(value) > 0;
  });
  if (whole && elements.length > 0) return { kind: 'array', elements };
  return { kind: 'refused', why: `it is no batch of 1 to ${MOST_BATCH} messages`, id: null, answers: false };
}

function skimObject(bytes: Buffer, range: Token): Skim {
  const top: Places<'top'> = { ...NO_TOP };
  let why: string | null = null;
  let hasOneId = true;
  const whole = walk(bytes, range, OBJECT, (value, token) => {
    const key = readKey(bytes, token);
    if (key === null) return true;
    if (key.kind === 'malformed') return false;
    if (key.kind === 'member' && top[key.name] === null) {
      top[key.name] = value;
      return true;
    }
    why ??= key.kind === 'member' ? `the key "${key.name}" comes twice` : describeLookalike(bytes, token);
    hasOneId &&= key.name !== 'id';
    return true;
  });
  if (!whole) return { kind: 'refused', why: 'it is not a JSON object', id: null, answers: false };
  if (why === null) return { kind: 'object', top };
  return { kind: 'refused', why, id: hasOneId ? top.id : null, answers: isAnswer(top) };
}

/** Whether these are an answer's members: a log line that happens to have an "id" answers nothing. */
export function isAnswer(top: Readonly<Places<'top'>>): boolean {
  return top.method === null && (top.result !== null || top.error !== null);
}

type Key =
  | { readonly kind: 'member'; readonly name: keyof Places<'top'> }
  | { readonly kind: 'lookalike'; readonly name: string }
  | { readonly kind: 'malformed' };

/** Null: a key that means nothing here. */
function readKey(bytes: Buffer, token: Token): Key | null {
  try {
    const member = findMember('top', bytes, token);
    if (member !== null) return { kind: 'member', name: member };
    const name = findLookalike('top', bytes, token);
    return name === null ? null : { kind: 'lookalike', name };
  } catch {
    return { kind: 'malformed' };
  }
}

function describeLookalike(bytes: Buffer, token: Token): string {
  return `the key ${quoteAscii(decodeString(bytes, token))}, which some clients would take for another`;
}

/**
 * Calls `visit` with each value of the object or array in `range`, and its key where it has one. False where `range`
 * holds something else, and as soon as `visit` says false.
 */
function walk(
  bytes: Buffer,
  range: Token,
  { open, close }: { readonly open: number; readonly close: number },
  visit: (value: Token, key: Token) => boolean,
): boolean {
  let at = skipSpace(bytes, range.start);
  if (bytes[at] !== open) return false;
  at = skipSpace(bytes, at + 1);
  for (let more = bytes[at] !== close; more;) {
    const key = { start: at, end: open === OBJECT.open ? skipString(bytes, at) : at };
    if (open === OBJECT.open) {
      at = skipSpace(bytes, key.end);
      if (key.end === -1 || bytes[at] !== 0x3a) return false;
      at = skipSpace(bytes, at + 1);
    }
    const value = { start: at, end: skipValue(bytes, at) };
    if (value.end === -1 || !visit(value, key)) return false;
    at = skipSpace(bytes, value.end);
    more = bytes[at] === 0x2c;
    if (more) at = skipSpace(bytes, at + 1);
    else if (bytes[at] !== close) return false;
  }
  return at < range.end && skipSpace(bytes, at + 1) >= range.end;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte === 0x20 || byte === 0x09; byte = bytes[at]) at++;
  return at;
}

/** Behind the value that begins at `at`, -1 where none does. */
function skipValue(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === QUOTE) return skipString(bytes, at);
  if (byte === OBJECT.open || byte === ARRAY.open) return skipNested(bytes, at);
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
    if (byte === QUOTE) {
      const end = skipString(bytes, at);
      if (end === -1) return -1;
      at = end - 1;
    } else if (byte === OBJECT.open || byte === ARRAY.open) {
      depth++;
    } else if (byte === OBJECT.close || byte === ARRAY.close) {
      if (--depth === 0) return at + 1;
    } else if (byte === undefined || byte > 0x7e || (byte < 0x20 && byte !== 0x09)) {
      // Between values only ASCII has business: readers that cut lines at U+2028 or VT would find a message behind one.
      return -1;
    }
  }
  return -1;
}

/** How far a string is walked through before the platform's own search, which costs as much to call, takes over. */
const WALK = 32;
/** The same where quotes stand close together, as in JSON inside a string. */
const LONG_WALK = 1_024;

function skipString(bytes: Buffer, from: number): number {
  if (bytes[from] !== QUOTE) return -1;
  let at = from + 1;
  for (let walk = WALK; ;) {
    for (const stop = at + walk; at < stop; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) return at + 1;
      if (byte === BACKSLASH) at++;
    }
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1) return -1;
    let backslashes = 0;
    while (quote - backslashes > at && bytes[quote - backslashes - 1] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    walk = quote - at < WALK * 2 ? LONG_WALK : 0;
    at = quote + 1;
  }
}
