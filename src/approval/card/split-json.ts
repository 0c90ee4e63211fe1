import { createHash } from 'node:crypto';
import { isHarmless } from '../../policy/secret/secret-place.ts';
import { isSecretValue } from '../../policy/secret/secret-value.ts';
import type { Charset } from './glyph.ts';
import {
  type Cursor,
  decodeString,
  peekToken,
  readKey,
  readMark,
  readScalar,
  readValue,
} from './json-cursor.ts';
import { Neighbours } from './neighbours.ts';
import { describeOddities } from './oddity.ts';
import { type Piece, quoteVisible, say, splitVisible } from './visible.ts';

export interface JsonView {
  readonly charset: Charset;
  /** Everything: nothing masked, nothing cut. */
  readonly isFull: boolean;
  /** Of long values less is left. */
  readonly isBrief?: boolean;
}

/** One entry of what is shown: a value on its own line, or a remark of ours about the one before. */
export type Entry =
  | { readonly kind: 'value'; readonly depth: number; readonly pieces: Iterable<Piece> }
  | { readonly kind: 'remark'; readonly text: string };

/** A container whose text is no longer than this stands on one line. */
const MOST_INLINE = 60;
/** A longer string is cut: so much of its beginning and of its end is left. */
const USUAL = { most: 300, head: 160, tail: 60 };
const BRIEF = { most: 80, head: 30, tail: 15 };
/** A line of the data ends here, and so does ours. */
const LINE_FEED = String.raw`\n`;
const BARE_KEY = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
/** Also in a path, where a dot leads from one key to the next. */
const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/**
 * JSON text as entries, lazily, in the order of the text. An object's members come without its outer braces. What
 * stands outside quotes and is no number or JSON word is ours, so no value can pretend to be masked or cut.
 */
export function* splitJson(text: string, view: JsonView): Generator<Entry> {
  const cursor = { text, at: 0 };
  const place = { cursor, depth: 0, view, isSecret: false, isInner: false };
  if (peekToken(cursor) === '{') yield* splitContainer(place);
  else yield* splitValue(place, null);
}

/** The text of a value on a line of its own. `isSecret`: its key or its neighbours say so. */
export function splitToken(token: string, view: JsonView, isSecret: boolean): Iterable<Piece> {
  return isSecret && !view.isFull
    ? [maskToken(token)]
    : splitInline({ text: token, at: 0 }, { view, isInner: false }, []);
}

/** A key, which stands without quotes where it is a plain word. */
export function splitName(key: string, view: JsonView): Iterable<Piece> {
  return PLAIN_KEY.test(key) ? [say(key)] : quote(key, view);
}

interface Place {
  readonly cursor: Cursor;
  readonly depth: number;
  readonly view: JsonView;
  /** It is hidden for what stands beside it. */
  readonly isSecret: boolean;
  /** It stands in a list. */
  readonly isInner: boolean;
}

function* splitContainer({ cursor, depth, view, isInner }: Place): Generator<Entry> {
  const neighbours = new Neighbours(cursor, isInner);
  const close = readMark(cursor, '[{') === '[' ? ']' : '}';
  for (let mark = peekToken(cursor) === close ? readMark(cursor, close) : ','; mark === ',';) {
    const key = close === '}' ? readKey(cursor) : null;
    const isSecret = !view.isFull && neighbours.hides(key, cursor);
    yield* splitValue({ cursor, depth, view, isSecret, isInner: key === null }, key);
    mark = readMark(cursor, `,${close}`);
  }
}

function* splitValue(place: Place, key: string | null): Generator<Entry> {
  const { cursor, depth, view, isSecret, isInner } = place;
  const lead = key === null ? [] : splitKey(key, view);
  const open = peekToken(cursor);
  const token = readValue(cursor, isSecret ? Infinity : MOST_INLINE);
  if (token === null) {
    yield { kind: 'value', depth, pieces: join(lead, [say(open)]) };
    yield* splitContainer({ ...place, depth: depth + 1 });
    yield { kind: 'value', depth, pieces: [say(open === '[' ? ']' : '}')] };
    return;
  }
  const remarks = key === null ? [] : describeOddities(key);
  const pieces = isSecret
    ? [maskToken(token)]
    : splitInline({ text: token, at: 0 }, { view, isInner }, remarks);
  yield { kind: 'value', depth, pieces: join(lead, pieces) };
  for (const text of new Set(remarks)) yield { kind: 'remark', text };
}

function splitInline(
  cursor: Cursor,
  { view, isInner }: Pick<Place, 'view' | 'isInner'>,
  remarks: string[],
): Iterable<Piece> {
  const open = peekToken(cursor);
  if (open !== '[' && open !== '{') return splitScalar(readScalar(cursor), view, remarks);
  const close = open === '[' ? ']' : '}';
  const neighbours = new Neighbours(cursor, isInner);
  const pieces = [say(readMark(cursor, open))];
  let mark = peekToken(cursor) === close ? readMark(cursor, close) : ',';
  if (mark === close) pieces.push(say(close));
  while (mark === ',') {
    const key = close === '}' ? readKey(cursor) : null;
    if (key !== null) {
      pieces.push(...splitKey(key, view));
      remarks.push(...describeOddities(key));
    }
    const isSecret = !view.isFull && neighbours.hides(key, cursor);
    if (isSecret) pieces.push(maskToken(readValue(cursor, Infinity) ?? ''));
    else pieces.push(...splitInline(cursor, { view, isInner: key === null }, remarks));
    mark = readMark(cursor, `,${close}`);
    pieces.push(say(mark === ',' ? ', ' : close));
  }
  return pieces;
}

function splitKey(key: string, view: JsonView): Iterable<Piece> {
  return join(BARE_KEY.test(key) ? [say(key)] : quote(key, view), [say(': ')]);
}

function splitScalar(token: string, view: JsonView, remarks: string[]): Iterable<Piece> {
  if (!token.startsWith('"')) return cut(token, view, (part) => splitVisible(part, view.charset));
  const value = decodeString(token);
  if (!view.isFull && isSecretValue(value)) return [maskToken(token)];
  remarks.push(...describeOddities(value));
  return quote(value, view);
}

function quote(value: string, view: JsonView): Iterable<Piece> {
  return cut(value, view, function* (part) {
    for (const piece of quoteVisible(part, view.charset)) {
      yield piece.kind === 'escape' && piece.text === LINE_FEED ? { ...piece, breaks: true } : piece;
    }
  });
}

function cut(value: string, view: JsonView, split: (part: string) => Iterable<Piece>): Iterable<Piece> {
  const { most, head, tail } = view.isBrief === true ? BRIEF : USUAL;
  if (view.isFull || value.length <= most) return split(value);
  const from = isLowSurrogate(value, head) ? head - 1 : head;
  const to = isLowSurrogate(value, value.length - tail) ? value.length - tail + 1 : value.length - tail;
  const hidden = `${count(to - from)} of ${count(value.length)} characters, sha256 ${hash(value)}`;
  return [...split(value.slice(0, from)), say(` [cut: ${hidden}, v shows all] `), ...split(value.slice(to))];
}

/** No hash: who sees the screen could guess a short value by it. */
function maskToken(token: string): Piece {
  if (isHarmless(token)) return say(token);
  const value = token.startsWith('"') ? decodeString(token) : token;
  return say(`[hidden: ${count(value.length)} characters, v shows it]`);
}

/** A number as a person reads it: `10,000`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** The beginning of the SHA-256, enough to tell two values apart. */
function hash(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 8);
}

function* join(first: Iterable<Piece>, second: Iterable<Piece>): Generator<Piece> {
  yield* first;
  yield* second;
}

function isLowSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
