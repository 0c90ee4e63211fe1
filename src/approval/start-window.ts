import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

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
}

/** What cannot start says so at once; nobody waits for what can. */
const EARLY_MS = 500;

/**
 * Starts a program that has nothing to do with the guard's streams or terminal, and that does not keep the guard alive.
 * Never rejects; a program that fails at once is no window.
 */
export async function startWindow({ file, args, env, cwd }: Program): Promise<Window> {
  const child = spawn(file, args, { stdio: 'ignore', detached: true, env, cwd });
  child.unref();
  const over = new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(`${file} could not be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(code === 0 ? null : `${file} ended with ${signal ?? code}`));
  });
  const why = await Promise.race([over, wait(EARLY_MS, null, { ref: false })]);
  return { why, ended: over.then(() => undefined) };
}

/** No window, for this reason. */
export function refuseWindow(why: string): Window {
  return { why, ended: Promise.resolve() };
}
