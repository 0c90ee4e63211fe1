import { paintRisk } from '../approval/card/render-profile.ts';
import type { Screen } from '../approval/card/row.ts';
import { type Board, findRows } from './board.ts';
import { fitText, measureText } from './fit-text.ts';
import type { Row } from './pending.ts';
import { renderRule } from './render-rule.ts';
import { renderLeft } from './words.ts';

const MARKER = 2;
const TIMES = 9;
const REPEATS = 4;
/** Below this there is no room for the server beside the tool. */
const LEAST_FOR_SERVER = 48;
const GAP = 2;
/** Wide enough for the longest of the four words, and below that there is no room for it. */
const RISK = 8;
const LEAST_FOR_RISK = 64;

/** The list of what waits, `most` rows of it round the one that is looked at, and a rule below; nothing for a single row. */
export function renderRows(board: Board, now: number, most: number): string[] {
  const { rows, index } = findRows(board);
  if (rows.length <= 1) return [];
  const { screen } = board;
  const room = Math.max(1, Math.min(most, rows.length));
  // The chosen row stays in sight, with one before it where there is one.
  const from = Math.max(0, Math.min(index - Math.min(1, room - 1), rows.length - room));
  const shown = rows.slice(from, from + room);
  const widths = measure(shown, screen);
  const lines = shown.map((row, place) =>
    renderRow(row, { isChosen: from + place === index, widths, screen, now }),
  );
  const hidden = rows.length - shown.length;
  return [...lines, renderRule(hidden === 0 ? '' : `${index + 1} of ${rows.length}`, screen)];
}

interface Widths {
  readonly tool: number;
  readonly server: number;
  readonly repeats: number;
  /** 0 where no risk is shown. */
  readonly risk: number;
}

function measure(rows: readonly Row[], screen: Screen): Widths {
  const repeats = rows.some(({ count }) => count > 1) ? REPEATS : 0;
  const isRisky =
    screen.columns >= LEAST_FOR_RISK && rows.some(({ oldest }) => oldest.listed.profile !== null);
  const risk = isRisky ? RISK + GAP : 0;
  const all = Math.max(4, screen.columns - 1 - MARKER - TIMES - repeats - risk);
  if (screen.columns < LEAST_FOR_SERVER) return { tool: all, server: 0, repeats, risk };
  const longest = (texts: readonly string[]): number =>
    Math.max(...texts.map((text) => measureText(text, all, screen)));
  const tools = longest(rows.map(({ oldest }) => oldest.listed.tool));
  const servers = longest(rows.map(({ oldest }) => oldest.listed.server));
  // The tool counts more, where there is not room for both.
  const tool = Math.min(tools, Math.max(all - GAP - servers, Math.ceil(all * 0.6)));
  return { tool, server: all - GAP - tool, repeats, risk };
}

interface Look {
  readonly isChosen: boolean;
  readonly widths: Widths;
  readonly screen: Screen;
  readonly now: number;
}

function renderRow({ oldest, count }: Row, { isChosen, widths, screen, now }: Look): string {
  const { chalk } = screen;
  const { listed, endsAt } = oldest;
  const left = (listed.isLate ? 'late' : renderLeft(endsAt - now)).padStart(TIMES);
  const repeats = (count > 1 ? ` x${Math.min(count, 99)}` : '').padEnd(widths.repeats);
  const tool = fitText(listed.tool, widths.tool, screen);
  const server = widths.server === 0 ? '' : ' '.repeat(GAP) + fitText(listed.server, widths.server, screen);
  const word = listed.profile?.risk ?? '';
  const gap = ' '.repeat(Math.max(0, widths.risk - word.length));
  const risk =
    widths.risk === 0 || listed.profile === null ? gap : gap + paintRisk(word, listed.profile.risk, screen);
  if (isChosen) return chalk.bold(`> ${tool}${repeats}${server}${risk}${left}`);
  return `  ${tool}${repeats}${chalk.dim(server)}${risk}${chalk.dim(left)}`;
}
