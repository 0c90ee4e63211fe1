import type { Content, FromConsole, Listed } from './console-message.ts';
import { digestShown } from '../digest-shown.ts';
import { listQuestion, type Posted, readContent, type Timing } from './posted.ts';
import type { Question } from '../question.ts';

const MOST_CLOSED = 100;

type Answering = Pick<Extract<FromConsole, { kind: 'answer' }>, 'key' | 'digest' | 'choice'>;

/** The questions that stand in consoles, and how the last ones ended. Pure: times come in, in monotonic ms. */
export class Postings {
  readonly #open = new Map<string, Posted>();
  /** Answered, but not closed yet. */
  readonly #taken = new Set<string>();
  readonly #closed = new Map<string, string>();

  /** Puts a question up, new or changed. */
  put(question: Question, timing: Timing, now: number): Listed {
    const posted = { question, timing };
    this.#open.set(question.key, posted);
    this.#taken.delete(question.key);
    return listQuestion(posted, now);
  }

  /** Takes it down; false where it did not stand. */
  close(key: string, how: string): boolean {
    this.#taken.delete(key);
    if (!this.#open.delete(key)) return false;
    this.#closed.set(key, how);
    const [oldest] = this.#closed.keys();
    if (this.#closed.size > MOST_CLOSED && oldest !== undefined) this.#closed.delete(oldest);
    return true;
  }

  list(now: number): Listed[] {
    return [...this.#open.values()].map((posted) => listQuestion(posted, now));
  }

  /** What is in the call; null where the question is over. */
  show(key: string): Content | null {
    const posted = this.#open.get(key);
    return posted === undefined ? null : readContent(posted.question);
  }

  /** Takes an answer: null where it counts, which one alone does, else why it does not. */
  take({ key, digest, choice }: Answering, now: number): string | null {
    const posted = this.#open.get(key);
    if (posted === undefined || this.#taken.has(key)) return this.explainEnd(key);
    const shown = digestShown(listQuestion(posted, now), readContent(posted.question));
    if (digest !== shown) return 'another call was shown than the one that waits';
    if (choice.kind === 'yes' && choice.lasts.kind === 'always' && !posted.question.allowsAlways) {
      return 'no rule can be written for this question';
    }
    this.#taken.add(key);
    return null;
  }

  /** Why a question cannot be answered any more. */
  explainEnd(key: string): string {
    const how = this.#closed.get(key);
    return how === undefined ? 'the question is over' : `over already: ${how}`;
  }
}
