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
/** What is likely to come, where rows go on coming. */
const LIKELY: Readonly<Record<Column, number>> = {
  time: 8,
  server: 14,
  tool: 30,
  decision: 15,
  by: 14,
  outcome: 10,
  took: 7,
  id: 9,
};
const LEAST: Partial<Record<Column, number>> = { server: 6, tool: 14, decision: 9, by: 13, outcome: 8 };
const NOTHING: typeof LIKELY = {
  time: 0,
  server: 0,
  tool: 0,
  decision: 0,
  by: 0,
  outcome: 0,
  took: 0,
  id: 0,
};
/** From here on a column is there whose rows are all alike. */
const WIDE = 100;
/** What a narrow screen can do without. */
const SPARED: readonly Column[] = ['took', 'by', 'server', 'outcome'];
const MOST_ARGUMENT_LINES = 12;

export interface TableOptions {
  /** Whether arguments are shown. */
  readonly args: boolean;
  readonly isLive: boolean;
}

/** The log as a table. Columns are as wide as a first few rows need; what comes later is cut to them, visibly. */
export class LogTable {
  readonly #screen: Screen;
  readonly #hasArguments: boolean;
  readonly #isLive: boolean;
  readonly #widths: ReadonlyMap<Column, number>;
  #day = '';

  /** `isLive`: more will come that is not like the sample. */
  constructor(sample: readonly Told[], screen: Screen, { args, isLive }: TableOptions) {
    const rows = sample.flatMap((told) => (told.kind === 'call' ? [listCells(told.call)] : []));
    const servers = new Set(sample.map(({ record }) => record.server));
    this.#screen = screen;
    this.#hasArguments = args;
    this.#isLive = isLive;
    const columns = TITLES.filter(
      (title) =>
        isLive ||
        ((title !== 'server' || servers.size > 1 || screen.columns >= WIDE) &&
          (title !== 'by' || rows.some((row) => row[title] !== ''))),
    );
    const least = isLive ? LIKELY : NOTHING;
    this.#widths = fitWidths(measureColumns(columns, rows, least, screen), screen);
  }

  renderHeading(): string {
    const cells = [...this.#widths.keys()].map((title) => this.#fit(title, title));
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
    const isOpen = this.#isLive && call.result === null && cells.outcome !== '';
    if (isOpen) cells.outcome = 'runs';
    const paint = this.#paintTone(call);
    const { chalk } = this.#screen;
    const isBad = !isOpen && !['ok', '', 'input required'].includes(cells.outcome);
    return [...this.#widths.keys()]
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

/** As wide as the rows need, and no less than `least`. */
function measureColumns(
  columns: readonly Column[],
  rows: readonly Record<Column, string>[],
  least: Readonly<Record<Column, number>>,
  screen: Screen,
): Map<Column, number> {
  return new Map(
    columns.map((title) => {
      const texts = [title, ...rows.map((row) => row[title])];
      const natural = Math.max(...texts.map((text) => measureText(text, MOST[title], screen)));
      return [title, Math.max(natural, least[title])];
    }),
  );
}

/** The widest columns narrowed until all of them fit; where that is not enough, the first of `SPARED` are left out. */
function fitWidths(natural: ReadonlyMap<Column, number>, screen: Screen): ReadonlyMap<Column, number> {
  const widths = new Map(natural);
  const measure = (): number =>
    [...widths.values()].reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  while (measure() >= screen.columns) {
    const room = ([title, width]: readonly [Column, number]): number => width - (LEAST[title] ?? width);
    const [widest] = [...widths].toSorted((a, b) => room(b) - room(a));
    if (widest !== undefined && room(widest) > 0) {
      widths.set(widest[0], widest[1] - 1);
      continue;
    }
    const spared = SPARED.find((title) => widths.has(title));
    if (spared === undefined) break;
    return fitWidths(new Map([...natural].filter(([title]) => title !== spared)), screen);
  }
  return widths;
}
