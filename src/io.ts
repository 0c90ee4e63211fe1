import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

export type Stdin = Readable & { readonly isTTY?: boolean };
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What the outside world is. Made once from `process`, handed in everywhere, faked in tests. */
export interface Io {
  /** Arguments after the program's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** The user's home, absolute; null where there is none. */
  readonly home: string | null;
  readonly pid: number;
  /** The user's id, null where the platform has none. */
  readonly uid: number | null;
  /** Node itself, to start another program of this package. */
  readonly execPath: string;
  readonly stdin: Stdin;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The guard's own folders. Clients start servers with HOME and little else, so XDG_* are not asked. */
  readonly folders: { readonly config: string; readonly state: string };
  /** The process that started this one; changes when that one is gone. */
  parentPid(): number;
  /** Monotonic milliseconds, the same for all processes until the machine is restarted: setting the clock changes nothing. */
  now(): number;
  /** Wall clock, for records alone. */
  date(): Date;
  /** Sends a signal; a negative id means the group. False when nobody is there. */
  kill(pid: number, signal: NodeJS.Signals): boolean;
  /** Calls back on each of the signals until `until` is aborted. */
  onSignal(
    signals: readonly NodeJS.Signals[],
    listener: (signal: NodeJS.Signals) => void,
    until: AbortSignal,
  ): void;
  /** Calls back when the process is about to be gone, also by a crash. Only what needs no later tick comes to pass. */
  onExit(listener: () => void, until: AbortSignal): void;
}

type Process = NodeJS.Process;

/** The real outside world. Streams are opened when first asked for. */
export function createIo(process: Process): Io {
  return {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    platform: process.platform,
    home: findHome(),
    pid: process.pid,
    uid: process.getuid?.() ?? null,
    execPath: process.execPath,
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return openOutput(process, 1);
    },
    get stderr() {
      return openOutput(process, 2);
    },
    folders: findFolders(process),
    parentPid: () => process.ppid,
    now: () => readClock(process),
    date: () => new Date(),
    kill: (pid, signal) => kill(process, pid, signal),
    onSignal(signals, listener, until) {
      for (const signal of signals) {
        process.on(signal, listener);
        until.addEventListener('abort', () => process.off(signal, listener), { once: true });
      }
    },
    onExit(listener, until) {
      process.once('exit', listener);
      until.addEventListener('abort', () => process.off('exit', listener), { once: true });
    },
  };
}

const opened = new Map<1 | 2, Output>();

/**
 * A pipe is opened as a socket of our own: `process.stdout` cannot be destroyed, so that a client which has stopped
 * reading would keep the guard alive for ever behind a pending write, and `process.stderr` blocks all of the process
 * while nobody reads it.
 */
function openOutput(process: Process, fd: 1 | 2): Output {
  const known = opened.get(fd);
  if (known !== undefined) return known;
  const output = isPipe(fd)
    ? new Socket({ fd, readable: false, writable: true })
    : [process.stdout, process.stderr][fd - 1];
  const stream = output ?? process.stderr;
  // Words that nobody hears are not worth a crash; whoever must know that stdout broke listens too.
  stream.on('error', () => {});
  opened.set(fd, stream);
  return stream;
}

function isPipe(fd: number): boolean {
  try {
    const kind = fstatSync(fd);
    return kind.isFIFO() || kind.isSocket();
  } catch {
    return false;
  }
}

/** Unlike `performance.now()`, which begins with the process. */
function readClock({ hrtime }: Process): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

function kill(process: Process, pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** HOME where it is set, as for any server; a user without an entry in the list of users may have none. */
function findHome(): string | null {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : null;
  } catch {
    return null;
  }
}

function findFolders({ env, platform }: Process): Io['folders'] {
  const moved = env['MCP_GUARD_HOME'];
  if (moved !== undefined && moved !== '')
    return { config: join(moved, 'config'), state: join(moved, 'state') };
  const home = homedir();
  if (platform === 'darwin') {
    const support = join(home, 'Library', 'Application Support', 'mcp-guard');
    return { config: support, state: join(support, 'state') };
  }
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local');
    const roaming = env['APPDATA'] ?? join(home, 'AppData', 'Roaming');
    return { config: join(roaming, 'mcp-guard'), state: join(local, 'mcp-guard', 'state') };
  }
  return { config: join(home, '.config', 'mcp-guard'), state: join(home, '.local', 'state', 'mcp-guard') };
}
