const LF = 0x0a;
const CR = 0x0d;
const FIRST_SIZE = 1 << 12;
const GROWTH = 16;
/** What is kept of each end of a line that is too long, so that its id may still be found. */
const KEPT = 4_096;

export type LineEvent =
  /** The content and one "\n"; a CR before it is gone. `unterminated`: the stream ended without the "\n". */
  | { readonly kind: 'line'; readonly bytes: Buffer; readonly unterminated?: true }
  /** Skipped without being held; `length` counts its bytes. */
  | { readonly kind: 'too-long'; readonly length: number; readonly head: Buffer; readonly tail: Buffer };

/**
 * Cuts a stream of bytes into lines, at 0x0A alone: other readers' line ends (a lone CR, U+2028) are content here, and
 * refused later. A line inside one chunk is a view of the chunk. One that spans chunks is gathered in a buffer that
 * grows sixteenfold: pages that are never touched cost nothing, and the peak stays close to one line.
 */
export class LineReader {
  readonly #most: number;
  #held: Buffer | null = null;
  #length = 0;
  #skipped: Skipping | null = null;

  /** `most`: bytes of the longest line that is read, without its line end. */
  constructor(most: number) {
    this.#most = most;
  }

  push(chunk: Buffer): LineEvent[] {
    const events: LineEvent[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      events.push(this.#cut(chunk, start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
    return events;
  }

  /** The stream has ended: what is left is the last line, if anything is. */
  end(): LineEvent[] {
    if (this.#skipped !== null) return [this.#endSkipping()];
    if (this.#held === null) return [];
    this.#hold(Buffer.of(LF));
    return [{ kind: 'line', bytes: this.#take(), unterminated: true }];
  }

  #cut(chunk: Buffer, start: number, end: number): LineEvent {
    if (this.#held === null && this.#skipped === null) {
      if (end - start > this.#most) {
        this.#hold(chunk.subarray(start, end));
        return this.#endSkipping();
      }
      const line = chunk.subarray(start, end + 1);
      return { kind: 'line', bytes: line.at(-2) === CR ? closeLine(Buffer.from(line)) : line };
    }
    this.#hold(chunk.subarray(start, end + 1));
    return this.#skipped === null ? { kind: 'line', bytes: this.#take() } : this.#endSkipping();
  }

  #hold(part: Buffer): void {
    if (this.#skipped !== null) return this.#skip(part);
    const length = this.#length + part.length;
    // The "\n" is not counted.
    if (length > this.#most + (part.at(-1) === LF ? 1 : 0)) {
      const held = this.#held?.subarray(0, this.#length);
      this.#skipped = { length: 0, head: Buffer.alloc(0), tail: Buffer.alloc(0) };
      if (held !== undefined) this.#skip(held);
      this.#release();
      return this.#skip(part);
    }
    if (this.#held === null || length > this.#held.length) this.#grow(length);
    this.#held?.set(part, this.#length);
    this.#length = length;
  }

  #grow(length: number): void {
    let size = this.#held?.length ?? FIRST_SIZE;
    while (size < length) size *= GROWTH;
    const grown = Buffer.allocUnsafeSlow(Math.min(size, this.#most + 1));
    if (this.#held !== null) grown.set(this.#held.subarray(0, this.#length));
    this.#held = grown;
  }

  #take(): Buffer {
    const bytes = (this.#held ?? Buffer.alloc(0)).subarray(0, this.#length);
    this.#release();
    // The buffer is the line's own: nothing that may be 256 MiB is copied for the sake of one byte.
    return closeLine(bytes);
  }

  #release(): void {
    this.#held = null;
    this.#length = 0;
  }

  #skip(part: Buffer): void {
    const skipped = (this.#skipped ??= { length: 0, head: Buffer.alloc(0), tail: Buffer.alloc(0) });
    const content = part.at(-1) === LF ? part.subarray(0, -1) : part;
    if (skipped.head.length < KEPT) {
      skipped.head = Buffer.concat([skipped.head, content.subarray(0, KEPT - skipped.head.length)]);
    }
    skipped.tail = Buffer.concat([skipped.tail, content.subarray(-KEPT)]).subarray(-KEPT);
    skipped.length += content.length;
  }

  #endSkipping(): LineEvent {
    const { length, head, tail } = this.#skipped ?? {
      length: 0,
      head: Buffer.alloc(0),
      tail: Buffer.alloc(0),
    };
    this.#skipped = null;
    return { kind: 'too-long', length, head, tail };
  }
}

interface Skipping {
  length: number;
  head: Buffer;
  tail: Buffer;
}

/** Python servers on Windows end lines with CR LF; the CR is theirs, not the message's. Writes into `line`. */
function closeLine(line: Buffer): Buffer {
  if (line.at(-2) !== CR) return line;
  line[line.length - 2] = LF;
  return line.subarray(0, -1);
}
