/** More lines than these behind what is shown are not counted, only said to be there. */
const MOST_COUNTED = 5_000;

/** Lines that are made when they are first looked at: what a call holds may be megabytes long. */
export class LazyLines {
  readonly #made: string[] = [];
  readonly #rest: Iterator<string>;
  #isWhole = false;
  #failure: string | null = null;

  constructor(lines: Iterable<string>) {
    this.#rest = lines[Symbol.iterator]();
  }

  /** Why not all of it can be shown, null while nothing is known against it. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Up to `count` lines from the one of this number on. */
  take(from: number, count: number): string[] {
    this.#make(from + count);
    return this.#made.slice(from, from + count);
  }

  /** How many lines there are; `Infinity` where those behind the one of this number are too many to be counted now. */
  total(from: number): number {
    this.#make(from + MOST_COUNTED);
    return this.#isWhole ? this.#made.length : Infinity;
  }

  /** Makes all of them and counts them. */
  count(): number {
    this.#make(Infinity);
    return this.#made.length;
  }

  #make(upTo: number): void {
    try {
      while (!this.#isWhole && this.#made.length <= upTo) {
        const { done, value } = this.#rest.next();
        if (done === true) this.#isWhole = true;
        else this.#made.push(value);
      }
    } catch (error) {
      this.#isWhole = true;
      this.#failure = error instanceof Error ? error.message : String(error);
    }
  }
}
