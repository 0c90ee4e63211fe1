import type { Io } from '../../io.ts';
import type { Ending } from './ending.ts';
import type { Menu } from '../card/menu.ts';
import { showsAll } from '../card/shows-all.ts';
import { isGrave } from '../grave.ts';
import type { Question } from '../question.ts';
import { renderClosing, type Closing } from '../card/render-closing.ts';
import { renderMenu, renderNewWords } from '../card/render-menu.ts';
import {
  type Drawing,
  LEAST_COLUMNS,
  renderQuestion,
  renderStatus,
  type View,
} from '../card/render-question.ts';
import type { Screen } from '../card/row.ts';
import { describeScreen, drawLines, isDumb, replaceLines } from '../card/screen.ts';
import { readSize } from './stty.ts';
import type { Tty } from './tty.ts';
import { Unusable } from './unusable.ts';

/** The time left is told in steps of five seconds, and near the end in single ones. */
const CALM_ABOVE_S = 15;
const CALM_STEP_S = 5;
/** How long the last words may take on a terminal that takes none. */
const CLOSING_MS = 300;

export interface SheetParts {
  readonly tty: Tty;
  readonly env: Io['env'];
  readonly question: Question;
  readonly ending: Ending;
  /** How many questions wait behind this one. */
  readonly waiting: () => number;
  /** How many of them, this one included, are for the same call. */
  readonly alike: () => number;
}

const KEYS: Menu = { kind: 'keys' };
const NO_ROOM: Menu = {
  kind: 'always',
  proposal: { kind: 'impossible', why: 'it does not fit on this screen' },
};

/** The question as it stands on the terminal. */
export class Sheet {
  readonly #parts: SheetParts;
  #menu: Menu = KEYS;
  #page = 0;
  #nextPage = 0;
  #screen: Screen | null = null;
  /** Pages that were shown in turn, on a screen of this size. */
  #turned = 0;
  #size = '';
  #isSeen = false;
  #status = '';
  #alike = 1;
  /** Lines that stand on the screen, the cursor behind the last. */
  #standing = 0;

  constructor(parts: SheetParts) {
    this.#parts = parts;
  }

  /** Draws the question in place of what stands of it. Throws where it cannot be shown whole. */
  async draw(): Promise<void> {
    const screen = describeScreen(this.#parts.env, await readSize(this.#parts.tty.fd));
    this.#screen = screen;
    let drawing = this.#render(screen);
    const wasLocked = this.isLocked;
    this.#note(screen, drawing);
    if (wasLocked && !this.isLocked) drawing = this.#render(screen);
    const view = this.#look();
    const count = this.#standing;
    await this.#write(count === 0 ? drawLines(drawing.lines) : this.#replace(count, drawing.lines));
    this.#standing = drawing.lines.length;
    this.#nextPage = drawing.nextPage;
    this.#alike = view.alike;
    this.#status = renderStatus(screen, view).join('\n');
  }

  /** Draws what `v` leads to. */
  async turnPage(): Promise<void> {
    this.#page = this.#nextPage;
    await this.draw();
  }

  /** Whether a yes has to wait until more of the question was shown. */
  get isLocked(): boolean {
    return this.#lock === 'locked';
  }

  get #lock(): View['lock'] {
    if (!isGrave(this.#parts.question)) return 'none';
    return this.#isSeen ? 'open' : 'locked';
  }

  /** What the keys mean now: always what stands on the screen. */
  get menu(): Menu {
    return this.#menu;
  }

  /** Draws what the keys are to mean. */
  async turnMenu(menu: Menu): Promise<void> {
    const before = this.#menu;
    this.#menu = menu;
    if (this.#screen === null || !isDumb(this.#parts.env)) return this.draw();
    // What was printed stays, so only what is new comes below it.
    await this.#write(renderNewWords(before, menu, this.#screen) ?? this.#printMenu(this.#screen));
  }

  /** Tells the time that is left. Only the last line is touched, so that what others wrote meanwhile stays. */
  async tick(): Promise<void> {
    if (this.#screen === null || isDumb(this.#parts.env)) return;
    if (this.#parts.alike() !== this.#alike) return this.draw();
    const lines = renderStatus(this.#screen, this.#look());
    const status = lines.join('\n');
    if (status === this.#status) return;
    const changed = lines.length - this.#status.split('\n').length;
    if (changed !== 0) return this.draw();
    this.#status = status;
    await this.#write(replaceLines(lines.length, lines));
  }

  /** Somebody else has the screen now, and what stood there stays. */
  leave(): void {
    this.#standing = 0;
  }

  /** Puts one last line in place of the question. */
  async close(closing: Closing): Promise<void> {
    if (this.#screen === null || this.#standing === 0) return;
    const { tty, question } = this.#parts;
    const proposal = this.#menu.kind === 'always' ? this.#menu.proposal : null;
    const file = proposal?.kind === 'rule' ? proposal.file : null;
    const lines = renderClosing(question, closing, this.#screen, file);
    // Its time may be over; these words have a little of their own.
    await tty.write(`${this.#replace(this.#standing, lines)}\r\n`, AbortSignal.timeout(CLOSING_MS));
    this.#standing = 0;
  }

  /** The question with its menu, or with one that has room. Throws where there is none. */
  #render(screen: Screen): Drawing {
    const wanted = this.#menu;
    const isRule = wanted.kind === 'always' && wanted.proposal?.kind === 'rule';
    for (const menu of [wanted, ...(isRule ? [NO_ROOM] : []), KEYS]) {
      this.#menu = menu;
      const drawing = renderQuestion(this.#parts.question, screen, this.#look());
      if (drawing !== null) return drawing;
    }
    throw new Unusable(describeLack(screen));
  }

  /**
   * What has stood on the screen from its beginning to its end was shown: the summary where it leaves nothing out, or all
   * pages in turn. A screen of another size cuts other pages, so they are turned from the first one again.
   */
  #note(screen: Screen, { isLast }: Drawing): void {
    const size = `${screen.columns} ${screen.rows}`;
    if (size !== this.#size) this.#turned = 0;
    this.#size = size;
    if (this.#page === 0) {
      this.#isSeen ||= isLast && showsAll(this.#parts.question, screen);
      return;
    }
    if (this.#page > this.#turned + 1) return;
    this.#turned = Math.max(this.#turned, this.#page);
    this.#isSeen ||= isLast;
  }

  #printMenu(screen: Screen): string {
    return drawLines(renderMenu(this.#menu, screen, this.#parts.question, this.#nextPage));
  }

  #look(): View {
    const seconds = Math.ceil(this.#parts.ending.leftMs / 1000);
    const told = seconds > CALM_ABOVE_S ? Math.floor(seconds / CALM_STEP_S) * CALM_STEP_S : seconds;
    return {
      page: this.#page,
      leftMs: told * 1000,
      waiting: this.#parts.waiting(),
      alike: this.#parts.alike(),
      menu: this.#menu,
      lock: this.#lock,
    };
  }

  #replace(count: number, lines: readonly string[]): string {
    return isDumb(this.#parts.env) ? drawLines(lines) : replaceLines(count, lines);
  }

  async #write(text: string): Promise<void> {
    await this.#parts.tty.write(text, this.#parts.ending.signal);
  }
}

function describeLack({ columns, rows }: Screen): string {
  return `the terminal is too small for the question: it has ${columns} columns and ${rows} rows, ${LEAST_COLUMNS} columns and 24 rows are enough for most`;
}
