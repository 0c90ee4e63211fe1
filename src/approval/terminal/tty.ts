import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const DEVICE = '/dev/tty';
const FLAGS = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
const RETRY_MS = 20;
const MOST_READ = 4_096;

/**
 * The process's own terminal, whatever stdin and stdout are. Nothing here ever blocks: a terminal that was stopped with
 * Ctrl+S must not stop the calls that need no one's answer. That rules out Node's own streams, which read by themselves:
 * a read from the background stops the whole process.
 */
export class Tty {
  /** For programs such as stty. Another one than for reading: starting a program makes what it is given block. */
  readonly fd: number;
  readonly #own: number;
  readonly #buffer = Buffer.alloc(MOST_READ);
  #isOpen = true;

  private constructor(own: number, fd: number) {
    this.#own = own;
    this.fd = fd;
  }

  /** Null where the process has no terminal. */
  static open(): Tty | null {
    let own: number | null = null;
    try {
      own = openSync(DEVICE, FLAGS);
      return new Tty(own, openSync(DEVICE, FLAGS));
    } catch {
      if (own !== null) closeSync(own);
      return null;
    }
  }

  /** What was typed since, perhaps nothing; null when the terminal is gone. */
  read(): Uint8Array | null {
    try {
      const length = readSync(this.#own, this.#buffer);
      return length === 0 ? null : this.#buffer.subarray(0, length);
    } catch (error) {
      return isNotNow(error) ? new Uint8Array() : null;
    }
  }

  /** Writes all of it; rejects when the terminal is gone, or when `until` is aborted before all was taken. */
  async write(text: string, until: AbortSignal): Promise<void> {
    let bytes: Uint8Array = Buffer.from(text);
    for (;;) {
      bytes = bytes.subarray(this.#writeSome(bytes));
      if (bytes.length === 0) return;
      await wait(RETRY_MS, undefined, { signal: until });
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#own);
    closeSync(this.fd);
  }

  #writeSome(bytes: Uint8Array): number {
    try {
      return writeSync(this.#own, bytes);
    } catch (error) {
      if (isNotNow(error)) return 0;
      throw error;
    }
  }
}

function isNotNow(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
