/** How many calls there were at most within a time. */
export interface Peaks {
  readonly minute: number;
  readonly hour: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Calls that are remembered of one session and tool; no limit can be higher. */
const MOST = 100_000;
/** With no more calls in an hour than this, a limit for the hour says more. */
const FEW_AN_HOUR = 20;
const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

/** The most calls of one tool within any minute and any hour of one session. */
export class Rate {
  readonly #sessions = new Map<string, { times: number[]; from: number }>();
  #minute = 0;
  #hour = 0;

  get peaks(): Peaks {
    return { minute: this.#minute, hour: this.#hour };
  }

  /** Calls come oldest first; a clock that was set back counts as standing still. */
  add(session: string, at: number): void {
    const known = this.#sessions.get(session) ?? { times: [], from: 0 };
    // The session that was heard of last stands at the end, so that those long silent are found at the front.
    this.#sessions.delete(session);
    this.#sessions.set(session, known);
    const { times } = known;
    const time = Math.max(at, times.at(-1) ?? at);
    times.push(time);
    while ((times[known.from] ?? time) < time - HOUR_MS || times.length - known.from > MOST) known.from++;
    if (known.from > times.length / 2) known.from -= times.splice(0, known.from).length;
    this.#hour = Math.max(this.#hour, times.length - known.from);
    this.#minute = Math.max(this.#minute, times.length - findFirst(times, time - MINUTE_MS));
    this.#forget(time);
  }

  #forget(now: number): void {
    for (const [session, { times }] of this.#sessions) {
      if ((times.at(-1) ?? now) >= now - HOUR_MS) return;
      this.#sessions.delete(session);
    }
  }
}

/** A limit as a policy writes it. */
export interface SuggestedLimit {
  readonly max: number;
  readonly window: '1m' | '1h';
}

/** The peaks themselves: where a limit has refused calls there is no room to be given. */
export function limitToPeaks({ minute, hour }: Peaks): SuggestedLimit[] {
  return [
    { max: minute, window: '1m' },
    { max: hour, window: '1h' },
  ];
}

/** The limit that leaves room for half as much again; null where none can be so high. */
export function chooseRate({ minute, hour }: Peaks): SuggestedLimit | null {
  const [peak, window] = hour <= FEW_AN_HOUR ? ([hour, '1h'] as const) : ([minute, '1m'] as const);
  const max = roundUp(Math.max(Math.ceil(peak * 1.5), peak + 1));
  return max > MOST ? null : { max, window };
}

/** Up to a figure that a person would choose. */
function roundUp(count: number): number {
  if (count <= 6) return count;
  const power = 10 ** Math.floor(Math.log10(count));
  const step = STEPS.find((one) => one * power >= count && Number.isInteger(one * power));
  return step === undefined ? 10 * power : step * power;
}

/** The first that is not before `from`; they stand in order. */
function findFirst(times: readonly number[], from: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? from) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
