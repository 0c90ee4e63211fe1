import { decodeString, type Token } from './token.ts';

/** From here on a set is faster than looking through the keys; a million keys must stay linear. */
const FEW = 16;

/** The keys of the objects that are open during a scan, so that a second one of the same meaning is found. */
export class OpenKeys {
  #bytes: Buffer = Buffer.alloc(0);
  #depth = 0;
  readonly #first: number[] = [];
  readonly #sets: (Set<string> | null)[] = [];
  #count = 0;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #escaped: boolean[] = [];

  reset(bytes: Buffer): void {
    this.#bytes = bytes;
    // Left open by a line that was refused.
    while (this.#depth > 0) this.close();
    this.#count = 0;
  }

  open(): void {
    this.#first[this.#depth] = this.#count;
    this.#sets[this.#depth] = null;
    this.#depth++;
  }

  close(): void {
    this.#depth--;
    this.#count = this.#first[this.#depth] ?? 0;
    this.#sets[this.#depth] = null;
  }

  /** Adds a key, quotes included, to the innermost object; false when it has that key already. */
  add(start: number, end: number, escaped: boolean): boolean {
    const level = this.#depth - 1;
    // Escaped keys must be decoded to be compared, which is to be done once for each.
    if (escaped) this.#sets[level] ??= this.#collect(this.#first[level] ?? 0);
    const set = this.#sets[level];
    if (set !== null && set !== undefined) return this.#addToSet(set, { start, end });
    const first = this.#first[level] ?? 0;
    for (let index = first; index < this.#count; index++)
      if (this.#equals(index, start, end, escaped)) return false;
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    this.#escaped[this.#count] = escaped;
    this.#count++;
    if (this.#count - first > FEW) this.#sets[level] = this.#collect(first);
    return true;
  }

  #equals(index: number, start: number, end: number, escaped: boolean): boolean {
    const bytes = this.#bytes;
    const otherStart = this.#starts[index] ?? 0;
    const otherEnd = this.#ends[index] ?? 0;
    if (escaped || this.#escaped[index] === true) {
      return (
        decodeString(bytes, { start, end }) === decodeString(bytes, { start: otherStart, end: otherEnd })
      );
    }
    if (otherEnd - otherStart !== end - start) return false;
    for (let offset = end - start - 1; offset >= 0; offset--) {
      if (bytes[start + offset] !== bytes[otherStart + offset]) return false;
    }
    return true;
  }

  #collect(first: number): Set<string> {
    const set = new Set<string>();
    for (let index = first; index < this.#count; index++) {
      this.#addToSet(set, { start: this.#starts[index] ?? 0, end: this.#ends[index] ?? 0 });
    }
    return set;
  }

  #addToSet(set: Set<string>, key: Token): boolean {
    const size = set.size;
    return set.add(decodeString(this.#bytes, key)).size > size;
  }
}
