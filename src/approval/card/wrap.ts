import { ISOLATE_CELLS, joinPieces, type Piece, say } from './visible.ts';

/** A line that is at least this full may end at a space. */
const FULL_ENOUGH = 0.6;

/**
 * Puts pieces on lines of at most `width` cells, lazily: wrapping is ours, because what the terminal wraps begins at
 * its left edge, outside the gutter. The width must hold the widest glyph (eight cells).
 */
export function* wrapPieces(pieces: Iterable<Piece>, width: number): Generator<string> {
  let line: Piece[] = [];
  let used = 0;
  for (const piece of pieces) {
    let rest: Piece | null = piece;
    while (rest !== null) {
      const opens: number =
        rest.kind === 'right-to-left' && line.at(-1)?.kind !== rest.kind ? ISOLATE_CELLS : 0;
      const [head, tail]: Cut = cutPiece(rest, used, width - opens);
      rest = tail;
      if (head !== null) {
        line.push(head);
        used += opens + head.width;
      }
      if (tail === null) break;
      yield joinPieces(line);
      line = [];
      used = 0;
    }
    if (piece.breaks !== true) continue;
    yield joinPieces(line);
    line = [];
    used = 0;
  }
  if (line.length > 0) yield joinPieces(line);
}

/** Words of our own, ASCII alone, on lines of at most `width` cells. */
export function wrapText(text: string, width: number): string[] {
  return [...wrapPieces([say(text)], width)];
}

const ASCII = /^[ -~]*$/;

/** What goes on this line, and what is left for the next. */
type Cut = [head: Piece | null, tail: Piece | null];

function cutPiece(piece: Piece, used: number, width: number): Cut {
  const room = width - used;
  if (piece.width <= room) return [piece, null];
  // Only ASCII can be cut anywhere; an escape is cut only where a whole line does not hold it.
  const cuttable = ASCII.test(piece.text) && (piece.kind === 'plain' || used === 0);
  if (!cuttable) return used === 0 ? [piece, null] : [null, piece];
  const enough = width * FULL_ENOUGH;
  const space = piece.text.lastIndexOf(' ', room - 1) + 1;
  if (space > 0 && used + space >= enough) return [slicePiece(piece, 0, space), slicePiece(piece, space)];
  if (used >= enough) return [null, piece];
  return [slicePiece(piece, 0, room), slicePiece(piece, room)];
}

function slicePiece(piece: Piece, from: number, to = piece.text.length): Piece | null {
  return to <= from ? null : { ...piece, text: piece.text.slice(from, to), width: to - from };
}
