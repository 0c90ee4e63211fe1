import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Io } from '../io.ts';

/** The real guard, in front of the sample server. */
export interface Guard {
  readonly output: Readable;
  readonly input: Writable;
  /** What it has said on stderr so far. */
  complaints(): string;
  /** Ends it as a client does, by closing its input, and waits until it has gone. */
  end(): Promise<void>;
}

const SERVER_NAME = 'amazon-mq';
const TERMINATE_AFTER_MS = 4_000;
const KILL_AFTER_MS = 5_500;

// The bundle lies in dist/, next to bin/.
const GUARD = fileURLToPath(new URL('../bin/mcp-guard.js', import.meta.url));
const SERVER = fileURLToPath(new URL('../bin/demo-server.js', import.meta.url));

/**
 * Starts `mcp-guard run` with `home` as its home and working directory, so that no policy of the user's has a say and
 * nothing of theirs is touched. It stays in this process group: only there it may ask in this terminal.
 */
export function startGuard(io: Io, home: string): Guard {
  const { MCP_GUARD_POLICY: _, ...env } = io.env;
  const args = [GUARD, 'run', '--name', SERVER_NAME, '--', io.execPath, SERVER];
  const child = spawn(io.execPath, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: home,
    env: { ...env, MCP_GUARD_HOME: home },
  });
  const gone = once(child, 'close').catch(() => undefined);
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  return {
    output: child.stdout,
    input: child.stdin,
    complaints: () => complaints,
    end: () => end(child, gone),
  };
}

async function end(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  gone: Promise<unknown>,
): Promise<void> {
  child.stdin.end();
  child.stdout.resume();
  const timers = [
    setTimeout(() => child.kill('SIGTERM'), TERMINATE_AFTER_MS),
    setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS),
  ];
  await gone;
  for (const timer of timers) clearTimeout(timer);
}
