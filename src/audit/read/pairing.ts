import type { LogRecord } from './log-record.ts';
import type { RecordedCall, RecordedResult } from './recorded-call.ts';
import { toCall, toResult, type UnpairedCall } from './to-call.ts';

/** What the log tells in the order in which it happened. */
export type Told =
  | { readonly kind: 'call'; readonly call: RecordedCall; readonly record: LogRecord }
  /** Everything else: a run that began, a pause, a line that was refused. */
  | { readonly kind: 'event'; readonly record: LogRecord };

/** So many wait for the outcome of a call before them; then it is passed on without. */
const MOST_WAITING = 10_000;

interface Waiting {
  readonly told: Told;
  /** Of a call that was forwarded. */
  readonly call: UnpairedCall | null;
  isReady: boolean;
  /** It was passed on without its outcome. */
  isTaken: boolean;
}

/** Puts the outcome of a call beside it. Calls come out in the order in which they went in. */
export class Pairing {
  #queue: Waiting[] = [];
  #head = 0;
  readonly #open = new Map<string, Waiting>();
  readonly #repeats: boolean;

  /** `repeats`: a call that was passed on without its outcome comes once more when that is known. */
  constructor({ repeats }: { readonly repeats: boolean } = { repeats: false }) {
    this.#repeats = repeats;
  }

  add(record: LogRecord): void {
    const result = toResult(record);
    if (result !== null) return this.#close(`${record.session} ${result.call}`, result.result);
    const call = toCall(record);
    if (call === null) {
      this.#queue.push({ told: { kind: 'event', record }, call: null, isReady: true, isTaken: false });
      // Nobody will tell what became of the calls of a run that has ended.
      if (record.event === 'end') this.#endSession(record.session);
      return;
    }
    const isForwarded = call.verdict === 'allow' || call.dryRun;
    const waiting = {
      told: { kind: 'call', call, record } as const,
      call,
      isReady: !isForwarded,
      isTaken: false,
    };
    this.#queue.push(waiting);
    if (isForwarded) this.#open.set(`${call.session} ${call.seq}`, waiting);
  }

  /** Everything that is ready and stands behind nothing that is not; `before`: also calls that began before then (ms). */
  *take(before: number = Number.NEGATIVE_INFINITY): Generator<Told> {
    for (let next = this.#queue[this.#head]; next !== undefined; next = this.#queue[this.#head]) {
      const isLate = next.told.record.time < before || this.#queue.length - this.#head > MOST_WAITING;
      if (!next.isReady && !isLate) break;
      this.#head++;
      if (this.#repeats) next.isTaken = true;
      else this.#open.delete(nameOf(next.told));
      yield next.told;
    }
    if (this.#head < 1_024 && this.#head < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }

  /** What is left, outcomes known or not. */
  *flush(): Generator<Told> {
    yield* this.take(Number.POSITIVE_INFINITY);
  }

  #close(key: string, result: RecordedResult): void {
    const waiting = this.#open.get(key);
    if (waiting === undefined) return;
    this.#open.delete(key);
    if (waiting.call !== null) waiting.call.result = result;
    waiting.isReady = true;
    if (waiting.isTaken) this.#queue.push(waiting);
  }

  #endSession(session: string): void {
    for (const [key, waiting] of this.#open) {
      if (!key.startsWith(`${session} `)) continue;
      waiting.isReady = true;
      this.#open.delete(key);
    }
  }
}

function nameOf({ record }: Told): string {
  return `${record.session} ${record.seq}`;
}
