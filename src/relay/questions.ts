import type { Answer, Asker, Question } from '../approval/question.ts';

/** The questions that stand open, and the one who asks them; that one is made when the first question comes. */
export class Questions {
  readonly #openApprover: () => Promise<Asker>;
  readonly #answer: (key: string, answer: Answer) => void;
  readonly #open = new Map<string, AbortController>();
  #approver: Promise<Asker> | null = null;

  /** `answer` is called once for each question that was not withdrawn before. */
  constructor(openApprover: () => Promise<Asker>, answer: (key: string, answer: Answer) => void) {
    this.#openApprover = openApprover;
    this.#answer = answer;
  }

  get areOpen(): boolean {
    return this.#open.size > 0;
  }

  ask(question: Question): void {
    const withdrawn = new AbortController();
    this.#open.set(question.key, withdrawn);
    this.#approver ??= this.#openApprover();
    void this.#approver
      .then((approver) => approver.ask(question, withdrawn.signal))
      .catch((error: unknown): Answer => ({ kind: 'unavailable', why: `asking failed: ${String(error)}` }))
      .then((answer) => {
        if (this.#open.delete(question.key)) this.#answer(question.key, answer);
      });
  }

  withdraw(key: string, why: string): void {
    this.#open.get(key)?.abort(why);
    this.#open.delete(key);
  }

  /** Withdraws all and gives the terminal back. */
  async close(): Promise<void> {
    for (const key of this.#open.keys()) this.withdraw(key, 'the session has ended');
    const approver = await this.#approver?.catch(() => null);
    await approver?.close();
  }
}
