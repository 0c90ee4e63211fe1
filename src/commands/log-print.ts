import type { Screen } from '../approval/card/row.ts';
import type { LogSource } from '../audit/read/merge-records.ts';
import type { Told } from '../audit/read/pairing.ts';
import { findSources, readStored, readTold, type LogQuery } from '../audit/read/read-told.ts';
import { unreadable } from '../audit/read/read-recorded.ts';
import type { Io } from '../io.ts';
import { describeStdout } from './describe-stdout.ts';
import { LogCounts } from './log-counts.ts';
import { printTexts } from './print-texts.ts';
import { LogTable } from './render-log.ts';

export interface LogOptions extends LogQuery {
  readonly args: boolean;
  readonly json: boolean;
}

/** Rows that the widths of columns are told from. */
const SAMPLE = 200;
/** Columns where nobody reads on a terminal. */
export const WIDE = 160;

/** Prints what is wanted of the log. Gives the exit code. */
export async function printLog(options: LogOptions, io: Io): Promise<number> {
  try {
    const sources = findSources(options, io);
    const texts = options.json ? listLines(sources, options) : listRows(sources, options, io);
    await printTexts(texts, io.stdout);
    return 0;
  } catch (error) {
    throw unreadable(error);
  }
}

function* listLines(sources: readonly LogSource[], options: LogOptions): Generator<string> {
  for (const line of readStored(sources, options)) yield `${line.toString('latin1')}\n`;
}

function* listRows(sources: readonly LogSource[], options: LogOptions, io: Io): Generator<string> {
  const screen = describeStdout(io, WIDE);
  const counts = new LogCounts();
  const sample: Told[] = [];
  let table: LogTable | null = null;
  for (const told of readTold(sources, options)) {
    counts.add(told);
    if (table !== null) yield table.render(told);
    else if (sample.push(told) >= SAMPLE) {
      table = new LogTable(sample, screen, { ...options, isLive: false });
      yield* renderSample(table, sample);
    }
  }
  if (table === null && sample.length > 0)
    yield* renderSample(new LogTable(sample, screen, { ...options, isLive: false }), sample);
  yield renderEnd(counts, options, screen);
}

function* renderSample(table: LogTable, sample: readonly Told[]): Generator<string> {
  yield table.renderHeading();
  for (const told of sample) yield table.render(told);
}

function renderEnd(counts: LogCounts, { limit }: LogOptions, { chalk }: Screen): string {
  if (counts.isEmpty) return 'nothing of that kind is in the log\n';
  const isCut = limit !== null && counts.calls >= limit;
  const more = isCut ? `\nthese are the last ${limit}: --since 1d or --limit shows more` : '';
  return chalk.dim(`${counts.render()}${more}`).concat('\n');
}
