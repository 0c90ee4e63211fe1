import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, lstatSync, readSync, writeSync } from 'node:fs';
import type { Io } from '../../io.ts';
import { createNext, openNewest, type LimitFile } from './machine-folder.ts';
import { MachineLedger, type MachineTime } from './machine-ledger.ts';
import { parseRecord, RECORD_BYTES, renderRecord, type MachineRecord } from './machine-record.ts';
import { escapeUnseen } from '../quote.ts';
import { Unusable } from './unusable.ts';

/** What became of a record: it says what it should, it says nothing, or it came too late for this file. */
export type Written = 'done' | 'void' | 'sealed';

type Outside = Pick<Io, 'uid' | 'date'>;

/**
 * What all guards have written of one limit, in the order in which it came to the file. That order decides: whoever
 * takes a place writes first and then reads all that was written before, so there is no lock to wait for or to break.
 * A long file is sealed, and the next one goes on from what was said before the seal.
 */
export class MachineLog {
  readonly #folder: string;
  readonly #mostNew: number;
  readonly #io: Outside;
  #file: LimitFile | null = null;
  #inode = 0;
  #ledger = new MachineLedger();
  /** How far the file was read. */
  #offset = 0;
  /** Why the open file is of no use. */
  #broken: Unusable | null = null;

  /** For each record that says what was, two new ones and `mostNew` more, and the file is written anew. */
  constructor(folder: string, mostNew: number, io: Outside) {
    this.#folder = folder;
    this.#mostNew = mostNew;
    this.#io = io;
  }

  get ledger(): MachineLedger {
    return this.#ledger;
  }

  /** Reads what others have written. `windowMs`: how far back it counts. Throws where the file is of no use. */
  catchUp(windowMs: number, time: MachineTime): void {
    for (let moves = 0; moves < MOST_MOVES; moves++) {
      this.#checkFile(windowMs, time);
      this.#read(null);
      if (!this.#ledger.isSealed) {
        if (this.#ledger.boot !== time.boot) this.append({ kind: 'boot', ...time });
        else if (this.#isLong()) this.append({ kind: 'seal', id: randomBytes(8).toString('hex') });
        else return;
      }
      if (this.#ledger.isSealed) this.#moveOn(windowMs, time);
    }
    throw new Error('other guards were quicker each time');
  }

  /** Writes a record and reads up to it, so that `ledger` is as it was when the record came. Throws as `catchUp`. */
  append(record: MachineRecord): Written {
    const file = this.#file;
    if (file === null || this.#broken !== null) throw this.#broken ?? new Error('no file is open');
    const bytes = renderRecord(record);
    if (writeSync(file.fd, bytes) !== bytes.length) throw this.#break('could be written in part only');
    for (let reads = 0; reads < MOST_READS; reads++) {
      const written = this.#read(bytes);
      if (written !== null) return written;
    }
    throw this.#break('does not hold what was written to it');
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file.fd);
    this.#file = null;
    this.#broken = null;
  }

  /** What stands at the path now is what counts, whatever a person has done there. */
  #checkFile(windowMs: number, time: MachineTime): void {
    const there = this.#file === null ? undefined : lstatSync(this.#file.path, { throwIfNoEntry: false });
    if (there === undefined || there.ino !== this.#inode) return this.#openNewest(windowMs, time);
    if (this.#broken !== null) throw this.#broken;
    if (there.size < this.#offset) throw this.#break('has been cut short');
  }

  #openNewest(windowMs: number, time: MachineTime): void {
    this.close();
    const first = () => renderKept(new MachineLedger(), windowMs, time);
    this.#file = openNewest(this.#folder, first, this.#io);
    this.#inode = fstatSync(this.#file.fd).ino;
    this.#ledger = new MachineLedger();
    this.#offset = 0;
    this.#read(null);
    if (!this.#ledger.isWhole) throw this.#break('has been cut short');
  }

  /** The newest one, even where we made the next: we may have been stopped for long before we did. */
  #moveOn(windowMs: number, time: MachineTime): void {
    if (this.#file === null) return;
    const content = renderKept(this.#ledger, windowMs, time);
    createNext(this.#folder, this.#file.generation, content, this.#io);
    this.#openNewest(windowMs, time);
  }

  /**
   * Reads on to the end, to the seal, or to behind the record that was just written, and says what that did. What is not
   * whole yet is read again, for somebody may be writing it.
   */
  #read(own: Buffer | null): Written | null {
    const file = this.#file;
    if (file === null || this.#ledger.isSealed) return 'sealed';
    for (let torn = 0; torn < MOST_READS;) {
      const length = readSync(file.fd, CHUNK, 0, CHUNK.length, this.#offset);
      if (length === 0) return null;
      let at = 0;
      for (; at + RECORD_BYTES <= length; at += RECORD_BYTES) {
        const bytes = CHUNK.subarray(at, at + RECORD_BYTES);
        const record = parseRecord(bytes);
        if (record === null) break;
        const effect = this.#ledger.apply(record);
        this.#offset += RECORD_BYTES;
        if (effect === 'alien') throw this.#break('holds what no guard has written');
        if (own?.equals(bytes) === true) return effect;
        if (this.#ledger.isSealed) return 'sealed';
      }
      if (at === length) {
        if (length < CHUNK.length) return null;
      } else if (at === 0) torn++;
    }
    throw this.#break('is damaged');
  }

  #break(why: string): Unusable {
    this.#broken = new Unusable(this.#folder, `${escapeUnseen(this.#file?.path ?? this.#folder)} ${why}`);
    return this.#broken;
  }

  #isLong(): boolean {
    return this.#ledger.length >= this.#ledger.kept * 3 + this.#mostNew;
  }
}

const MOST_MOVES = 20;
/** Where another guard's record is just being written, it is there within a few of them. */
const MOST_READS = 200;
/** Filled and used up within one call, so that one is enough. */
const CHUNK = Buffer.alloc(512 * RECORD_BYTES);

function renderKept(ledger: MachineLedger, windowMs: number, time: MachineTime): Buffer {
  return Buffer.concat([...ledger.listKept(windowMs, time)].map(renderRecord));
}
