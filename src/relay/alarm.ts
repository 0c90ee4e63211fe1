import type { Io } from '../io.ts';

/** The longest a timer of Node's can run. */
const LONGEST_MS = 2 ** 31 - 1;

/** One timer, set to a moment of the monotonic clock; while nothing is due there is none. */
export class Alarm {
  readonly #io: Pick<Io, 'now'>;
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | null = null;
  #at: number | null = null;

  constructor(io: Pick<Io, 'now'>, ring: () => void) {
    this.#io = io;
    this.#ring = ring;
  }

  /** `at`: monotonic ms, null for never. */
  set(at: number | null): void {
    if (at === this.#at) return;
    this.#at = at;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (at === null) return;
    // A timer may fire a little early; what is not due then is set anew by whoever looks.
    const ms = Math.min(LONGEST_MS, Math.max(0, Math.ceil(at - this.#io.now())));
    this.#timer = setTimeout(() => {
      this.#at = null;
      this.#ring();
    }, ms);
  }
}
