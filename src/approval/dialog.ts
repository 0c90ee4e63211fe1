import { setTimeout as wait } from 'node:timers/promises';
import type { Io } from '../io.ts';
import { answerEnding, type Ending } from './ending.ts';
import { type Hold, holdTerminal } from './hold.ts';
import { awaitKey, readKeypress } from './keypress.ts';
import type { Answer, Question, YesScope } from './question.ts';
import type { Closing } from './render-closing.ts';
import { Sheet } from './sheet.ts';
import { CLOSED, Unusable } from './unusable.ts';

/** How often keys are looked for; where that needs another process each time, less often. */
const LOOK_MS = 40;
const LOOK_BY_PS_MS = 200;
/** A window that is being dragged changes its size many times. */
const RESIZE_SETTLES_MS = 200;
const APPROVER = 'terminal' as const;
const YES = new Map<string, YesScope>([
  ['y', 'once'],
  ['s', 'tool'],
  ['e', 'call'],
]);

export interface DialogParts {
  readonly question: Question;
  readonly ending: Ending;
  /** How many questions wait behind this one. */
  readonly waiting: () => number;
}

/** One question on the terminal, from taking the terminal to giving it back. */
export class Dialog {
  readonly #io: Io;
  readonly #parts: DialogParts;
  #hold: Hold | null = null;
  #resizedAt: number | null = null;
  #isResumed = false;

  constructor(io: Io, parts: DialogParts) {
    this.#io = io;
    this.#parts = parts;
  }

  /** Asks. Rejects when the terminal cannot be had, or the question ends before it is. */
  async ask(): Promise<Answer> {
    const { question, ending, waiting } = this.#parts;
    const hold = await holdTerminal(this.#io, ending.signal);
    this.#hold = hold;
    const over = new AbortController();
    this.#listen(hold, over.signal);
    try {
      const sheet = new Sheet({ tty: hold.tty, env: this.#io.env, question, ending, waiting });
      const closing = await this.#converse(hold, sheet).catch((error: unknown) => this.#explain(error));
      await this.#close(hold, sheet, closing);
      return closing.kind === 'withdrawn' ? answerEnding(closing) : closing;
    } finally {
      over.abort();
      await hold.release();
    }
  }

  /** Gives the terminal its settings back at once, whatever is going on. */
  restore(): void {
    this.#hold?.restore();
  }

  #listen(hold: Hold, until: AbortSignal): void {
    this.#io.onSignal(['SIGWINCH'], () => (this.#resizedAt = this.#io.now()), until);
    this.#io.onSignal(['SIGCONT'], () => (this.#isResumed = true), until);
    // Ctrl+Z stops the whole group; the shell shall find the terminal as it was.
    const stop = (): void => {
      hold.restore();
      this.#io.kill(this.#io.pid, 'SIGSTOP');
    };
    this.#io.onSignal(['SIGTSTP'], stop, until);
  }

  /** Until a key counts. Throws when the question ends, or the terminal is no longer the guard's. */
  async #converse(hold: Hold, sheet: Sheet): Promise<Closing> {
    const lookMs = this.#io.platform === 'linux' ? LOOK_MS : LOOK_BY_PS_MS;
    let keypress = await this.#present(hold, sheet);
    for (;;) {
      await wait(lookMs, undefined, {
        signal: this.#parts.ending.signal,
      });
      if (this.#isResumed) {
        this.#isResumed = false;
        await hold.take();
        sheet.leave();
        keypress = await this.#present(hold, sheet);
      }
      // Reading or writing from the background could stop the whole process.
      await hold.requireForeground();
      const bytes = hold.tty.read();
      if (bytes === null) throw new Unusable(CLOSED);
      const [next, key] = readKeypress(keypress, bytes, this.#io.now());
      keypress = next;
      const closing = key === null ? null : await this.#press(key, hold, sheet);
      if (closing !== null) return closing;
      await this.#refresh(sheet);
    }
  }

  async #present(hold: Hold, sheet: Sheet): Promise<ReturnType<typeof awaitKey>> {
    // What was typed before the question stood there was typed for something else.
    while ((hold.tty.read()?.length ?? 0) > 0);
    await sheet.draw();
    return awaitKey(this.#io.now());
  }

  async #press(key: string, hold: Hold, sheet: Sheet): Promise<Closing | null> {
    const scope = YES.get(key);
    if (scope === undefined && key !== 'n' && key !== 'v') return null;
    await hold.requireOurs();
    // The terminal was looked at for a moment: a question that ended meanwhile is not answered any more.
    const { reason } = this.#parts.ending;
    if (reason !== null) return reason;
    if (scope !== undefined) return { kind: 'yes', scope, lasts: { kind: 'session' }, approver: APPROVER };
    if (key === 'n') return { kind: 'no', message: null, approver: APPROVER };
    await sheet.turnPage();
    return null;
  }

  async #refresh(sheet: Sheet): Promise<void> {
    if (this.#resizedAt === null) return sheet.tick();
    if (this.#io.now() - this.#resizedAt < RESIZE_SETTLES_MS) return;
    this.#resizedAt = null;
    await sheet.draw();
  }

  #explain(error: unknown): Closing {
    const { reason } = this.#parts.ending;
    if (reason !== null) return reason;
    return { kind: 'unavailable', why: error instanceof Error ? error.message : String(error) };
  }

  async #close(hold: Hold, sheet: Sheet, closing: Closing): Promise<void> {
    try {
      await hold.requireForeground();
      await sheet.close(closing);
    } catch {
      // The terminal is gone, or somebody else's now: there is nothing of ours to take away.
    }
  }
}
