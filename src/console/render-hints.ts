import { wrapText } from '../approval/card/wrap.ts';
import { type Board, findChosen, findRows, isPausedAnywhere } from './board.ts';
import { cutText } from './fit-text.ts';

/** What happened last, in one line; none where it is long ago. */
export function renderNotice({ notice, screen }: Board): string[] {
  if (notice === null) return [];
  const { chalk, columns } = screen;
  return [`  ${chalk.yellow(`! ${cutText(notice.text, columns - 5, screen)}`)}`];
}

/** The keys that move about and leave, as many as fit into one line. */
export function renderHints(board: Board): string[] {
  const { screen } = board;
  const { rows } = findRows(board);
  const pause = isPausedAnywhere(board) ? 'p lift' : 'p pause';
  const hints = [
    ...(rows.length > 1 ? ['j k choose'] : []),
    ...(findChosen(board) === null ? [] : ['space b scroll']),
    `${pause} all`,
    '? help',
    'q leave',
  ];
  const width = screen.columns - 3;
  const fitting = hints.filter((_, index) => hints.slice(index).join('   ').length <= width);
  const [line = ''] = wrapText(fitting.join('   '), width);
  return [`  ${screen.chalk.dim(line)}`];
}
