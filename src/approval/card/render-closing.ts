import type { Charset } from './glyph.ts';
import { describeChoice } from '../describe-choice.ts';
import type { Answer, Question } from '../question.ts';
import type { Screen } from './row.ts';
import { type Piece, say, splitVisible } from './visible.ts';
import { wrapPieces } from './wrap.ts';

/** How a question left the screen. */
export type Closing = Answer | { readonly kind: 'withdrawn'; readonly why: string };

/** What stays on the screen when a question is over. `file`: what an "always" is to be written into. */
export function renderClosing(
  question: Question,
  closing: Closing,
  { columns, charset }: Screen,
  file: string | null,
): string[] {
  const isAlways = closing.kind === 'yes' && closing.lasts.kind === 'always' && file !== null;
  const pieces = [
    say('mcp-guard: '),
    ...describe(closing, question, charset),
    // The guard writes it once the answer is in, and warns where it cannot.
    ...(isAlways ? [say(', the rule goes into '), ...splitVisible(file, charset)] : []),
    say(': '),
    ...splitVisible(question.tool, charset),
  ];
  return [...wrapPieces(pieces, columns - 1)];
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
