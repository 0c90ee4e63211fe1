import { type Hold, holdTerminal } from '../approval/terminal/hold.ts';
import { describeScreen, isDumb } from '../approval/card/screen.ts';
import { readSize } from '../approval/terminal/stty.ts';
import { BACKGROUND, NO_TERMINAL, Unusable } from '../approval/terminal/unusable.ts';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import { cutText } from './fit-text.ts';
import { LiveBoard } from './live-board.ts';
import { Player } from './player.ts';
import { createPlainStage, createScreenStage } from './stage.ts';

/** How long a guard may be asking in this very terminal. */
const TURN_MS = 3_000;
/** What is said of a guard that asks in its own terminal, as it is for a console. */
const WORDS = new Map([
  [NO_TERMINAL, 'there is none here'],
  [BACKGROUND, 'it runs in the background'],
]);

export interface ConsoleOptions {
  /** Leaves after one question. */
  readonly isOnce: boolean;
}

/**
 * Shows every pending question on this process's own terminal and takes the answers there, until the person leaves.
 * Gives the exit code. Throws where there is no terminal, or somebody else is using it.
 */
export async function runConsole(io: Io, { isOnce }: ConsoleOptions): Promise<number> {
  const hold = await takeTerminal(io);
  const over = new AbortController();
  try {
    const stage = isDumb(io.env) ? createPlainStage(hold.tty) : createScreenStage(hold.tty);
    const player = new Player({ io, hold, stage, until: over.signal });
    // Whatever ends this process, the terminal is as it was.
    const restore = (): void => {
      void stage.leave();
      hold.restore();
    };
    io.onExit(restore, over.signal);
    const live = new LiveBoard({
      io,
      isOnce,
      screen: describeScreen(io.env, await readSize(hold.tty.fd)),
      onChange: () => player.wake(),
      onQuit: () => player.end(0),
      onFailure: (error) => player.fail(error),
    });
    try {
      return await player.play(live);
    } finally {
      await stage.leave();
      if (isOnce) await sayLast(live, hold);
    }
  } finally {
    over.abort();
    await hold.release();
  }
}

async function takeTerminal(io: Io): Promise<Hold> {
  const until = new AbortController();
  const timer = setTimeout(() => until.abort(), TURN_MS);
  try {
    return await holdTerminal(io, until.signal);
  } catch (error) {
    if (!(error instanceof Unusable) && !until.signal.aborted) throw error;
    const why =
      error instanceof Unusable ? (WORDS.get(error.message) ?? error.message) : 'a guard is asking in it';
    throw new GuardError('failed', `approvals needs a terminal to show questions and read keys in: ${why}`, {
      hints: [
        'run it in a terminal window',
        '`mcp-guard approvals --list` prints what waits, wherever it runs',
      ],
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** What came of the question stays to be read when the screen of the console is gone. */
async function sayLast({ board: { notice, screen } }: LiveBoard, { tty }: Hold): Promise<void> {
  if (notice === null) return;
  const line = `mcp-guard: ${cutText(notice.text, Math.max(8, screen.columns - 12), screen)}\r\n`;
  await tty.write(line, AbortSignal.timeout(TURN_MS)).catch(() => {});
}
