import type {
  Content,
  FromConsole,
  FromGuard,
  Listed,
  ListedGrant,
} from '../approval/hub/console-message.ts';
import type { Io } from '../io.ts';
import { type Guards, watchGuards } from './guards.ts';
import type { Link } from './link.ts';

/** How long a guard may take to answer; one that takes longer is left out, and said to be. */
const ANSWER_MS = 2_000;

/** One guard as it answered. */
export interface Surveyed {
  readonly link: Link;
  readonly questions: ReadonlyMap<string, Listed>;
  /** By the question's key, of those that are still open. */
  readonly contents: ReadonlyMap<string, Content>;
  readonly grants: readonly ListedGrant[];
  /** It said nothing in time: what is listed of it may not be all. */
  readonly isSilent: boolean;
}

interface Heard {
  readonly link: Link;
  readonly questions: Map<string, Listed>;
  readonly contents: Map<string, Content>;
  grants: readonly ListedGrant[];
  /** Answers to `grants` so far. A guard answers in order, so this also tells that everything before it has come. */
  answers: number;
  isSilent: boolean;
}

/** Asks every guard what waits and what it remembers, without a screen. */
export class Survey {
  readonly #heard = new Map<string, Heard>();
  readonly #waiting = new Set<() => void>();
  #guards: Guards | null = null;

  static async open(io: Io): Promise<Survey> {
    const survey = new Survey();
    survey.#guards = await watchGuards(io, {
      joined: (link) => survey.#meet(link),
      message: (link, message) => survey.#hear(survey.#meet(link), message),
      left: ({ id }) => {
        survey.#heard.delete(id);
        survey.#wake();
      },
    });
    return survey;
  }

  /** Everything that every guard knows now. */
  async look(): Promise<readonly Surveyed[]> {
    await this.#ask(() => []);
    await this.#ask(({ questions }) => [...questions.keys()].map((key) => ({ kind: 'show', key })));
    return [...this.#heard.values()];
  }

  /** Ends a remembered answer in every guard; resolves when they have heard it. */
  async revoke(ids: readonly string[]): Promise<void> {
    await this.#ask(() => ids.map((id) => ({ kind: 'revoke', id })));
  }

  close(): void {
    this.#guards?.close();
  }

  /** Tells every guard something, and waits until it has answered all of it. */
  async #ask(say: (heard: Heard) => readonly FromConsole[]): Promise<void> {
    const asked = [...this.#heard.values()].map((heard) => {
      for (const message of say(heard)) heard.link.send(message);
      heard.link.send({ kind: 'grants' });
      return this.#settle(heard, heard.answers + 1);
    });
    await Promise.all(asked);
  }

  async #settle(heard: Heard, answers: number): Promise<void> {
    const { id } = heard.link;
    const isOver = (): boolean => heard.answers >= answers || this.#heard.get(id) !== heard;
    const timer = setTimeout(() => {
      heard.isSilent = true;
      this.#wake();
    }, ANSWER_MS);
    while (!isOver() && !heard.isSilent) await new Promise<void>((resolve) => this.#waiting.add(resolve));
    clearTimeout(timer);
  }

  #meet(link: Link): Heard {
    const known = this.#heard.get(link.id);
    if (known !== undefined) return known;
    const heard = {
      link,
      questions: new Map<string, Listed>(),
      contents: new Map<string, Content>(),
      grants: [],
      answers: 0,
      isSilent: false,
    };
    this.#heard.set(link.id, heard);
    return heard;
  }

  #hear(heard: Heard, message: FromGuard): void {
    if (message.kind === 'question') heard.questions.set(message.question.key, message.question);
    if (message.kind === 'content') heard.contents.set(message.key, message.content);
    if (message.kind === 'closed') heard.questions.delete(message.key);
    if (message.kind === 'grants') {
      heard.grants = message.grants;
      heard.answers += 1;
    }
    this.#wake();
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
