/** Counts by name, of so many names; whatever comes beyond is counted together. */
export class BoundedCounts<T> {
  readonly #most: number;
  readonly #byName = new Map<string, T>();
  #others: T | null = null;

  constructor(most: number) {
    this.#most = most;
  }

  /** The counts of a name; `create` makes them when they are asked for first. */
  get(name: string, create: (isOthers: boolean) => T): T {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    if (this.#byName.size >= this.#most) return (this.#others ??= create(true));
    const made = create(false);
    this.#byName.set(name, made);
    return made;
  }

  /** Those that have a name, in the order in which they came. */
  get named(): readonly T[] {
    return [...this.#byName.values()];
  }

  /** Those of all names beyond; null where there were none. */
  get others(): T | null {
    return this.#others;
  }
}
