import { statSync } from 'node:fs';
import { passAbsent, readLinesBackward, type StoredLine } from './read-lines.ts';
import { readRecord, readTime } from './log-record.ts';
import type { LogSource } from './merge-records.ts';
import { isSelectedLine, type Selection } from './selection.ts';

/** Where to begin so that no line since then (ms since the epoch) is left out; files that end before are left out. */
export function findSince(paths: readonly string[], since: number | null): LogSource[] {
  if (since === null) return paths.map((path) => ({ path, from: 0 }));
  return paths.flatMap((path) => {
    // A file was written to after its last line's time, or then.
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (written === undefined || written < since - 1) return [];
    let from: number | null = null;
    for (const { bytes, offset } of passAbsent(readLinesBackward(path))) {
      const time = readTime(bytes);
      if (time !== null && time < since) break;
      from = offset;
    }
    return from === null ? [] : [{ path, from }];
  });
}

/** A file that is read from its end. */
interface Tail {
  readonly path: string;
  readonly lines: Iterator<StoredLine, undefined>;
  next: StoredLine;
  time: number;
}

/** Where to begin so that the last `most` calls that are wanted are among what follows, and little else. */
export function findLast(paths: readonly string[], most: number, selection: Selection): LogSource[] {
  const waiting = paths
    .map((path) => ({ path, written: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .toSorted((a, b) => b.written - a.written);
  const tails: Tail[] = [];
  const from = new Map<string, number>();
  for (let found = 0; found < most;) {
    let last = findLatest(tails);
    while (waiting[0] !== undefined && (last === null || waiting[0].written >= last.time)) {
      const tail = openTail(waiting.shift()?.path ?? '');
      if (tail !== null) tails.push(tail);
      last = findLatest(tails);
    }
    if (last === null || last.time < (selection.since ?? Number.NEGATIVE_INFINITY)) break;
    from.set(last.path, last.next.offset);
    if (isSelectedLine(last.next.bytes, readRecord(last.next.bytes), selection)) found++;
    if (!advance(last)) tails.splice(tails.indexOf(last), 1);
  }
  return [...from].map(([path, offset]) => ({ path, from: offset }));
}

function openTail(path: string): Tail | null {
  const lines = passAbsent(readLinesBackward(path));
  const tail: Tail = { path, lines, next: { bytes: Buffer.alloc(0), offset: 0, isTorn: true }, time: 0 };
  return advance(tail) ? tail : null;
}

function advance(tail: Tail): boolean {
  const { value } = tail.lines.next();
  if (value === undefined) return false;
  tail.next = value;
  // What is no line of the log is as old as what stood behind it.
  tail.time = readTime(value.bytes) ?? tail.time;
  return true;
}

function findLatest(tails: readonly Tail[]): Tail | null {
  let latest: Tail | null = null;
  for (const tail of tails) if (latest === null || tail.time > latest.time) latest = tail;
  return latest;
}
