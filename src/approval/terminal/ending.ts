import type { Io } from '../../io.ts';
import type { Answer } from '../question.ts';

/** Why a question is over before a person answered it. */
export type Reason = { readonly kind: 'timeout' } | { readonly kind: 'withdrawn'; readonly why: string };

export interface EndingParts {
  readonly timeoutMs: number;
  readonly io: Pick<Io, 'now'>;
  readonly withdrawn: AbortSignal;
  /** The approver itself is closed. */
  readonly closed: AbortSignal;
}

/** When a question is over, whatever the person does. Its time runs from the start: the client's does too. */
export class Ending {
  readonly #deadline: number;
  readonly #io: Pick<Io, 'now'>;
  readonly #controller = new AbortController();
  readonly #release = new AbortController();
  #reason: Reason | null = null;

  constructor({ timeoutMs, io, withdrawn, closed }: EndingParts) {
    this.#io = io;
    this.#deadline = io.now() + timeoutMs;
    const timer = setTimeout(() => this.#end({ kind: 'timeout' }), timeoutMs);
    this.#release.signal.addEventListener('abort', () => clearTimeout(timer));
    this.#watch(withdrawn);
    this.#watch(closed);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Null while the question stands. A timer may be late after the machine slept, so the clock is asked too. */
  get reason(): Reason | null {
    return this.#reason ?? (this.leftMs > 0 ? null : { kind: 'timeout' });
  }

  get leftMs(): number {
    return this.#deadline - this.#io.now();
  }

  /** The question was answered: nothing is watched any more. */
  release(): void {
    this.#release.abort();
  }

  #watch(signal: AbortSignal): void {
    const end = (): void => this.#end({ kind: 'withdrawn', why: explain(signal.reason) });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true, signal: this.#release.signal });
  }

  #end(reason: Reason): void {
    this.#reason ??= reason;
    this.#controller.abort();
  }
}

/** The answer of a question that ended unanswered. A withdrawn one counts for nothing any more. */
export function answerEnding(reason: Reason): Answer {
  return reason.kind === 'timeout' ? reason : { kind: 'unavailable', why: reason.why };
}

function explain(reason: unknown): string {
  return typeof reason === 'string' ? reason : 'the guard is ending';
}
