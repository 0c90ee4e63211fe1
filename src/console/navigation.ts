/**
 * Keys that move about in a console. They decide nothing, so they act at once, also when several came together. What
 * is not wholly made of them is none of them: pasted words with a `j` in them move nothing.
 */

export type Move =
  'up' | 'down' | 'page-up' | 'page-down' | 'line-up' | 'line-down' | 'top' | 'bottom' | 'help' | 'leave';

const MOVES = new Map<string, Move>([
  ['\u001B[A', 'up'],
  ['\u001BOA', 'up'],
  ['k', 'up'],
  ['\u001B[Z', 'up'],
  ['\u001B[B', 'down'],
  ['\u001BOB', 'down'],
  ['j', 'down'],
  ['\t', 'down'],
  ['\u001B[5~', 'page-up'],
  ['b', 'page-up'],
  ['\u001B[6~', 'page-down'],
  [' ', 'page-down'],
  ['\u001B[D', 'line-up'],
  ['\u001BOD', 'line-up'],
  ['\u001B[C', 'line-down'],
  ['\u001BOC', 'line-down'],
  ['\u001B[H', 'top'],
  ['\u001BOH', 'top'],
  ['\u001B[1~', 'top'],
  ['\u001B[F', 'bottom'],
  ['\u001BOF', 'bottom'],
  ['\u001B[4~', 'bottom'],
  ['?', 'help'],
  ['q', 'leave'],
]);
const LONGEST = Math.max(...Array.from(MOVES.keys(), ({ length }) => length));
/** An escape sequence may come in two parts; Escape alone comes alone. */
const TOGETHER_MS = 70;

/** The beginning of an escape sequence that may go on. */
export interface Held {
  readonly text: string;
  readonly since: number;
}

export const NOTHING_HELD: Held = { text: '', since: 0 };

/** The moves in what was typed, null where it is something else. */
export function readMoves(held: Held, bytes: Uint8Array, now: number): [next: Held, moves: Move[] | null] {
  if (bytes.length === 0) return [now - held.since < TOGETHER_MS ? held : NOTHING_HELD, null];
  const before = now - held.since < TOGETHER_MS ? held.text : '';
  const text = before + Buffer.from(bytes).toString('latin1');
  const moves = splitMoves(text);
  if (moves !== null) return [NOTHING_HELD, moves];
  return [isBeginning(text) ? { text, since: now } : NOTHING_HELD, null];
}

function splitMoves(text: string): Move[] | null {
  const moves: Move[] = [];
  let index = 0;
  while (index < text.length) {
    const [length, move] = matchMove(text, index);
    if (move === null) return null;
    // Different letters that came together are a word somebody pasted; the same one is a key held down.
    if (length === 1 && text !== text.charAt(index).repeat(text.length)) return null;
    moves.push(move);
    index += length;
  }
  return moves;
}

function matchMove(text: string, index: number): [length: number, move: Move | null] {
  for (let length = 1; length <= LONGEST; length += 1) {
    const move = MOVES.get(text.slice(index, index + length));
    if (move !== undefined) return [length, move];
  }
  return [0, null];
}

function isBeginning(text: string): boolean {
  return [...MOVES.keys()].some((known) => known.length > text.length && known.startsWith(text));
}
