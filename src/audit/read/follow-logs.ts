import { closeSync, constants, lstatSync, openSync, readSync } from 'node:fs';
import { readRecord, type LogRecord } from './log-record.ts';
import type { LogSource } from './merge-records.ts';

/** Files that are held open at once; of more the one that was opened first is let go. */
const MOST_OPEN = 64;
const CHUNK = 1 << 20;
const NEWLINE = 0x0a;

interface Followed {
  readonly path: string;
  readonly fd: number;
  at: number;
  /** Bytes of a line that has not ended. */
  held: Buffer;
}

/** What is added to log files, and to those that come. Each file is held open, so that one that is moved or deleted is read to its end. */
export class LogFollower {
  readonly #list: () => readonly string[];
  /** By path, the one that was opened last at the end. */
  readonly #open = new Map<string, Followed>();
  readonly #done = new Map<string, number>();

  /** `known`: what was read of the files that are there already; other files are read from their beginning. */
  constructor(known: readonly LogSource[], list: () => readonly string[]) {
    this.#list = list;
    for (const { path, from } of known) this.#done.set(path, from);
  }

  /** The records that were added since the last time, the oldest first. Throws where files cannot be read. */
  poll(): LogRecord[] {
    const records: LogRecord[] = [];
    const paths = new Set(this.#list());
    for (const followed of this.#open.values()) records.push(...this.#read(followed));
    for (const path of paths) {
      if (this.#open.has(path)) continue;
      const followed = this.#openFile(path);
      if (followed !== null) records.push(...this.#read(followed));
    }
    for (const [path, followed] of this.#open) if (!paths.has(path)) this.#close(followed);
    return records.toSorted((a, b) => a.time - b.time);
  }

  close(): void {
    for (const followed of this.#open.values()) this.#close(followed);
  }

  #openFile(path: string): Followed | null {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const at = this.#done.get(path) ?? 0;
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined || !found.isFile() || found.size <= at) return null;
    const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const followed = { path, fd, at, held: Buffer.alloc(0) };
    this.#open.set(path, followed);
    const [oldest] = this.#open.values();
    if (this.#open.size > MOST_OPEN && oldest !== undefined) this.#close(oldest);
    return followed;
  }

  #close(followed: Followed): void {
    closeSync(followed.fd);
    this.#open.delete(followed.path);
    this.#done.set(followed.path, followed.at - followed.held.length);
  }

  *#read(followed: Followed): Generator<LogRecord> {
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(CHUNK);
      const length = readSync(followed.fd, chunk, 0, CHUNK, followed.at);
      if (length === 0) return;
      followed.at += length;
      const bytes = Buffer.concat([followed.held, chunk.subarray(0, length)]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      followed.held = bytes.subarray(end);
      for (let start = 0; start < end;) {
        const stop = bytes.indexOf(NEWLINE, start);
        const record = readRecord(bytes.subarray(start, stop));
        if (record !== null) yield record;
        start = stop + 1;
      }
    }
  }
}
