/**
 * What one test may spend. Looking for a pattern in 16 MiB of text, or in each of a million strings, would hold up all
 * other calls; what cannot be afforded is unknown.
 */
export class Purse {
  readonly #call: object;
  #left = MOST_OF_TEST;

  /** `call` is the same object for all tests of one call, which share what a call may spend. */
  constructor(call: object) {
    this.#call = call;
  }

  /** Takes the cost of some work, before it is done; false where it is more than is left. */
  spend(cost: number): boolean {
    const all = (spentByCall.get(this.#call) ?? 0) + cost;
    if (cost > this.#left || all > MOST_OF_CALL) return false;
    this.#left -= cost;
    spentByCall.set(this.#call, all);
    return true;
  }
}

const spentByCall = new WeakMap<object, number>();

/** In steps of the regex engine, of which the slowest take 0.13 µs: about 0.3 s at worst, and mostly a hundredth. */
const MOST_OF_TEST = 2_500_000;
/** A policy of twenty patterns reads 64 KiB of text with this; a hostile one is stopped after some seconds. */
const MOST_OF_CALL = 20 * MOST_OF_TEST;
/** A question to the file system takes this many steps. */
export const LOOKUP = 2_500;
/** Reading a URL. */
export const URL_READ = 100;
