import type { Screen } from '../approval/card/row.ts';
import { renderVisible } from '../approval/card/visible.ts';
import { wrapText } from '../approval/card/wrap.ts';
import type { Stats, ToolStats } from '../audit/stats/stats.ts';
import { cutText, fitText, measureText } from '../console/fit-text.ts';
import { count } from '../console/words.ts';
import { renderDuration } from './describe-decision.ts';
import { renderBar, type BarPart } from './render-bar.ts';
import { nameCall, renderClock, renderDay } from './render-log.ts';

const MOST_ROWS = 12;
const MOST_NAME = 36;
const WIDEST_BAR = 40;
const HOUR_MS = 3_600_000;
/** From here on a person is asked more than anybody reads. */
const MANY_AN_HOUR = 20;
/** Nobody reads a call, and what it would do, in less. */
const HASTY_MS = 2_000;
const FEW_ANSWERS = 10;

/** What the log comes to, as a page for the terminal. */
export function* renderStats(stats: Stats, screen: Screen): Generator<string> {
  const { chalk } = screen;
  if (stats.period === null) return yield 'nothing of that kind is in the log\n';
  const { first, last } = stats.period;
  const tools = count(stats.tools.length, 'tool');
  yield `${chalk.bold(count(stats.calls, 'call'))} of ${tools} in ${count(stats.sessions, 'run')}\n`;
  yield `${renderDay(first)} ${renderClock(first)} to ${renderDay(last)} ${renderClock(last)}\n`;
  yield* renderTools(stats, screen);
  yield* renderReasons(stats, screen);
  yield* renderUpstream(stats, screen);
  yield* renderQuestions(stats, screen);
}

function* renderTools({ tools, otherTools }: Stats, screen: Screen): Generator<string> {
  const { chalk } = screen;
  const legend = [
    `${chalk.green(symbol('ran', screen))} ran`,
    `${chalk.yellow(symbol('approved', screen))} let run by a person`,
    `${chalk.red(symbol('refused', screen))} refused`,
  ];
  yield heading('Calls by tool', screen, legend.join('  '));
  const rows = [...tools.slice(0, MOST_ROWS), ...(otherTools === null ? [] : [otherTools])];
  const most = Math.max(...rows.map(({ calls }) => calls));
  const name = nameWidth(rows, screen);
  const digits = String(most).length;
  const room = Math.min(WIDEST_BAR, screen.columns - name - digits - 22);
  for (const row of rows) {
    const parts: BarPart[] = [
      { size: row.ran, kind: 'ran' },
      { size: row.approved, kind: 'approved' },
      { size: row.refused, kind: 'refused' },
    ];
    const bar = room < 5 ? '' : `  ${renderBar(parts, most, room, screen)}`;
    const failed = row.failed === 0 ? '' : chalk.red(`  ${row.failed} failed`);
    yield `  ${fitText(row.tool, name, screen)}  ${String(row.calls).padStart(digits)}${bar}${failed}\n`;
  }
  if (tools.length > MOST_ROWS) yield chalk.dim(`  and ${count(tools.length - MOST_ROWS, 'tool')} more\n`);
}

function* renderReasons({ reasons }: Stats, screen: Screen): Generator<string> {
  if (reasons.length === 0) return;
  yield heading('Why calls were refused', screen);
  const digits = String(reasons[0]?.calls ?? 0).length;
  for (const { code, rule, calls } of reasons.slice(0, MOST_ROWS)) {
    const text = `${code.replaceAll('_', ' ')}${rule === null ? '' : ` by ${rule}`}`;
    yield `  ${String(calls).padStart(digits)}  ${cutText(text, screen.columns - digits - 5, screen)}\n`;
  }
  if (reasons.length > MOST_ROWS) yield screen.chalk.dim(`  and ${reasons.length - MOST_ROWS} more\n`);
}

function* renderUpstream({ upstreamMs, slowest }: Stats, screen: Screen): Generator<string> {
  if (upstreamMs === null) return;
  const { median, most } = upstreamMs;
  yield heading(
    'The server',
    screen,
    `half within ${renderDuration(median)}, 95 % within ${renderDuration(most)}`,
  );
  const longest = Math.max(...slowest.map(({ ms }) => ms));
  const name = Math.min(
    MOST_NAME,
    Math.max(...slowest.map(({ tool }) => measureText(tool, MOST_NAME, screen))),
  );
  const id = Math.max(...slowest.map((call) => nameCall(call).length));
  const room = Math.min(WIDEST_BAR, screen.columns - name - id - 17);
  for (const call of slowest) {
    const bar = room < 5 ? '' : renderBar([{ size: call.ms, kind: 'ran' }], longest, room, screen);
    yield `  ${fitText(call.tool, name, screen)}  ${renderDuration(call.ms).padStart(7)}  ${fitText(nameCall(call), id, screen)}  ${bar}`
      .trimEnd()
      .concat('\n');
  }
}

function* renderQuestions(stats: Stats, screen: Screen): Generator<string> {
  const { questions, answerMs, approvers, hours } = stats;
  if (questions.asked === 0) return;
  const { asked, yes, no, unanswered } = questions;
  yield heading('Questions', screen, `${asked} asked: ${yes} yes, ${no} no, ${unanswered} without an answer`);
  if (answerMs !== null) {
    const by = approvers.map(({ approver, answers }) => `${approver} ${answers}`).join(', ');
    yield `  half answered within ${renderDuration(answerMs.median)}, nine of ten within ${renderDuration(answerMs.most)}\n`;
    yield `  answers: ${cutText(by, screen.columns - 13, screen)}\n`;
  }
  const most = Math.max(...hours.map(({ questions: number }) => number));
  const digits = String(most).length;
  const room = Math.min(WIDEST_BAR, screen.columns - digits - 30);
  for (const { start, questions: number } of hours.slice(-24)) {
    const bar = room < 5 ? '' : renderBar([{ size: number, kind: 'approved' }], most, room, screen);
    const hour = `${renderClock(start).slice(0, 5)}-${renderClock(start + HOUR_MS).slice(0, 5)}`;
    yield `  ${renderDay(start).slice(0, -5).padEnd(10)} ${hour}  ${String(number).padStart(digits)}  ${bar}`
      .trimEnd()
      .concat('\n');
  }
  for (const remark of listRemarks(stats)) {
    const [first = '', ...more] = wrapText(renderVisible(remark), screen.columns - 5);
    yield screen.chalk.yellow([`  ! ${first}`, ...more.map((line) => `    ${line}`)].join('\n')).concat('\n');
  }
}

/** What tells that people are asked too much, or do not look any more. */
function listRemarks({ hours, answerMs, questions, alwaysAllowed }: Stats): string[] {
  const remarks: string[] = [];
  const most = Math.max(...hours.map(({ questions: number }) => number));
  if (most > MANY_AN_HOUR) remarks.push(`${most} questions in one hour: nobody reads that many with care`);
  if (answerMs !== null && answerMs.median < HASTY_MS && questions.yes + questions.no >= FEW_ANSWERS)
    remarks.push(
      `half of the answers came within ${renderDuration(answerMs.median)}: nobody reads that fast`,
    );
  for (const { tool, asked } of alwaysAllowed.slice(0, 3))
    remarks.push(
      `${tool} was asked about ${asked} times and always allowed: mcp-guard suggest writes a rule`,
    );
  return remarks;
}

function heading(title: string, { chalk }: Screen, words = ''): string {
  return `\n${chalk.bold(title)}${words === '' ? '' : `  ${words}`}\n`;
}

function nameWidth(rows: readonly ToolStats[], screen: Screen): number {
  const most = Math.max(12, Math.min(MOST_NAME, screen.columns - 30));
  return Math.max(...rows.map(({ tool }) => measureText(tool, most, screen)));
}

function symbol(kind: BarPart['kind'], screen: Screen): string {
  return renderBar([{ size: 1, kind }], 1, 1, { ...screen, chalk: screen.chalk }).trim();
}

/** Whole, for programs. Beyond ASCII everything is escaped: JSON is read on terminals too. */
export function renderStatsJson(stats: Stats): string {
  const json = JSON.stringify(stats, null, 2);
  return `${json.replaceAll(/[\u007F-\uFFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
