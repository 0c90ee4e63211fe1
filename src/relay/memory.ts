import type { GrantBinding } from '../approval/grants.ts';
import { isSameSubject } from '../approval/grants.ts';
import type { Approver, History } from '../approval/question.ts';

/** How long a no stands for the same call again. */
export const NO_STANDS_MS = 60_000;
/** Longer arguments are not kept for comparison. */
const MOST_KEPT = 64 << 10;
const MOST_TOOLS = 1_000;
const MOST_REFUSED = 1_000;

/** A no that a person said a moment ago. */
export interface FreshNo {
  readonly binding: GrantBinding;
  readonly until: number;
  readonly message: string | null;
  readonly approver: Approver;
}

const NEW: History = { asked: 0, allowed: 0, refused: 0, lastAllowed: null };

/** What a session remembers of its earlier questions, to show it with the next one. Pure: times come in. */
export class Memory {
  readonly #tools = new Map<string, History>();
  #refused: FreshNo[] = [];

  history(tool: string): History {
    return this.#tools.get(tool) ?? NEW;
  }

  countAsked(tool: string): void {
    const history = this.history(tool);
    this.#set(tool, { ...history, asked: history.asked + 1 });
  }

  keepYes(tool: string, args: Uint8Array | null): void {
    const history = this.history(tool);
    const kept = args === null || args.length > MOST_KEPT ? null : new Uint8Array(args);
    this.#set(tool, { ...history, allowed: history.allowed + 1, lastAllowed: kept });
  }

  keepNo(no: FreshNo): void {
    const { tool } = no.binding;
    const history = this.history(tool);
    this.#set(tool, { ...history, refused: history.refused + 1 });
    this.#refused = [...this.#refused, no].slice(-MOST_REFUSED);
  }

  /** The no that still stands for exactly this call, null where there is none. */
  findNo(call: GrantBinding, now: number): FreshNo | null {
    this.#refused = this.#refused.filter(({ until }) => until > now);
    return (
      this.#refused.find(({ binding }) => binding.digest === call.digest && isSameSubject(binding, call)) ??
      null
    );
  }

  /** The machine slept. */
  shorten(ms: number): void {
    this.#refused = this.#refused.map((no) => ({ ...no, until: no.until - ms }));
  }

  #set(tool: string, history: History): void {
    this.#tools.delete(tool);
    this.#tools.set(tool, history);
    const [oldest] = this.#tools.keys();
    if (this.#tools.size > MOST_TOOLS && oldest !== undefined) this.#tools.delete(oldest);
  }
}
