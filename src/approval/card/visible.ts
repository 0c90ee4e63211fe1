import { type Charset, countCells, isGlyph, isLetter, isMark, isRightToLeft } from './glyph.ts';

/** Some text as it may stand on a terminal: it draws its cells and does nothing else. */
export interface Piece {
  readonly text: string;
  /** Cells at most. */
  readonly width: number;
  readonly kind: 'plain' | 'right-to-left' | 'escape' | 'spaces';
  /** A new line begins behind it. */
  readonly breaks?: true;
}

const UTF8: Charset = { ascii: false, wide: false };
/** Without a letter that an accent follows: the two are one glyph. */
const PLAIN_RUN = /(?: {0,3}[!-[\]-~](?!\p{M}))+/uy;
const SPACES = / +/y;
const MOST_MARKS = 2;
/** From here on a run of the same thing is counted, not repeated. */
const COUNTED_FROM = 4;
const NAMED = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\b', '\\b'],
  ['\f', '\\f'],
]);

/**
 * Text from outside as something a person can look at and a terminal cannot act on: whatever does not draw itself
 * becomes an escape such as `\x1b` or `\u{202e}`. A backslash of the text is doubled, so that no text looks escaped.
 */
export function renderVisible(text: string, charset: Charset = UTF8): string {
  return joinPieces([...splitVisible(text, charset)]);
}

/** The same in pieces that may be put on different lines, in order and lazily. */
export function* splitVisible(text: string, charset: Charset = UTF8): Generator<Piece> {
  let index = 0;
  while (index < text.length) {
    const piece = readPiece(text, index, charset);
    index = piece.end;
    yield piece;
  }
}

/** The same between quotes; quotes inside get a backslash, so that nobody can close them early. */
export function* quoteVisible(text: string, charset: Charset): Generator<Piece> {
  let open = '"';
  for (const piece of splitVisible(text, charset)) {
    // The opening quote stays with what it quotes when a line ends there.
    const isPlain = piece.kind === 'plain';
    if (isPlain) yield quotePlain(piece, open);
    else if (open !== '') yield say(open);
    if (!isPlain) yield piece;
    open = '';
  }
  yield say(`${open}"`);
}

function quotePlain(piece: Piece, open: string): Piece {
  const text = open + piece.text.replaceAll('"', String.raw`\"`);
  return { ...piece, text, width: piece.width + text.length - piece.text.length };
}

/** Words of our own, ASCII alone. */
export function say(text: string): Piece {
  return { text, width: text.length, kind: 'plain' };
}

/**
 * The pieces of one line as its text. Right-to-left words stand in isolates, so that a terminal that reorders them
 * reorders nothing else.
 */
export function joinPieces(pieces: readonly Piece[]): string {
  let line = '';
  let run: string | null = null;
  for (const [index, piece] of pieces.entries()) {
    const inside =
      piece.kind === 'right-to-left' ||
      (run !== null && piece.text === ' ' && pieces[index + 1]?.kind === 'right-to-left');
    if (!inside && run !== null) {
      line += isolate(run);
      run = null;
    }
    if (inside) run = (run ?? '') + piece.text;
    else line += piece.text;
  }
  return run === null ? line : line + isolate(run);
}

/** Cells that the isolates round one right-to-left run may take on a terminal that draws them. */
export const ISOLATE_CELLS = 2;

function isolate(run: string): string {
  return `\u2068${run}\u2069`;
}

type Read = Piece & { readonly end: number };

function readPiece(text: string, index: number, charset: Charset): Read {
  const plain = matchAt(PLAIN_RUN, text, index);
  if (plain !== '') return { text: plain, width: plain.length, kind: 'plain', end: index + plain.length };
  const spaces = matchAt(SPACES, text, index);
  if (spaces !== '') return readSpaces(spaces.length, index + spaces.length, charset);
  if (text[index] === '\\') return { text: '\\\\', width: 2, kind: 'escape', end: index + 1 };
  const point = String.fromCodePoint(text.codePointAt(index) ?? 0);
  return isGlyph(point) && (!charset.ascii || point <= '~')
    ? readGlyph(text, index, charset)
    : readEscape(text, index, point);
}

function readSpaces(count: number, end: number, { ascii }: Charset): Read {
  // The closing mark keeps the count apart from digits that follow the spaces.
  const counted = ascii ? `\\s{${count}}` : `␠×${count}␠`;
  const text = count < COUNTED_FROM ? ' '.repeat(count) : counted;
  // The symbols may be wide in some terminals.
  return { text, width: text.length + (count < COUNTED_FROM ? 0 : 3), kind: 'spaces', end };
}

function readGlyph(text: string, index: number, charset: Charset): Read {
  const point = String.fromCodePoint(text.codePointAt(index) ?? 0);
  let glyph = point;
  let width = countCells(point, charset);
  if (isLetter(point) && !charset.ascii) {
    for (let marks = 0; marks < MOST_MARKS; marks += 1) {
      const mark = String.fromCodePoint(text.codePointAt(index + glyph.length) ?? 0);
      if (!isMark(mark)) break;
      glyph += mark;
      width += countCells(mark, charset);
    }
  }
  const kind = isRightToLeft(point) ? 'right-to-left' : 'plain';
  return { text: glyph, width, kind, end: index + glyph.length };
}

function readEscape(text: string, index: number, point: string): Read {
  let end = index + point.length;
  // Line feeds are left apart: each begins a line of its own.
  if (point !== '\n') while (text.startsWith(point, end)) end += point.length;
  const count = (end - index) / point.length;
  if (count < COUNTED_FROM) end = index + point.length;
  const escape = escapePoint(point, count < COUNTED_FROM ? 1 : count);
  return { text: escape, width: escape.length, kind: 'escape', end };
}

function escapePoint(point: string, count: number): string {
  const hex = (point.codePointAt(0) ?? 0).toString(16);
  if (count > 1) return `\\u{${hex}*${count}}`;
  const named = NAMED.get(point);
  if (named !== undefined) return named;
  return hex.length <= 2 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}

function matchAt(pattern: RegExp, text: string, index: number): string {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0] ?? '';
}
