import type { LogRecord } from './log-record.ts';
import { isSelectedCall, isSelectedEvent, type Selection } from './selection.ts';
import { toCall, toResult } from './to-call.ts';

/** Tells line by line what is wanted: calls, and the outcomes of those. */
export class StoredCalls {
  readonly #selection: Selection;
  /** Calls whose outcome has not come, as `session seq`. */
  readonly #open = new Set<string>();

  constructor(selection: Selection) {
    this.#selection = selection;
  }

  isWanted(record: LogRecord): boolean {
    const result = toResult(record);
    if (result !== null) return this.#open.delete(`${record.session} ${result.call}`);
    const call = toCall(record);
    if (call === null) return isSelectedEvent(record, this.#selection);
    if (!isSelectedCall(call, this.#selection)) return false;
    if (call.verdict === 'allow' || call.dryRun) this.#open.add(`${call.session} ${call.seq}`);
    return true;
  }
}
