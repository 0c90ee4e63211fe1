import { renderRows, type Screen } from '../approval/card/row.ts';
import type { RecordedCall } from '../audit/read/recorded-call.ts';
import type { Told } from '../audit/read/pairing.ts';
import { cutText, fitText, measureText } from '../console/fit-text.ts';
import {
  describeApprover,
  describeDecision,
  describeOutcome,
  renderDuration,
  toneOf,
} from './describe-decision.ts';
import { describeEvent } from './describe-event.ts';

const GAP = '  ';
const TITLES = ['time', 'server', 'tool', 'decision', 'by', 'outcome', 'took', 'id'] as const;
type Column = (typeof TITLES)[number];
/** Cells that a column has at most, and at least where there is no room. */
const MOST: Readonly<Record<Column, number>> = {
  time: 8,
  server: 24,
  tool: 40,
  decision: 22,
  by: 22,
  outcome: 14,
  took: 7,
  id: 12,
};
const LEAST: Partial<Record<Column, number>> = { server: 8, tool: 14, decision: 9, by: 13, outcome: 7 };
const MOST_ARGUMENT_LINES = 12;

/** The log as a table. Columns are as wide as a first few rows need; what comes later is cut to them, visibly. */
export class LogTable {
  readonly #screen: Screen;
  readonly #hasArguments: boolean;
  readonly #columns: readonly Column[];
  readonly #widths: ReadonlyMap<Column, number>;
  #day = '';

  constructor(sample: readonly Told[], screen: Screen, { args }: { readonly args: boolean }) {
    const rows = sample.flatMap((told) => (told.kind === 'call' ? [listCells(told.call)] : []));
    const servers = new Set(sample.map(({ record }) => record.server));
    this.#screen = screen;
    this.#hasArguments = args;
    this.#columns = TITLES.filter(
      (title) =>
        (title !== 'server' || servers.size > 1) && (title !== 'by' || rows.some((row) => row[title] !== '')),
    );
    this.#widths = fitWidths(this.#columns, rows, screen);
  }

  renderHeading(): string {
    const cells = this.#columns.map((title) => this.#fit(title, title));
    return `${this.#screen.chalk.bold(cells.join(GAP).trimEnd())}\n`;
  }

  render(told: Told): string {
    const lines = [...this.#renderDay(told.record.time)];
    lines.push(told.kind === 'call' ? this.#renderCall(told.call) : this.#renderEvent(told));
    if (told.kind === 'call' && this.#hasArguments) lines.push(...renderArguments(told.call, this.#screen));
    return `${lines.join('\n')}\n`;
  }

  *#renderDay(time: number): Generator<string> {
    const day = renderDay(time);
    if (day === this.#day) return;
    this.#day = day;
    yield this.#screen.chalk.dim(day);
  }

  #renderCall(call: RecordedCall): string {
    const cells = listCells(call);
    const paint = this.#paintTone(call);
    const { chalk } = this.#screen;
    const isBad = !['ok', '', 'input required'].includes(cells.outcome);
    return this.#columns
      .map((title) => {
        const text = this.#fit(title, cells[title]);
        if (title === 'decision') return paint(text);
        if (title === 'outcome' && isBad) return chalk.red(text);
        return title === 'id' || title === 'time' ? chalk.dim(text) : text;
      })
      .join(GAP)
      .trimEnd();
  }

  #renderEvent({ record }: Told): string {
    const { chalk, columns } = this.#screen;
    const text = cutText(describeEvent(record), columns - 11, this.#screen);
    const isGrave = record.event === 'refused-frame' || record.event === 'gap';
    return `${chalk.dim(renderClock(record.time))}${GAP}${isGrave ? chalk.red(text) : chalk.dim(text)}`;
  }

  #paintTone(call: RecordedCall): (text: string) => string {
    const { chalk } = this.#screen;
    return { ran: chalk.green, asked: chalk.yellow, refused: chalk.red }[toneOf(call)];
  }

  #fit(title: Column, text: string): string {
    const width = this.#widths.get(title) ?? 0;
    const fitted = fitText(text, width, this.#screen);
    return title === 'took' ? fitted.trimEnd().padStart(width) : fitted;
  }
}

/** The call as its row names it: the beginning of its session, and the number of its line. */
export function nameCall({ session, seq }: Pick<RecordedCall, 'session' | 'seq'>): string {
  return `${session.slice(0, 4)}.${seq}`;
}

/** `Mon 23 Nov 2026`, where the reader is. */
export function renderDay(time: number): string {
  const [weekday = '', month = '', day = '', year = ''] = new Date(time).toDateString().split(' ');
  return `${weekday} ${Number(day)} ${month} ${year}`;
}

/** `14:02:11`, where the reader is. */
export function renderClock(time: number): string {
  return new Date(time).toTimeString().slice(0, 8);
}

function listCells(call: RecordedCall): Record<Column, string> {
  const { other, tool, result } = call;
  return {
    time: renderClock(call.time),
    server: call.server,
    tool: tool ?? `${other?.method} ${other?.target}`,
    decision: describeDecision(call),
    by: describeApprover(call),
    outcome: describeOutcome(call),
    took: result === null ? '' : renderDuration(result.upstreamMs),
    id: nameCall(call),
  };
}

function* renderArguments({ arguments: args }: RecordedCall, screen: Screen): Generator<string> {
  if (args.kind === 'absent') return;
  if (args.kind === 'untold') return yield screen.chalk.dim('          arguments are not in the log');
  let left = MOST_ARGUMENT_LINES;
  for (const line of renderRows(args.json.toString(), { ...screen, columns: screen.columns - 8 }, true)) {
    if (left-- === 0) return yield screen.chalk.dim('          (log show tells them all)');
    yield `        ${line}`;
  }
}

/** The natural widths, the widest columns narrowed until all of them fit. */
function fitWidths(
  columns: readonly Column[],
  rows: readonly Record<Column, string>[],
  screen: Screen,
): ReadonlyMap<Column, number> {
  const widths = new Map(
    columns.map((title) => {
      const texts = [title, ...rows.map((row) => row[title])];
      return [title, Math.max(...texts.map((text) => measureText(text, MOST[title], screen)))] as const;
    }),
  );
  for (;;) {
    const used = [...widths.values()].reduce((sum, width) => sum + width + GAP.length, -GAP.length);
    if (used < screen.columns) return widths;
    const room = ([title, width]: readonly [Column, number]): number => width - (LEAST[title] ?? width);
    const [widest] = [...widths].toSorted((a, b) => room(b) - room(a));
    if (widest === undefined || room(widest) <= 0) return widths;
    widths.set(widest[0], widest[1] - 1);
  }
}
