/** Between two bounds lies a twentieth: so far a quantile may be off, and no further. */
const STEP = Math.log(1.05);

/** Durations of any number in little memory, for their quantiles. */
export class Histogram {
  /** By the power of 1.05 that they reach. */
  readonly #counts = new Map<number, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(ms: number): void {
    const bucket = ms <= 0.001 ? Math.round(Math.log(0.001) / STEP) : Math.round(Math.log(ms) / STEP);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#total++;
  }

  /** What `part` (0 to 1) of them does not exceed, in ms; null where there are none. */
  findQuantile(part: number): number | null {
    let left = Math.max(1, Math.ceil(this.#total * part));
    for (const [bucket, count] of [...this.#counts].toSorted(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return Math.exp(bucket * STEP);
    }
    return null;
  }
}
