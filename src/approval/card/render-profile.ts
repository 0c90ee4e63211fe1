import type { Risk } from '../../policy/profile.ts';
import type { ShownProfile } from '../question.ts';
import { renderField, type Screen } from './row.ts';
import { say, splitVisible } from './visible.ts';

/** More sentences than these are no help in deciding. */
const MOST_SENTENCES = 3;

/** What the tool can do: `destructive, critical risk`, and what says so. Quoted words in that are the server's. */
export function renderProfile({ category, risk, evidence }: ShownProfile, screen: Screen): string[] {
  const words = `${category}, ${risk} risk`;
  const why = evidence.slice(0, MOST_SENTENCES).join('; ');
  const pieces = [say(words), ...(why === '' ? [] : [say(': '), ...splitVisible(why, screen.charset)])];
  const [first = '', ...rest] = renderField('what it does', pieces, screen);
  return [first.replace(words, paintRisk(words, risk, screen)), ...rest];
}

/** The graver, the louder. */
export function paintRisk(words: string, risk: Risk, { chalk }: Pick<Screen, 'chalk'>): string {
  switch (risk) {
    case 'critical':
      return chalk.bold.red(words);
    case 'high':
      return chalk.red(words);
    case 'medium':
      return chalk.yellow(words);
    case 'low':
      return chalk.green(words);
  }
}
