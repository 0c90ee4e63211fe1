import { basename } from 'node:path';
import { parseLogName } from '../folder.ts';
import { passAbsent, readLines } from './read-lines.ts';
import { readRecord, type LogRecord } from './log-record.ts';

/** A file, and where in it reading begins (bytes). */
export interface LogSource {
  readonly path: string;
  readonly from: number;
}

interface Open {
  readonly records: Iterator<LogRecord>;
  next: LogRecord;
}

/**
 * The records of several files in the order of time, in memory that does not grow with them: a file is opened when the
 * others have come to its beginning. Lines that are none of the log's are passed over.
 */
export function* mergeRecords(sources: readonly LogSource[]): Generator<LogRecord> {
  const waiting = sources
    .map((source) => ({ ...source, begins: readBeginning(source.path) }))
    .toSorted((a, b) => a.begins - b.begins);
  const open: Open[] = [];
  for (;;) {
    let first = findFirst(open);
    while (waiting[0] !== undefined && (first === null || waiting[0].begins <= first.next.time)) {
      openSource(waiting.shift(), open);
      first = findFirst(open);
    }
    if (first === null) return;
    yield first.next;
    const { value, done } = first.records.next();
    if (done === true) open.splice(open.indexOf(first), 1);
    else first.next = value;
  }
}

function openSource(source: LogSource | undefined, open: Open[]): void {
  if (source === undefined) return;
  const records = readRecords(source);
  const { value, done } = records.next();
  if (done !== true) open.push({ records, next: value });
}

function* readRecords({ path, from }: LogSource): Generator<LogRecord, undefined> {
  for (const { bytes, isTorn } of passAbsent(readLines(path, from))) {
    const record = isTorn ? null : readRecord(bytes);
    if (record !== null) yield record;
  }
}

function findFirst(open: readonly Open[]): Open | null {
  let first: Open | null = null;
  for (const one of open) if (first === null || one.next.time < first.next.time) first = one;
  return first;
}

/** When a file was begun, as its name says, in ms; a file of another name comes first. */
function readBeginning(path: string): number {
  const stamp = parseLogName(basename(path))?.stamp ?? '';
  const [, date = '', hour = '', minute = '', second = ''] =
    /^(\d{8})T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp) ?? [];
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  return Date.parse(`${day}T${hour}:${minute}:${second}Z`) || 0;
}
