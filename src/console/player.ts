import type { Hold } from '../approval/terminal/hold.ts';
import { readJob } from '../approval/terminal/job.ts';
import { describeScreen, isDumb } from '../approval/card/screen.ts';
import { readSize } from '../approval/terminal/stty.ts';
import type { Io } from '../io.ts';
import type { Board } from './board.ts';
import type { LiveBoard } from './live-board.ts';
import { renderBoard } from './render-board.ts';
import { renderPlain } from './render-plain.ts';
import type { Stage } from './stage.ts';

/** How often keys are looked for; where the foreground can only be learned from another process, less often. */
const LOOK_MS = 40;
const LOOK_BY_PS_MS = 200;
/** Where nothing was typed for a while, looking is what costs most. */
const LOOK_RARELY_MS = 120;
const RARELY_AFTER_MS = 10_000;
/** Time passes on the screen, and other consoles pause, without anything to be heard. */
const LOOK_AGAIN_MS = 1_000;
/** A window that is being dragged changes its size many times. */
const RESIZE_SETTLES_MS = 50;
const EXIT_CODES = new Map<NodeJS.Signals, number>([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
]);
const CLOSED = 129;

export interface PlayerParts {
  readonly io: Io;
  readonly hold: Hold;
  readonly stage: Stage;
  /** Signals are taken until then: longer than it plays, for the terminal has to be given back yet. */
  readonly until: AbortSignal;
}

/** Keeps the screen as the board is, and hands the board what is typed, until somebody ends it. */
export class Player {
  readonly #parts: PlayerParts;
  readonly #over = new AbortController();
  #exitCode = 0;
  #failure: { readonly error: unknown } | null = null;
  #wake: () => void = () => {};
  #isWoken = false;
  #resizedAt: number | null = null;
  #isResumed = false;
  #isAway = false;
  #drawn: Board | null = null;
  #lookedAt = 0;
  #typedAt = -Infinity;

  constructor(parts: PlayerParts) {
    this.#parts = parts;
  }

  /** There is something to do. */
  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  end(exitCode: number): void {
    this.#exitCode = exitCode;
    this.#over.abort();
    this.wake();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.end(1);
  }

  /** Plays until it is ended. Gives the exit code; throws what it was made to fail with. */
  async play(live: LiveBoard): Promise<number> {
    this.#listen();
    const following = live.follow().catch((error: unknown) => this.fail(error));
    try {
      await this.#parts.stage.enter(this.#over.signal);
      while (!this.#over.signal.aborted) {
        await this.#turn(live);
        await this.#rest();
      }
    } catch (error) {
      if (!this.#over.signal.aborted) throw error;
    } finally {
      this.#over.abort();
      void following.then((close) => close?.());
    }
    if (this.#failure !== null) throw this.#failure.error;
    return this.#exitCode;
  }

  #listen(): void {
    const { io, hold, stage, until } = this.#parts;
    io.onSignal([...EXIT_CODES.keys()], (signal) => this.end(EXIT_CODES.get(signal) ?? 1), until);
    io.onSignal(['SIGWINCH'], () => (this.#resizedAt = io.now()), until);
    const resume = (): void => {
      this.#isResumed = true;
      this.wake();
    };
    io.onSignal(['SIGCONT'], resume, until);
    // Ctrl+Z: the shell shall find the terminal as it was.
    const stop = (): void => {
      void stage.leave();
      hold.restore();
      io.kill(io.pid, 'SIGSTOP');
    };
    io.onSignal(['SIGTSTP'], stop, until);
  }

  async #turn(live: LiveBoard): Promise<void> {
    const { io, hold } = this.#parts;
    // Reading or writing from the background would stop this process.
    if (!(await this.#isForeground())) return;
    if (this.#isAway || this.#isResumed) await this.#takeBack();
    if (this.#resizedAt !== null && io.now() - this.#resizedAt >= RESIZE_SETTLES_MS) await this.#resize(live);
    const bytes = hold.tty.read();
    if (bytes === null) return this.end(CLOSED);
    if (bytes.length > 0) this.#typedAt = io.now();
    live.hear({ kind: 'typed', bytes });
    if (io.now() - this.#lookedAt >= LOOK_AGAIN_MS) {
      this.#lookedAt = io.now();
      live.lookForPause();
      live.hear({ kind: 'tick' });
      this.#drawn = null;
    }
    await this.#draw(live);
  }

  async #draw(live: LiveBoard): Promise<void> {
    // What is drawn is told to the board, which may change it once more.
    while (this.#drawn !== live.board && !this.#over.signal.aborted) {
      const { board } = live;
      const { io, stage } = this.#parts;
      const lines = isDumb(io.env) ? renderPlain(board, io.now()) : renderBoard(board, io.now());
      await stage.show(lines, live.takeBell(), this.#over.signal);
      this.#drawn = board;
      live.hear({ kind: 'drawn', board });
    }
  }

  async #resize(live: LiveBoard): Promise<void> {
    const { io, hold, stage } = this.#parts;
    this.#resizedAt = null;
    stage.forget();
    live.hear({ kind: 'resized', screen: describeScreen(io.env, await readSize(hold.tty.fd)) });
  }

  async #isForeground(): Promise<boolean> {
    const { isForeground, terminal } = await readJob(this.#parts.io);
    if (terminal === null) this.end(CLOSED);
    if (!isForeground) this.#isAway = true;
    return isForeground;
  }

  /** Somebody else had the terminal in between. */
  async #takeBack(): Promise<void> {
    this.#isAway = false;
    this.#isResumed = false;
    const { io, hold, stage } = this.#parts;
    await hold.take();
    this.#drawn = null;
    this.#resizedAt = io.now() - RESIZE_SETTLES_MS;
    await stage.enter(this.#over.signal);
  }

  async #rest(): Promise<void> {
    if (!this.#isWoken) {
      const { io } = this.#parts;
      const isQuiet = io.now() - this.#typedAt > RARELY_AFTER_MS;
      const lookMs = io.platform === 'linux' ? (isQuiet ? LOOK_RARELY_MS : LOOK_MS) : LOOK_BY_PS_MS;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lookMs);
        this.#wake = (): void => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isWoken = false;
  }
}
