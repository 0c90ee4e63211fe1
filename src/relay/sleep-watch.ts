import type { Io } from '../io.ts';

/** Less than this is no sleep: clocks are set by small steps all the time. */
const LEAST_MS = 5_000;

/**
 * Notices that the machine slept: the clock on the wall went on, the monotonic one stood. Setting the clock forward
 * looks the same, and only makes questions end early.
 */
export class SleepWatch {
  readonly #io: Pick<Io, 'now' | 'date'>;
  #ahead: number;

  constructor(io: Pick<Io, 'now' | 'date'>) {
    this.#io = io;
    this.#ahead = io.date().getTime() - io.now();
  }

  /** Ms that passed unnoticed since the last look. */
  look(now: number): number {
    const ahead = this.#io.date().getTime() - now;
    const ms = ahead - this.#ahead;
    if (Math.abs(ms) >= LEAST_MS) this.#ahead = ahead;
    return ms >= LEAST_MS ? ms : 0;
  }
}
