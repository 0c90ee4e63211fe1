import { wrapText } from '../approval/card/wrap.ts';
import { type Board, isPausedAnywhere } from './board.ts';
import { count } from './words.ts';

/** What is going on, in one line. */
export function renderHeader({ screen, guards, questions, isOnce }: Board): string[] {
  const { chalk, columns } = screen;
  const late = questions.filter(({ listed }) => listed.isLate).length;
  const waiting = questions.length - late;
  const told = [
    ...(waiting > 0 ? [`${waiting} ${waiting === 1 ? 'waits' : 'wait'}`] : []),
    ...(late > 0 ? [`${late} late`] : []),
    count(guards.size, 'guard'),
    ...(isOnce ? ['leaves after one'] : []),
  ];
  const name = 'mcp-guard approvals';
  if (columns <= name.length + 4) return [chalk.bold('mcp-guard'.slice(0, columns - 1))];
  const [first = ''] = wrapText(told.join(', '), columns - name.length - 3);
  return [`${chalk.bold(name)}  ${chalk.dim(first.trimEnd())}`];
}

/** What cannot be missed: that nothing runs. */
export function renderBanner(board: Board): string[] {
  if (!isPausedAnywhere(board)) return [];
  const { screen, guards, isPaused } = board;
  const paused = [...guards.values()].filter((guard) => guard.isPaused).length;
  const who =
    isPaused || paused === guards.size
      ? 'every guard refuses'
      : `${paused} of ${count(guards.size, 'guard')} refuse`;
  const width = Math.max(8, screen.columns - 3);
  const isPlain = screen.chalk.level === 0;
  const text = `PAUSED: ${who} every call; p lifts it`;
  return wrapText(text, width - (isPlain ? 4 : 0)).map((line) =>
    isPlain ? `** ${line.trimEnd()} **` : screen.chalk.black.bgYellow(` ${line.padEnd(width)} `),
  );
}
