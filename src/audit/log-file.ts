import { closeSync, constants, ftruncateSync, openSync, statSync, writeSync, fstatSync } from 'node:fs';

/** One file of the log, held open and only ever grown. */
export class LogFile {
  readonly path: string;
  readonly #fd: number;
  readonly #inode: number;
  /** Bytes of whole lines. */
  #size = 0;

  /** Makes the file, for this user alone. Throws where it cannot, also where something of that name is there. */
  constructor(path: string) {
    const { O_WRONLY, O_CREAT, O_EXCL, O_APPEND, O_NOFOLLOW } = constants;
    this.path = path;
    this.#fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW, 0o600);
    this.#inode = fstatSync(this.#fd).ino;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether the file still stands where it was made, as long as this run has made it. */
  isOwn(): boolean {
    const found = statSync(this.path, { throwIfNoEntry: false });
    return found !== undefined && found.ino === this.#inode && found.size === this.#size;
  }

  /**
   * Appends all of the bytes or none of them. Throws where they cannot be written: `writeSync` may write less than all
   * without a word, and the rest of a torn line would swallow the next one.
   */
  append(bytes: Buffer): void {
    try {
      let written = 0;
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written);
    } catch (error) {
      this.#cutBack();
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Where that fails too the size gives it away, and another file is begun. */
  #cutBack(): void {
    try {
      ftruncateSync(this.#fd, this.#size);
    } catch {
      // What was met first is what is told.
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}
