import type { Listed } from '../approval/hub/console-message.ts';
import type { Screen } from '../approval/card/row.ts';
import { wrapText } from '../approval/card/wrap.ts';
import type { Board } from './board.ts';
import type { Pending } from './pending.ts';
import { renderLeft } from './words.ts';

/** On narrower screens it would be a line of its own, which comes and goes under whoever reads. */
const LEAST_FOR_LOCK = 66;

/**
 * How the question stands: the time that is left and what comes then, or that its call was refused already. `isLocked`: a
 * yes does not count yet.
 */
export function renderStanding(
  { screen, sent }: Board,
  { id, listed, endsAt }: Pending,
  now: number,
  isLocked: boolean,
): string[] {
  const { chalk, columns } = screen;
  const left = renderLeft(endsAt - now);
  if (sent === id) return ['  ' + chalk.dim('answered')];
  if (listed.isLate) {
    const words = columns < 60 ? 'late: a yes is for the next such call' : describeLate(left);
    return wrapText(`! ${words}`, columns - 3).map((line) => `  ${chalk.yellow(line)}`);
  }
  const lock = isLocked && columns >= LEAST_FOR_LOCK ? '; a yes needs that all of it was seen' : '';
  const words = columns < 36 ? `${left}, then no` : `no answer in ${left} means no${lock}`;
  return wrapText(words, columns - 3).map((line) => `  ${chalk.dim(line)}`);
}

/** The letters alone, for screens that have no room for what they do. */
export function renderBriefMenu({ allowsAlways }: Pick<Listed, 'allowsAlways'>, screen: Screen): string[] {
  const keys = ['y', 's', 'e', 't', ...(allowsAlways ? ['a'] : []), 'n', 'm', 'v'];
  return wrapText(`${keys.join(' ')}  ? help`, screen.columns - 3).map(
    (line) => `  ${screen.chalk.bold(line)}`,
  );
}

function describeLate(left: string): string {
  return `refused for want of time; a yes lets the same call through once; ${left} left`;
}
