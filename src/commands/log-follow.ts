import { setTimeout as wait } from 'node:timers/promises';
import { statSync } from 'node:fs';
import { LogFollower } from '../audit/read/follow-logs.ts';
import type { LogRecord } from '../audit/read/log-record.ts';
import { Pairing, type Told } from '../audit/read/pairing.ts';
import { findSources, isSelected, readTold } from '../audit/read/read-told.ts';
import { StoredCalls } from '../audit/read/stored-calls.ts';
import { listAllLogs } from '../audit/places.ts';
import type { Io } from '../io.ts';
import { describeStdout } from './describe-stdout.ts';
import { WIDE, type LogOptions } from './log-print.ts';
import { LogTable } from './render-log.ts';

const LOOK_MS = 250;
/** A call that takes longer is shown as it stands, and again when it is done. */
const PATIENCE_MS = 2_000;

/** Prints the last calls, and then what comes, until SIGINT or SIGTERM. Gives the exit code. */
export async function followLog(options: LogOptions, io: Io): Promise<number> {
  const over = new AbortController();
  io.onSignal(['SIGINT', 'SIGTERM'], () => over.abort(), over.signal);
  const list = (): readonly string[] => (options.files.length === 0 ? listAllLogs(io) : options.files);
  const known = list().map((path) => ({ path, from: statSync(path, { throwIfNoEntry: false })?.size ?? 0 }));
  const before = [...readTold(findSources({ ...options, limit: options.limit ?? 10 }, io), options)];
  const follower = new LogFollower(known, list);
  const rows = new LiveRows(before, options, io);
  try {
    while (!over.signal.aborted) {
      rows.add(follower.poll());
      await wait(LOOK_MS, undefined, { signal: over.signal }).catch(() => {});
    }
    return 0;
  } finally {
    follower.close();
  }
}

/** Rows as they come. */
class LiveRows {
  readonly #options: LogOptions;
  readonly #io: Io;
  readonly #table: LogTable;
  readonly #pairing = new Pairing({ repeats: true });
  readonly #stored: StoredCalls;

  constructor(before: readonly Told[], options: LogOptions, io: Io) {
    this.#options = options;
    this.#io = io;
    this.#stored = new StoredCalls(options);
    this.#table = new LogTable(before, describeStdout(io, WIDE), { ...options, isLive: true });
    if (options.json) return;
    io.stdout.write(this.#table.renderHeading());
    for (const told of before) io.stdout.write(this.#table.render(told));
  }

  add(records: readonly LogRecord[]): void {
    const { stdout } = this.#io;
    if (this.#options.json) {
      for (const record of records.filter((one) => this.#stored.isWanted(one)))
        stdout.write(`${record.bytes.toString('latin1')}\n`);
      return;
    }
    for (const record of records) this.#pairing.add(record);
    const patience = this.#io.date().getTime() - PATIENCE_MS;
    for (const told of this.#pairing.take(patience))
      if (isSelected(told, this.#options)) stdout.write(this.#table.render(told));
  }
}
