import { setTimeout as wait } from 'node:timers/promises';
import type { Io } from '../../io.ts';
import { answerEnding, type Ending } from './ending.ts';
import { type Hold, holdTerminal } from './hold.ts';
import { awaitKey, type Keypress, readKeypress } from '../card/keypress.ts';
import { type Menu, pressMenu } from '../card/menu.ts';
import type { Answer, Question } from '../question.ts';
import type { Proposal } from '../../policy/always/proposal.ts';
import type { Closing } from '../card/render-closing.ts';
import { Sheet } from './sheet.ts';
import { CLOSED, Unusable } from './unusable.ts';

/** How often keys are looked for; where that needs another process each time, less often. */
const LOOK_MS = 40;
const LOOK_BY_PS_MS = 200;
/** A window that is being dragged changes its size many times. */
const RESIZE_SETTLES_MS = 200;
const APPROVER = 'terminal';

export interface DialogParts {
  readonly question: Question;
  readonly ending: Ending;
  /** How many questions wait behind this one. */
  readonly waiting: () => number;
  /** How many of them, this one included, are for the same call. */
  readonly alike: () => number;
  /** The rule that "always" would write. */
  readonly propose: (key: string) => Promise<Proposal>;
}

/** One question on the terminal, from taking the terminal to giving it back. */
export class Dialog {
  readonly #io: Io;
  readonly #parts: DialogParts;
  #hold: Hold | null = null;
  #resizedAt: number | null = null;
  #isResumed = false;
  #keypress: Keypress = awaitKey(0);
  #proposal: Proposal | null = null;
  readonly #text = new TextDecoder();

  constructor(io: Io, parts: DialogParts) {
    this.#io = io;
    this.#parts = parts;
  }

  /** Asks. Rejects when the terminal cannot be had, or the question ends before it is. */
  async ask(): Promise<Answer> {
    const { question, ending, waiting, alike } = this.#parts;
    const hold = await holdTerminal(this.#io, ending.signal);
    this.#hold = hold;
    const over = new AbortController();
    this.#listen(hold, over.signal);
    try {
      const sheet = new Sheet({ tty: hold.tty, env: this.#io.env, question, ending, waiting, alike });
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
    await this.#present(hold, sheet);
    for (;;) {
      await wait(lookMs, undefined, {
        signal: this.#parts.ending.signal,
      });
      if (this.#isResumed) {
        this.#isResumed = false;
        await hold.take();
        sheet.leave();
        await this.#present(hold, sheet);
      }
      // Reading or writing from the background could stop the whole process.
      await hold.requireForeground();
      const bytes = hold.tty.read();
      if (bytes === null) throw new Unusable(CLOSED);
      const key = this.#readKey(bytes, sheet.menu);
      const closing = key === null ? null : await this.#press(key, hold, sheet);
      if (closing !== null) return closing;
      await this.#showProposal(sheet);
      await this.#refresh(sheet);
    }
  }

  async #present(hold: Hold, sheet: Sheet): Promise<void> {
    // What was typed before the question stood there was typed for something else.
    while ((hold.tty.read()?.length ?? 0) > 0);
    await sheet.draw();
    this.#keypress = awaitKey(this.#io.now());
  }

  /** Words of a no may be typed fast, and pasted; whatever decides something is a key that was pressed alone. */
  #readKey(bytes: Uint8Array, menu: Menu): string | null {
    if (menu.kind === 'message') {
      return bytes.length === 0 ? null : this.#text.decode(bytes, { stream: true });
    }
    const [next, key] = readKeypress(this.#keypress, bytes, this.#io.now());
    this.#keypress = next;
    return key;
  }

  async #press(key: string, hold: Hold, sheet: Sheet): Promise<Closing | null> {
    const { question, ending, propose } = this.#parts;
    const before = sheet.menu;
    const { allowsAlways } = question;
    const { menu, does } = pressMenu(before, key, { allowsAlways, isLocked: sheet.isLocked });
    if (does === null && menu === before) return null;
    await hold.requireOurs();
    // The terminal was looked at for a moment: a question that ended meanwhile is not answered any more.
    if (ending.reason !== null) return ending.reason;
    if (does?.kind === 'choose') return { ...does.choice, approver: APPROVER };
    if (does?.kind === 'view') await sheet.turnPage();
    if (does?.kind === 'propose') {
      void propose(question.key)
        .catch((error: unknown): Proposal => ({ kind: 'impossible', why: describeError(error) }))
        .then((proposal) => (this.#proposal = proposal));
    }
    if (menu !== before) await this.#turnMenu(menu, sheet);
    return null;
  }

  /** Another menu is another question: what was pressed for the one before does not count for it. */
  async #turnMenu(menu: Menu, sheet: Sheet): Promise<void> {
    await sheet.turnMenu(menu);
    this.#keypress = awaitKey(this.#io.now());
  }

  async #showProposal(sheet: Sheet): Promise<void> {
    const proposal = this.#proposal;
    this.#proposal = null;
    const isAwaited = sheet.menu.kind === 'always' && sheet.menu.proposal === null;
    if (proposal !== null && isAwaited) await this.#turnMenu({ kind: 'always', proposal }, sheet);
  }

  async #refresh(sheet: Sheet): Promise<void> {
    if (this.#resizedAt === null) return sheet.tick();
    if (this.#io.now() - this.#resizedAt < RESIZE_SETTLES_MS) return;
    this.#resizedAt = null;
    // On a smaller screen the keys may mean something else.
    await sheet.draw();
    this.#keypress = awaitKey(this.#io.now());
  }

  #explain(error: unknown): Closing {
    const { reason } = this.#parts.ending;
    if (reason !== null) return reason;
    return { kind: 'unavailable', why: describeError(error) };
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

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
