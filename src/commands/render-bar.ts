import type { Screen } from '../approval/card/row.ts';

/** A piece of a bar: what ran, what a person let run, what was refused. */
export interface BarPart {
  readonly size: number;
  readonly kind: 'ran' | 'approved' | 'refused';
}

/** Told apart without colours too. */
const ASCII = { ran: '#', approved: '+', refused: 'x' } as const;
const BLOCKS = { ran: '█', approved: '▓', refused: '░' } as const;

/** Parts drawn one behind the other, in proportion to `most` on `width` cells; what is there at all gets a cell. */
export function renderBar(
  parts: readonly BarPart[],
  most: number,
  width: number,
  { charset, chalk }: Screen,
): string {
  const glyphs = charset.ascii || charset.wide ? ASCII : BLOCKS;
  const paint = { ran: chalk.green, approved: chalk.yellow, refused: chalk.red };
  const cells = parts.map(({ size }) => (size === 0 ? 0 : Math.max(1, Math.round((size / most) * width))));
  // Rounding up must not make the bar longer than its place.
  for (let over = cells.reduce((sum, cell) => sum + cell, 0) - width; over > 0; over--) {
    const longest = cells.indexOf(Math.max(...cells));
    cells[longest] = (cells[longest] ?? 1) - 1;
  }
  return parts
    .map(({ kind }, index) => paint[kind](glyphs[kind].repeat(Math.max(0, cells[index] ?? 0))))
    .join('');
}
