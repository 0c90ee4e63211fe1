import type { Io } from '../io.ts';

const LOOK_MS = 1_000;

/** Whoever does not read its input cannot see its end: while the client is held, looks whether it still lives. */
export class ParentWatch {
  readonly #io: Pick<Io, 'parentPid'>;
  readonly #onGone: () => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(io: Pick<Io, 'parentPid'>, onGone: () => void) {
    this.#io = io;
    this.#onGone = onGone;
  }

  /** Begins to look, or stops. */
  watch(on: boolean): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (!on) return;
    const parent = this.#io.parentPid();
    this.#timer = setInterval(() => {
      if (this.#io.parentPid() !== parent) this.#onGone();
    }, LOOK_MS);
  }
}
