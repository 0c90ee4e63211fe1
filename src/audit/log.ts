import { basename, join } from 'node:path';
import type { Io } from '../io.ts';
import type { Auditing } from '../policy/audit.ts';
import { createOwners, type Owners } from '../policy/limit/owner.ts';
import { sealLine } from './chain.ts';
import { createKeyedHash } from './digest.ts';
import type { Entry, GapEntry, PinsSummary, StartEntry } from './entry.ts';
import type { FileEnd } from './log-ends.ts';
import { locateLogs, nameLog, openLogFolder } from './folder.ts';
import { openAuditKey } from './key.ts';
import { LogFile } from './log-file.ts';
import { notePlace } from './places.ts';
import { removeOld, tieToPredecessors } from './predecessors.ts';
import { OpenCalls } from './open-calls.ts';
import { renderEntry, type LineContext } from './render-entry.ts';

/** Where entries go before the calls they tell of. */
export interface AuditLog {
  /** Writes all of them, in one piece, or none; null when they are written, else why not. */
  write(entries: readonly Entry[]): string | null;
  close(): void;
}

/** The run that is logged. */
export interface LoggedRun {
  /** Letters and digits. */
  readonly session: string;
  readonly server: string;
  readonly version: string;
  readonly pins: PinsSummary;
  /** Secrets masked. */
  command(): readonly string[];
  /** As it holds now: a saved policy may replace it. */
  policy(): { readonly hash: string; readonly files: readonly string[] };
  auditing(): Auditing;
}

/** A file of this size is followed by another one. */
const MOST_BYTES = 32 << 20;

/**
 * The log of one run: one JSON object a line, readable by this user alone, each line tied to the one before it. The file
 * is made with the first entry, because some clients start a server once just to look at it. `mostBytes`: beyond it
 * another file is begun.
 */
export function createAuditLog(io: Io, run: LoggedRun, mostBytes: number = MOST_BYTES): AuditLog {
  return new RunLog(io, run, mostBytes);
}

class RunLog implements AuditLog {
  readonly #io: Io;
  readonly #run: LoggedRun;
  readonly #mostBytes: number;
  readonly #began: number;
  readonly #calls: OpenCalls;
  /** Made when the first line is written. */
  #context: LineContext | null = null;
  #owners: Owners | null = null;
  #file: LogFile | null = null;
  #folder = '';
  #part = 0;
  /** The line that was written last. */
  #last: (Omit<FileEnd, 'cut'> & { readonly seq: number; readonly hash: string }) | null = null;
  #gap: Omit<GapEntry, 'event'> | null = null;

  constructor(io: Io, run: LoggedRun, mostBytes: number) {
    this.#io = io;
    this.#run = run;
    this.#mostBytes = mostBytes;
    this.#began = io.now();
    this.#calls = new OpenCalls(io);
  }

  write(entries: readonly Entry[]): string | null {
    const told = entries.filter((entry) => entry.event !== 'result' || this.#calls.has(entry.id));
    // A run that did nothing leaves no file behind.
    if (told.length === 0 || (this.#last === null && told.every(({ event }) => event === 'end'))) return null;
    try {
      this.#append(told);
      return null;
    } catch (error) {
      const why = explain(error);
      this.#miss(told, why);
      return why;
    }
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }

  #append(entries: readonly Entry[]): void {
    const auditing = this.#run.auditing();
    // Makes the state folder where there is none.
    const { session, server } = this.#run;
    this.#context ??= { session, server, names: new Map(), hash: createKeyedHash(openAuditKey(this.#io)) };
    const isUrgent = entries.some(({ event }) => event !== 'result');
    const { file, isNew } = this.#open(auditing, isUrgent);
    const before: Entry[] = [
      ...(isNew ? [this.#describeStart(auditing)] : []),
      ...(this.#gap === null ? [] : [{ event: 'gap' as const, ...this.#gap }]),
    ];
    const time = this.#io.date().toISOString();
    const uptimeMs = Math.round(this.#io.now() - this.#began);
    const policyHash = this.#run.policy().hash;
    let [seq, hash] = [this.#last === null ? 0 : this.#last.seq + 1, this.#last?.hash ?? null];
    const texts: string[] = [];
    const numbered: [Entry, number][] = [];
    for (const entry of [...before, ...entries]) {
      const call = entry.event === 'result' ? this.#calls.find(entry.id) : null;
      const head = { time, seq, uptimeMs, policyHash, arguments: auditing.arguments, call };
      const line = sealLine(renderEntry(entry, head, this.#context), hash);
      texts.push(line.text);
      numbered.push([entry, seq]);
      hash = line.hash;
      seq++;
    }
    file.append(Buffer.from(texts.join(''), 'latin1'));
    this.#calls.note(numbered);
    // Behind a batch of at least one line there is a hash.
    this.#last = { file: basename(file.path), seq: seq - 1, hash: hash ?? '', time };
    this.#gap = null;
  }

  /** The file to write to: another one where the last is full, was moved or changed by others, or belongs elsewhere now. */
  #open({ dir, keepMs }: Auditing, isUrgent: boolean): { file: LogFile; isNew: boolean } {
    const folder = locateLogs(this.#io, dir);
    if (this.#file !== null) {
      const isFull = this.#file.size >= this.#mostBytes;
      // Nothing waits for an outcome: where its file has gone, the next call finds out.
      if (!isFull && folder === this.#folder && (!isUrgent || this.#file.isOwn()))
        return { file: this.#file, isNew: this.#file.size === 0 };
      this.close();
    }
    openLogFolder(folder, this.#io);
    this.#owners ??= createOwners(this.#io);
    const { session, server } = this.#run;
    const file = new LogFile(join(folder, nameLog(this.#io.date(), server, session, this.#part + 1)));
    this.#part++;
    this.#file = file;
    this.#folder = folder;
    if (dir !== null) notePlace(dir, this.#io);
    removeOld(folder, this.#io.date().getTime() - keepMs, this.#owners);
    return { file, isNew: true };
  }

  #describeStart({ arguments: kept, keepMs }: Auditing): StartEntry {
    const { server, version, pins } = this.#run;
    const owners = this.#owners ?? createOwners(this.#io);
    const before = this.#last;
    const ties = tieToPredecessors(this.#folder, { server, owners });
    return {
      event: 'start',
      version,
      command: this.#run.command(),
      files: this.#run.policy().files,
      pins,
      arguments: kept,
      keepMs,
      owner: owners.own,
      part: this.#part,
      previous: [
        ...(before === null ? [] : [{ ...before, cut: 0 }]),
        ...ties.filter(({ file }) => file !== before?.file),
      ],
    };
  }

  /** The outcome of what is told of as missing is not waited for. */
  #miss(entries: readonly Entry[], reason: string): void {
    this.#calls.note(entries.flatMap((entry) => (entry.event === 'result' ? [[entry, 0] as const] : [])));
    const calls = entries.filter(({ event }) => event === 'call').length;
    const {
      since,
      calls: earlier,
      others,
    } = this.#gap ?? {
      since: this.#io.date().toISOString(),
      calls: 0,
      others: 0,
    };
    this.#gap = { since, calls: earlier + calls, others: others + entries.length - calls, reason };
  }
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^(\w+): /, '$1, ') : String(error);
}
