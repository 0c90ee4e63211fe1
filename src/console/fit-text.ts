import type { Charset } from '../approval/card/glyph.ts';
import type { Screen } from '../approval/card/row.ts';
import { ISOLATE_CELLS, joinPieces, type Piece, splitVisible } from '../approval/card/visible.ts';

/** Text from outside that fits into `width` cells: made visible, and cut visibly where it is longer. */
export function cutText(text: string, width: number, { charset }: Screen): string {
  return cut(text, width, charset).text;
}

/** The same, filled up with spaces to `width` cells. */
export function fitText(text: string, width: number, { charset }: Screen): string {
  const { text: shown, used } = cut(text, width, charset);
  return shown + ' '.repeat(Math.max(0, width - used));
}

/** Cells that the text takes at most, up to `most`. */
export function measureText(text: string, most: number, { charset }: Screen): number {
  return cut(text, most, charset).used;
}

interface Cut {
  readonly text: string;
  readonly used: number;
  readonly isWhole: boolean;
}

function cut(text: string, width: number, charset: Charset): Cut {
  if (width <= 0) return { text: '', used: 0, isWhole: text === '' };
  const whole = take(text, width, charset);
  if (whole.isWhole) return whole;
  const head = take(text, width - 1, charset);
  const mark = charset.ascii || charset.wide ? '~' : '…';
  return { text: head.text + mark, used: head.used + 1, isWhole: false };
}

function take(text: string, width: number, charset: Charset): Cut {
  const pieces: Piece[] = [];
  let used = 0;
  for (const piece of splitVisible(text, charset)) {
    const opens = piece.kind === 'right-to-left' && pieces.at(-1)?.kind !== piece.kind ? ISOLATE_CELLS : 0;
    const room = width - used - opens;
    if (piece.width > room) {
      // Only ASCII of one cell each can be cut anywhere.
      const rest = /^[ -~]*$/.test(piece.text) && piece.kind === 'plain' ? piece.text.slice(0, room) : '';
      const kept: Piece = { text: rest, width: rest.length, kind: 'plain' };
      return { text: joinPieces([...pieces, kept]), used: used + rest.length, isWhole: false };
    }
    pieces.push(piece);
    used += opens + piece.width;
  }
  return { text: joinPieces(pieces), used, isWhole: true };
}
