import type { Limit } from '../policy.ts';
import { fold } from '../rule-index.ts';
import { Window } from './window.ts';

/** A `per: tool` limit under names of the agent's own making must not fill the memory. */
const MOST_WINDOWS = 10_000;

/** A place in every window of one call. Ended once, by `commit` or `release`; whatever comes after does nothing. */
export interface Place {
  readonly kind: 'reserved';
  /** A full limit that says `on_exceed: require_approval`: a person must say yes, and goes over it. Null: none is. */
  readonly overLimit: Limit | null;
  /** The call is forwarded at this moment. */
  commit(now: number): void;
  /** The call will not run. */
  release(): void;
}

export interface Exceeded {
  readonly kind: 'exceeded';
  readonly limit: Limit;
  /** Null when only calls that wait for an answer fill it. */
  readonly retryAfterMs: number | null;
}

export interface LimitState {
  readonly rule: string;
  readonly max: number;
  /** Seconds. */
  readonly window: number;
  readonly left: number;
  /** What a call beyond it meets. */
  readonly onExceed: Limit['onExceed'];
}

/** The windows of all limits of one run. Pure: times come in, in milliseconds that never go back. */
export class Windows {
  readonly #windows = new Map<string, Window>();

  /** Takes a place in all of the limits' windows, or in none. */
  reserve(limits: readonly Limit[], tool: string, now: number): Place | Exceeded {
    const full = limits.flatMap((limit) => {
      const retryAfterMs = this.#waitMs(limit, tool, now);
      return retryAfterMs === 0 ? [] : [{ limit, retryAfterMs }];
    });
    const refusing = full.filter(({ limit }) => limit.onExceed === 'deny');
    const [longest] = refusing.sort((a, b) => (b.retryAfterMs ?? 0) - (a.retryAfterMs ?? 0));
    if (longest !== undefined) return { kind: 'exceeded', ...longest };
    return createPlace(
      limits.map((limit) => this.#open(limit, tool)),
      full[0]?.limit ?? null,
    );
  }

  /** How much of each limit is left for a call of this tool. */
  state(limits: readonly Limit[], tool: string, now: number): LimitState[] {
    return limits.map((limit) => ({
      rule: limit.rule,
      max: limit.max,
      window: limit.windowMs / 1000,
      left: this.#find(limit, tool)?.left(now) ?? limit.max,
      onExceed: limit.onExceed,
    }));
  }

  #waitMs(limit: Limit, tool: string, now: number): number | null {
    const window = this.#find(limit, tool);
    if (window !== undefined) return window.waitMs(now);
    return this.#makeRoom(now) ? 0 : null;
  }

  #find(limit: Limit, tool: string): Window | undefined {
    return this.#windows.get(nameWindow(limit, tool));
  }

  #open(limit: Limit, tool: string): Window {
    const window = this.#find(limit, tool) ?? new Window(limit.max, limit.windowMs);
    this.#windows.set(nameWindow(limit, tool), window);
    window.wait();
    return window;
  }

  /** Whether one more window may be kept. */
  #makeRoom(now: number): boolean {
    if (this.#windows.size < MOST_WINDOWS) return true;
    for (const [name, window] of this.#windows) if (window.isIdle(now)) this.#windows.delete(name);
    return this.#windows.size < MOST_WINDOWS;
  }
}

/** Split by the folded name: another spelling of a tool must not bring a fresh window. */
function nameWindow(limit: Limit, tool: string): string {
  return limit.per === 'tool' ? `${limit.rule}\n${fold(tool)}` : limit.rule;
}

function createPlace(windows: readonly Window[], overLimit: Limit | null): Place {
  let ended = false;
  const end = (settle: (window: Window) => void) => {
    if (ended) return;
    ended = true;
    windows.forEach(settle);
  };
  return {
    kind: 'reserved',
    overLimit,
    commit: (now) => end((window) => window.commit(now)),
    release: () => end((window) => window.release()),
  };
}
