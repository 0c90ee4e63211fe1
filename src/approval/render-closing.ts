import type { Charset } from './glyph.ts';
import { describeChoice } from './describe-choice.ts';
import type { Answer, Question } from './question.ts';
import type { Screen } from './row.ts';
import { type Piece, say, splitVisible } from './visible.ts';
import { wrapPieces } from './wrap.ts';

/** How a question left the screen. */
export type Closing = Answer | { readonly kind: 'withdrawn'; readonly why: string };

/** What stays on the screen when a question is over. */
export function renderClosing(question: Question, closing: Closing, { columns, charset }: Screen): string[] {
  const tool = splitVisible(question.tool, charset);
  return [
    ...wrapPieces(
      [say('mcp-guard: '), ...describe(closing, question, charset), say(': '), ...tool],
      columns - 1,
    ),
  ];
}

function describe(closing: Closing, question: Question, charset: Charset): Piece[] {
  if (closing.kind === 'yes' || closing.kind === 'no') return [say(describeChoice(closing))];
  if (closing.kind === 'timeout')
    return [say(`refused, no answer in ${Math.round(question.timeoutMs / 1000)} s`)];
  return [
    say(closing.kind === 'withdrawn' ? 'withdrawn, ' : 'refused, '),
    ...splitVisible(closing.why, charset),
  ];
}
