import type { Screen } from '../approval/card/row.ts';

/** A line across the screen, with words of ours in it. */
export function renderRule(words: string, { columns, charset, chalk }: Screen): string {
  const dash = charset.ascii || charset.wide ? '-' : '─';
  const width = columns - 1;
  if (words === '' || width < words.length + 6) return chalk.dim(dash.repeat(width));
  return chalk.dim(`${dash.repeat(2)} ${words} ${dash.repeat(width - words.length - 4)}`);
}
