import type { Io } from '../../io.ts';
import { Dialog } from './dialog.ts';
import { answerEnding, Ending } from './ending.ts';
import type { Answer, Asker, Question } from '../question.ts';
import type { Proposal } from '../../policy/always/proposal.ts';
import { Unusable } from './unusable.ts';

/** Asks in the guard's own terminal, where it has one that nobody else is using. */
export function createTerminalApprover(io: Io, rules: Rules): Asker {
  return new TerminalApprover(io, rules);
}

export interface Rules {
  /** The rule that "always" would write for this question. */
  readonly propose: (key: string) => Promise<Proposal>;
}

class TerminalApprover implements Asker {
  readonly #io: Io;
  readonly #closed = new AbortController();
  /** Settled when every question so far is over: one is on the screen at a time, in the order in which they came. */
  #earlier: Promise<unknown> = Promise.resolve();
  readonly #rules: Rules;
  /** Questions that are not over yet. */
  readonly #open = new Set<Question>();
  #dialog: Dialog | null = null;

  constructor(io: Io, rules: Rules) {
    this.#io = io;
    this.#rules = rules;
  }

  ask(question: Question, withdrawn: AbortSignal): Promise<Answer> {
    this.#open.add(question);
    const answer = this.#askInTurn(question, withdrawn, this.#earlier).finally(() =>
      this.#open.delete(question),
    );
    this.#earlier = Promise.allSettled([this.#earlier, answer]);
    return answer;
  }

  async close(): Promise<void> {
    // What comes first needs no later tick: the terminal is given back even where the process is about to end.
    this.#dialog?.restore();
    this.#closed.abort();
    await this.#earlier;
  }

  async #askInTurn(question: Question, withdrawn: AbortSignal, earlier: Promise<unknown>): Promise<Answer> {
    const { timeoutMs } = question;
    const ending = new Ending({ timeoutMs, io: this.#io, withdrawn, closed: this.#closed.signal });
    try {
      await Promise.race([earlier, aborted(ending.signal)]);
      if (ending.reason !== null) return answerEnding(ending.reason);
      this.#dialog = new Dialog(this.#io, {
        question,
        ending,
        waiting: () => this.#open.size - 1,
        alike: () => [...this.#open].filter(({ group }) => group === question.group).length,
        propose: this.#rules.propose,
      });
      return await this.#dialog.ask();
    } catch (error) {
      if (ending.reason !== null) return answerEnding(ending.reason);
      if (error instanceof Unusable) return { kind: 'unavailable', why: error.message };
      return {
        kind: 'unavailable',
        why: `asking failed: ${error instanceof Error ? error.message : String(error)}`,
      };
    } finally {
      ending.release();
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
