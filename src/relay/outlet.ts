import type { Writable } from 'node:stream';

/** What may pile up unsent before the other side is asked to wait. */
const MOST_BACKLOG = 1 << 20;

/** One direction's end: writes what came together together, and tells when its reader falls behind. */
export class Outlet {
  readonly #stream: Writable;
  #broken = false;

  /** `onDrain` is called when a reader that fell behind has caught up, `onBreak` once when it is gone. */
  constructor(stream: Writable, onDrain: () => void, onBreak: (error: Error) => void) {
    this.#stream = stream;
    stream.on('drain', onDrain);
    stream.on('error', (error) => {
      if (this.#broken) return;
      this.#broken = true;
      onBreak(error);
    });
  }

  /** Whether writing to it is of any use. */
  get isOpen(): boolean {
    return !this.#broken && this.#stream.writable;
  }

  /** Whether its reader has more than it takes. */
  get isFull(): boolean {
    return this.isOpen && this.#stream.writableNeedDrain;
  }

  /** Whether even small words should wait. */
  get isOverfull(): boolean {
    return this.isOpen && this.#stream.writableLength > MOST_BACKLOG;
  }

  write(lines: readonly Buffer[]): void {
    if (!this.isOpen || lines.length === 0) return;
    if (lines.length > 1) this.#stream.cork();
    for (const bytes of mergeNeighbours(lines)) this.#stream.write(bytes);
    if (lines.length > 1) this.#stream.uncork();
  }

  /** Calls back when all that was written has left this process. */
  flush(): Promise<void> {
    if (!this.isOpen || this.#stream.writableLength === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#stream.once('error', () => resolve());
      this.#stream.write('', () => resolve());
    });
  }
}

/** Lines that lie side by side in memory, as they came in one chunk, leave in one write. */
function mergeNeighbours(lines: readonly Buffer[]): Buffer[] {
  const merged: Buffer[] = [];
  let [first] = lines;
  if (first === undefined) return merged;
  let end = first.byteOffset;
  for (const line of lines) {
    if (line.buffer !== first.buffer || line.byteOffset !== end) {
      merged.push(span(first, end));
      first = line;
    }
    end = line.byteOffset + line.length;
  }
  merged.push(span(first, end));
  return merged;
}

/** From where `first` begins up to `end`, in the memory that it is a view of. */
function span(first: Buffer, end: number): Buffer {
  return Buffer.from(first.buffer, first.byteOffset, end - first.byteOffset);
}
