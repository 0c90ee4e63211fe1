import type { Span } from '../read/tree.ts';

/** A text in place of the one between two offsets, which are equal where nothing goes. */
export interface Splice extends Span {
  readonly text: string;
}

/** The text with the splices made; none of them may reach into another. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  return splices
    .toSorted((a, b) => b.start - a.start)
    .reduce((edited, { start, end, text }) => edited.slice(0, start) + text + edited.slice(end), text);
}
