import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { GuardError } from '../errors.ts';
import { findProgram } from '../approval/window/find-program.ts';
import type { Io } from '../io.ts';
import { startWatcher, type Watcher } from './watcher.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The server, started. */
export interface Upstream {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
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

/** `exit code 3`, `signal SIGKILL`. */
export function describeExit({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

/**
 * Starts the server without a shell, with the whole environment or with `env` alone, in the client's working directory
 * and in a session of its own, so that it has no terminal to draw on. Throws GuardError `command_not_found` or `command_not_executable`.
 */
export async function startUpstream(
  command: readonly string[],
  io: Io,
  env: Env | null = null,
): Promise<Upstream> {
  const [name = '', ...args] = command;
  // It is found on the guard's own PATH, which the server may not get.
  const file = env === null ? name : (findProgram(name, io) ?? name);
  const watcher = startWatcher(io);
  try {
    const { child } = await startProcess(file, args, { io, env });
    const { pid, stdin, stdout, stderr } = child;
    if (pid === undefined || stdin === null || stdout === null || stderr === null)
      throw await failureOf(child);
    watcher.watch(pid);
    // A signal that cannot be sent is answered by `exit`, not by a crash.
    child.on('error', () => {});
    const ended = new Promise<Exit>((resolve) =>
      child.once('exit', (code, signal) => resolve({ code, signal })),
    );
    const target = io.platform === 'win32' ? pid : -pid;
    return {
      pid,
      stdin,
      stdout,
      stderr,
      ended,
      signal: (name) => io.kill(target, name),
      release: () => release(watcher, child),
    };
  } catch (error) {
    watcher.release();
    throw explainFailure(name, error);
  }
}

/**
 * Node's own spawn where it serves: execa would take its time between the start of the server and the first word to
 * the watcher, in which a killed guard leaves the server behind. Windows needs execa to find `npx.cmd`.
 */
function startProcess(
  file: string,
  args: readonly string[],
  { io, env }: { readonly io: Io; readonly env: Env | null },
): Started | Promise<Started> {
  // A server that shared the guard's own stderr would make it blocking, and who does not read it would stop the guard.
  const stdio: StdioOptions = ['pipe', 'pipe', 'pipe'];
  const given = env === null ? {} : { env };
  if (io.platform === 'win32') return startOnWindows(file, args, { stdio, ...given });
  return { child: spawn(file, args, { stdio, detached: true, shell: false, ...given }) };
}

/** In a box of its own: execa's child is a promise too, and whoever awaits that waits for its end. */
interface Started {
  readonly child: ChildProcess;
}

async function startOnWindows(
  file: string,
  args: readonly string[],
  { stdio, env }: { readonly stdio: StdioOptions; readonly env?: Env },
): Promise<Started> {
  const { execa } = await import('execa');
  const child = execa(file, args, {
    stdio: stdio as ['pipe', 'pipe', 'pipe'],
    buffer: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    reject: false,
    windowsHide: true,
    ...(env === undefined ? {} : { env, extendEnv: false }),
    cleanup: false,
  });
  // Its own promise waits for stdout, which a grandchild may hold open for ever: nobody waits for it.
  void child.catch(() => {});
  return { child };
}

function failureOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once('error', resolve));
}

function release(watcher: Watcher, child: ChildProcess): void {
  watcher.release();
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function explainFailure(file: string, cause: unknown): GuardError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') {
    const hint =
      'clients start programs with a short PATH; give the whole path of the command, or of the interpreter in its first line';
    return new GuardError('command_not_found', `no such command: "${file}"`, { cause, hints: [hint] });
  }
  if (code === 'EACCES') {
    return new GuardError('command_not_executable', `not executable: "${file}"`, {
      cause,
      hints: [`try: chmod +x ${file}`],
    });
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return new GuardError('failed', `cannot start "${file}": ${message}`, { cause });
}
