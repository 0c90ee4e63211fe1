/** What a window has room for. */
export interface Room {
  readonly max: bigint;
  readonly windowMs: number;
}

/**
 * One sliding window: what was committed at which moment, and what waits to be. How much fits, and for how long it
 * counts, is said anew with each question, since a saved policy may change it.
 */
export class Window {
  readonly #most: number;
  /** Ascending; what lies before `#first` has left the window. */
  #times: number[] = [];
  #amounts: bigint[] = [];
  #first = 0;
  #counted = 0n;
  #waiting = 0n;

  /** Beyond `most` commits in the window, neighbours count as one, for as long as the later of them. */
  constructor(most = 100_000) {
    this.#most = most;
  }

  /** How much is left now; below zero where more was let through on purpose. */
  left({ max, windowMs }: Room, now: number): bigint {
    this.#drop(windowMs, now);
    return max - this.#counted - this.#waiting;
  }

  /** How long until the amount fits: 0 now, null when what waits must end first. Milliseconds, rounded up. */
  waitMs(amount: bigint, room: Room, now: number): number | null {
    let surplus = amount - this.left(room, now);
    if (surplus <= 0n) return 0;
    for (let index = this.#first; index < this.#times.length; index++) {
      surplus -= this.#amounts[index] ?? 0n;
      if (surplus <= 0n) return Math.max(1, Math.ceil((this.#times[index] ?? now) + room.windowMs - now));
    }
    return null;
  }

  /** Nothing in the window, and nothing that waits. */
  isIdle(windowMs: number, now: number): boolean {
    this.#drop(windowMs, now);
    return this.#first === this.#times.length && this.#waiting === 0n;
  }

  /** What is in the window, the oldest first. */
  *list(windowMs: number, now: number): Generator<{ readonly at: number; readonly amount: bigint }> {
    this.#drop(windowMs, now);
    for (let index = this.#first; index < this.#times.length; index++) {
      yield { at: this.#times[index] ?? now, amount: this.#amounts[index] ?? 0n };
    }
  }

  wait(amount: bigint): void {
    this.#waiting += amount;
  }

  release(amount: bigint): void {
    this.#waiting -= amount;
  }

  /** What waited is counted from this moment on; a moment before the last one counts as that. */
  commit(amount: bigint, now: number): void {
    this.#waiting -= amount;
    this.add(amount, now);
  }

  /** Counts an amount that did not wait. */
  add(amount: bigint, now: number): void {
    if (amount === 0n) return;
    this.#times.push(Math.max(now, this.#times.at(-1) ?? now));
    this.#amounts.push(amount);
    this.#counted += amount;
    if (this.#times.length - this.#first > this.#most) this.#merge();
  }

  /** The clock begins anew: `move` says what a moment is called now. It must keep their order. */
  move(move: (at: number) => number): void {
    this.#times = this.#times.map(move);
  }

  #drop(windowMs: number, now: number): void {
    for (;;) {
      const oldest = this.#times[this.#first];
      if (oldest === undefined || now - oldest < windowMs) break;
      this.#counted -= this.#amounts[this.#first] ?? 0n;
      this.#first++;
    }
    if (this.#first > 64 && this.#first * 2 > this.#times.length) this.#cut();
  }

  #cut(): void {
    this.#times = this.#times.slice(this.#first);
    this.#amounts = this.#amounts.slice(this.#first);
    this.#first = 0;
  }

  /** Each second one takes up the one before it: nothing is forgotten, and nothing leaves too early. */
  #merge(): void {
    this.#cut();
    const amounts: bigint[] = [];
    const times: number[] = [];
    for (let index = 0; index < this.#times.length; index += 2) {
      const later = this.#times[index + 1];
      times.push(later ?? this.#times[index] ?? 0);
      amounts.push((this.#amounts[index] ?? 0n) + (this.#amounts[index + 1] ?? 0n));
    }
    this.#times = times;
    this.#amounts = amounts;
  }
}
