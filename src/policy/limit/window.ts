/**
 * One sliding window: at no moment have more than `max` calls been committed within the last `windowMs`, unless they
 * were taken over the limit on purpose. Holds at most `max` times, however many were taken.
 */
export class Window {
  readonly #max: number;
  readonly #windowMs: number;
  /** Ascending; what lies before `#first` has left the window. */
  #times: number[] = [];
  #first = 0;
  #waiting = 0;

  constructor(max: number, windowMs: number) {
    this.#max = max;
    this.#windowMs = windowMs;
  }

  /** How many more calls have a place now. */
  left(now: number): number {
    this.#drop(now);
    return Math.max(0, this.#max - this.#used());
  }

  /** How long until a place is free: 0 now, null when only waiting calls hold the places. Milliseconds, rounded up. */
  waitMs(now: number): number | null {
    this.#drop(now);
    const surplus = this.#used() - this.#max + 1;
    if (surplus <= 0) return 0;
    const leaving = this.#times[this.#first + surplus - 1];
    return leaving === undefined ? null : Math.max(1, Math.ceil(leaving + this.#windowMs - now));
  }

  /** Neither a call in the window nor one that waits. */
  isIdle(now: number): boolean {
    this.#drop(now);
    return this.#used() === 0;
  }

  wait(): void {
    this.#waiting++;
  }

  release(): void {
    this.#waiting--;
  }

  commit(now: number): void {
    this.#waiting--;
    this.#times.push(now);
    this.#drop(now);
  }

  #used(): number {
    return this.#times.length - this.#first + this.#waiting;
  }

  #drop(now: number): void {
    // Of more than `max` times only the newest `max` can ever decide anything.
    this.#first = Math.max(this.#first, this.#times.length - this.#max);
    for (;;) {
      const oldest = this.#times[this.#first];
      if (oldest === undefined || now - oldest < this.#windowMs) break;
      this.#first++;
    }
    if (this.#first > 64 && this.#first * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
  }
}
