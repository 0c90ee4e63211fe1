const AFTER_INPUT_MS = 10_000;
const AFTER_SIGNAL_MS = 500;

/**
 * How long the last of the output may take. A client that stays reads at its own pace; one that said goodbye gets a limited
 * time once the server has ended as well.
 */
export class FlushLimit {
  readonly #isBySignal: () => boolean;
  readonly #late = new AbortController();
  readonly #ended = new Set<'client' | 'server'>();
  #timer: NodeJS.Timeout | null = null;

  /** `isBySignal`: whether the client said goodbye with a signal, and not by closing its input. */
  constructor(isBySignal: () => boolean) {
    this.#isBySignal = isBySignal;
  }

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    return this.#late.signal;
  }

  end(side: 'client' | 'server'): void {
    this.#ended.add(side);
    if (this.#ended.size < 2) return;
    this.#timer ??= setTimeout(
      () => this.#late.abort(),
      this.#isBySignal() ? AFTER_SIGNAL_MS : AFTER_INPUT_MS,
    );
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
