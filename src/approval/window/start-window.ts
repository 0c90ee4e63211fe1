import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { escapeUnseen } from '../../policy/quote.ts';

/** Something that makes a person look. */
export interface Window {
  /** Why there is none; null where it was started. */
  readonly why: string | null;
  /** Settles when it has closed, at once where there is none. Never rejects. */
  readonly ended: Promise<void>;
}

export interface Program {
  /** Of the program itself, an absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether the window is open as long as the program runs; many only hand it over to another, as notify-send does. */
  readonly isWindow: boolean;
}

/** What cannot start says so at once; nobody waits for what can. */
const EARLY_MS = 500;
/** A program that ends this soon without complaint has handed its window over. */
const HANDS_OVER_MS = 5_000;
/** How long a window stands that nobody can watch: about as long as a question does. */
const STANDS_MS = 60_000;

/**
 * Starts a program that has nothing to do with the guard's streams or terminal, and that does not keep the guard alive.
 * One that fails at once is no window. Rejects where nothing could be started like this.
 */
export async function startWindow({ file, args, env, cwd, isWindow }: Program): Promise<Window> {
  const child = spawn(file, args, { stdio: 'ignore', detached: true, env, cwd });
  child.unref();
  const ending = new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      resolve(code === 0 && !isWindow ? null : `it ended at once, with ${signal ?? code}`);
    });
  });
  const handsOver = isWindow ? Promise.resolve(false) : isSettled(ending, HANDS_OVER_MS);
  const stands = isWindow ? null : delay(STANDS_MS);
  const failure = (await isSettled(ending, EARLY_MS)) ? await ending : null;
  if (failure !== null) return refuseWindow(escapeUnseen(`${file}: ${failure}`));
  const ended = ending.then(async (why) => {
    if (why === null && (await handsOver)) await stands;
  });
  return { why: null, ended };
}

/** No window, for this reason. */
export function refuseWindow(why: string): Window {
  return { why, ended: Promise.resolve() };
}

async function isSettled(promise: Promise<unknown>, withinMs: number): Promise<boolean> {
  return Promise.race([promise.then(() => true), delay(withinMs).then(() => false)]);
}

function delay(ms: number): Promise<void> {
  return wait(ms, undefined, { ref: false });
}
