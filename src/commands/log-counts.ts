import { wasAsked } from '../audit/read/selection.ts';
import type { Told } from '../audit/read/pairing.ts';
import { count } from '../console/words.ts';

/** What the rows of a table come to, in one line. */
export class LogCounts {
  calls = 0;
  #rows = 0;
  #ran = 0;
  #refused = 0;
  #asked = 0;
  #yes = 0;
  #failed = 0;

  get isEmpty(): boolean {
    return this.#rows === 0;
  }

  add(told: Told): void {
    this.#rows++;
    if (told.kind !== 'call') return;
    const { call } = told;
    const hasRun = call.verdict === 'allow' || call.dryRun;
    this.calls++;
    if (hasRun) this.#ran++;
    else this.#refused++;
    if (wasAsked(call)) this.#asked++;
    if (wasAsked(call) && call.verdict === 'allow') this.#yes++;
    if (call.result !== null && ['error', 'tool_error', 'lost', 'unreadable'].includes(call.result.outcome))
      this.#failed++;
  }

  /** `118 calls: 97 ran, 21 refused; 9 asked, 7 yes; 3 failed`. */
  render(): string {
    const parts = [
      `${count(this.calls, 'call')}: ${this.#ran} ran, ${this.#refused} refused`,
      ...(this.#asked === 0 ? [] : [`${this.#asked} asked, ${this.#yes} yes`]),
      ...(this.#failed === 0 ? [] : [`${this.#failed} failed`]),
    ];
    return parts.join('; ');
  }
}
