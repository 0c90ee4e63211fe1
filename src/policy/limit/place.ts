import type { AppliedLimit } from '../policy.ts';
import type { MachinePlace } from './machine.ts';
import type { Window } from './window.ts';

/** A place in every window of one call. Ended once, by `commit` or `release`; whatever comes after does nothing. */
export interface Place {
  readonly kind: 'reserved';
  /** A full limit that says `on_exceed: require_approval`: a person must say yes, and goes over it. Null: none is. */
  readonly overLimit: AppliedLimit | null;
  /**
   * The call is forwarded at this moment. Where that cannot be counted for all guards, the clause that says why: the
   * call must not run, and its places are given back.
   */
  commit(now: number): string | null;
  /** The call will not run. */
  release(): void;
}

export interface Share {
  readonly window: Window;
  readonly amount: bigint;
}

/** The place that all of these make up. */
export function createPlace(
  shares: readonly Share[],
  shared: readonly MachinePlace[],
  overLimit: AppliedLimit | null,
): Place {
  let ended = false;
  const release = (places: readonly MachinePlace[]) => {
    for (const place of places) place.release();
    for (const { window, amount } of shares) window.release(amount);
  };
  return {
    kind: 'reserved',
    overLimit,
    commit(now) {
      if (ended) return null;
      ended = true;
      for (const [index, place] of shared.entries()) {
        const why = place.commit(now);
        if (why === null) continue;
        // Those before it stay counted, though the call does not run: never the other way round.
        release(shared.slice(index + 1));
        return why;
      }
      for (const { window, amount } of shares) window.commit(amount, now);
      return null;
    },
    release() {
      if (ended) return;
      ended = true;
      release(shared);
    },
  };
}
