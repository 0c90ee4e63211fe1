import type { Io } from '../io.ts';
import type { Entry } from './entry.ts';

/** A call in the log whose outcome is still to come. */
interface OpenCall {
  /** The number of its line. */
  readonly seq: number;
  readonly tool: string | null;
  /** Monotonic ms. */
  readonly since: number;
}

/** The calls that the server owes an answer to, by the raw token of their id. */
export class OpenCalls {
  readonly #io: Pick<Io, 'now'>;
  readonly #open = new Map<string, OpenCall>();

  constructor(io: Pick<Io, 'now'>) {
    this.#io = io;
  }

  has(id: string): boolean {
    return this.#open.has(id);
  }

  /** What a result's line says of its call; null where the log has no such call. */
  find(
    id: string,
  ): { readonly seq: number; readonly tool: string | null; readonly upstreamMs: number } | null {
    const call = this.#open.get(id);
    if (call === undefined) return null;
    const { seq, tool, since } = call;
    return { seq, tool, upstreamMs: Math.round((this.#io.now() - since) * 1000) / 1000 };
  }

  /** Entries that were written, with the numbers of their lines. */
  note(entries: readonly (readonly [Entry, number])[]): void {
    for (const [entry, seq] of entries) {
      if (entry.event === 'result') this.#open.delete(entry.id);
      if (entry.event !== 'call' || !entry.isAwaited) continue;
      this.#open.set(entry.id, { seq, tool: entry.tool, since: this.#io.now() });
    }
  }
}
