import { execa } from 'execa';
import type { Readable, Writable } from 'node:stream';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import { startWatcher, type Watcher } from './watcher.ts';

/** The server, started. */
export interface Upstream {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Null where the server writes to the guard's own stderr. */
  readonly stderr: Readable | null;
  /** Settles when the process has ended, which may be before its output has. Never rejects. */
  readonly ended: Promise<Exit>;
  /** To the server and all it started; false when nobody is left. */
  signal(name: NodeJS.Signals): boolean;
  /** Everything has ended: the watcher may go. */
  release(): void;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Starts the server without a shell, with the whole environment, in the client's working directory and in a session of
 * its own, so that it has no terminal to draw on. Throws GuardError `command_not_found` or `command_not_executable`.
 */
export async function startUpstream(command: readonly string[], io: Io): Promise<Upstream> {
  const [file = '', ...args] = command;
  const watcher = startWatcher(io);
  const child = execa(file, args, {
    stdin: 'pipe',
    stdout: 'pipe',
    // On a terminal the server's words are marked and made harmless first.
    stderr: io.stderr.isTTY === true ? 'pipe' : 'inherit',
    buffer: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    reject: false,
    detached: io.platform !== 'win32',
    windowsHide: true,
    cleanup: false,
  });
  const { pid } = child;
  if (pid === undefined) {
    watcher.release();
    throw explainFailure(file, await child);
  }
  watcher.watch(pid);
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    // Not execa's own promise: it waits for stdout, which a grandchild may hold open for ever.
    ended: new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal }))),
    signal: (name) => io.kill(io.platform === 'win32' ? pid : -pid, name),
    release: () => releaseGroup(watcher, child),
  };
}

function releaseGroup(watcher: Watcher, child: { stdout: Readable; stderr: Readable | null }): void {
  watcher.release();
  child.stdout.destroy();
  child.stderr?.destroy();
}

function explainFailure(
  file: string,
  failure: { code?: string | undefined; originalMessage?: string | undefined; cause?: unknown },
): GuardError {
  const { code, cause } = failure;
  if (code === 'ENOENT') {
    return new GuardError('command_not_found', `no such command: "${file}"`, {
      cause,
      hints: [
        'clients start programs with a short PATH; give the whole path of the command, or of the interpreter in its first line',
      ],
    });
  }
  if (code === 'EACCES') {
    return new GuardError('command_not_executable', `not executable: "${file}"`, {
      cause,
      hints: [`try: chmod +x ${file}`],
    });
  }
  return new GuardError(
    'failed',
    `cannot start "${file}": ${failure.originalMessage ?? code ?? 'unknown error'}`,
    { cause },
  );
}
