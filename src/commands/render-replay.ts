import type { Screen } from '../approval/card/row.ts';
import {
  CHANGES,
  type Change,
  type ChangedCalls,
  type Replay,
  type UnknownCalls,
  type Was,
} from '../audit/replay/replay.ts';
import { cutText, fitText, measureText } from '../console/fit-text.ts';
import { count } from '../console/words.ts';
import { nameCall, renderDay } from './render-log.ts';

const MOST_ROWS = 20;
const MOST_NAME = 36;
const INDENT = '      ';
const WORDS: Readonly<Record<Was, string>> = {
  allow: 'allowed',
  ask: 'asked',
  deny: 'denied',
  limit: 'rate limited',
};

/** What a policy would have changed, for a person: the gravest first, with examples. */
export function* renderReplay(replay: Replay, file: string, screen: Screen): Generator<string> {
  const { chalk, columns } = screen;
  const { calls, sessions, period, unchanged, changes, unknown, leftOut, others } = replay;
  if (period === null) yield 'the log tells of no call that a policy has decided\n';
  else {
    yield `${chalk.bold(count(calls, 'call'))} of ${count(sessions, 'run')}, ${renderDay(period.first)} to ${renderDay(period.last)}\n`;
    yield `under ${cutText(file, columns - 7, screen)}\n`;
  }
  for (const change of CHANGES) yield* renderChange(change, changes[change], screen);
  yield* renderUnknown(unknown, screen);
  if (others > 0)
    yield `\nand ${count(others, 'call')} of further tools that would change, or that cannot be told\n`;
  if (period !== null) yield `\n${chalk.bold('unchanged')}  ${unchanged}\n`;
  for (const [why, number] of leftOut)
    yield chalk.dim(`left out   ${number}: ${cutText(why, columns - 20, screen)}\n`);
}

/** Whole, for programs. */
export function renderReplayJson({ leftOut, ...replay }: Replay, file: string): string {
  const json = JSON.stringify(
    { policy: file, ...replay, leftOut: [...leftOut].map(([why, calls]) => ({ why, calls })) },
    null,
    2,
  );
  return `${json.replaceAll(/[\u007F-\uFFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

function* renderChange(change: Change, rows: readonly ChangedCalls[], screen: Screen): Generator<string> {
  if (rows.length === 0) return;
  const { chalk, columns } = screen;
  const paint = { denied: chalk.red, asked: chalk.yellow, allowed: chalk.green }[change];
  yield `\n${chalk.bold(paint(`newly ${change}`))}  ${sum(rows)}\n`;
  const name = nameWidth(rows, screen);
  const digits = String(rows[0]?.calls ?? 0).length;
  for (const { tool, calls, was, becomes, rule, reason, examples } of rows.slice(0, MOST_ROWS)) {
    const why = `${WORDS[was]} -> ${WORDS[becomes]} by ${rule}${reason === null ? '' : `: ${reason}`}`;
    yield `  ${String(calls).padStart(digits)}  ${fitText(tool, name, screen)}  ${cutText(why, columns - name - digits - 7, screen)}\n`;
    for (const example of examples) {
      const args = showPlainly(example.arguments ?? 'arguments are not in the log');
      yield chalk.dim(
        `${INDENT}${fitText(nameCall(example), 10, screen)} ${cutText(args, columns - 18, screen)}\n`,
      );
    }
  }
  yield* renderMore(rows, screen);
}

/** JSON with the characters that the log spells by their numbers; what does not draw is escaped where it is cut. */
function showPlainly(json: string): string {
  return json.replaceAll(/\\(?:u([0-9a-f]{4})|.)/gi, (escape, hex?: string) =>
    hex === undefined || /^00(?:22|5c)$/i.test(hex) ? escape : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function* renderUnknown(rows: readonly UnknownCalls[], screen: Screen): Generator<string> {
  if (rows.length === 0) return;
  const { chalk, columns } = screen;
  yield `\n${chalk.bold('cannot be told')}  ${sum(rows)}, as the log masks or leaves out what a condition asks for\n`;
  const name = nameWidth(rows, screen);
  const digits = String(rows[0]?.calls ?? 0).length;
  for (const { tool, calls, strictest, mildest, rule, missed } of rows.slice(0, MOST_ROWS)) {
    const either = strictest === mildest ? WORDS[strictest] : `${WORDS[mildest]} or ${WORDS[strictest]}`;
    yield `  ${String(calls).padStart(digits)}  ${fitText(tool, name, screen)}  ${cutText(`${either}: ${missed.length === 0 ? '' : `hangs on ${missed.join(', ')}, `}${rule}`, columns - name - digits - 7, screen)}\n`;
  }
  yield* renderMore(rows, screen);
}

function* renderMore(rows: readonly { readonly calls: number }[], { chalk }: Screen): Generator<string> {
  if (rows.length > MOST_ROWS)
    yield chalk.dim(
      `  and ${rows.length - MOST_ROWS} more kinds, ${count(sum(rows.slice(MOST_ROWS)), 'call')}\n`,
    );
}

function nameWidth(rows: readonly { readonly tool: string }[], screen: Screen): number {
  const most = Math.max(12, Math.min(MOST_NAME, Math.floor(screen.columns / 2)));
  return Math.max(...rows.slice(0, MOST_ROWS).map(({ tool }) => measureText(tool, most, screen)));
}

function sum(rows: readonly { readonly calls: number }[]): number {
  return rows.reduce((all, { calls }) => all + calls, 0);
}
