import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { Agent } from '../demo/agent.ts';
import { startGuard } from '../demo/guard.ts';
import { createLayout } from '../demo/layout.ts';
import { readLogLine } from '../demo/log-line.ts';
import { perform } from '../demo/perform.ts';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Finish } from './finish.ts';

const PAUSE_MS = 400;
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const READER_GONE = 'SIGPIPE';

/** `mcp-guard demo`, which takes no options. */
export function demoCommand(io: Io, finish: Finish): Command {
  return new Command('demo')
    .description(
      'Starts the guard in front of a sample server and lets an agent make five calls: two run, two are refused, and one asks you. Nothing real is touched.',
    )
    .action(async () => finish(await demo(io)));
}

/**
 * Shows the real guard at work on a sample server, with everything it writes in a folder of its own that is removed in
 * the end. Gives the exit code: 0, or `128 + n` when a signal ended it early.
 */
export async function demo(io: Io): Promise<number> {
  const [stopped, over] = [new AbortController(), new AbortController()];
  io.onSignal(ENDING, (signal) => stopped.abort(signal), over.signal);
  // Whoever reads stdout may leave early, as `head` does.
  io.stdout.on('error', () => stopped.abort(READER_GONE));
  const home = await mkdtemp(join(tmpdir(), 'mcp-guard-demo-'));
  try {
    await play(io, home, stopped.signal);
    return 0;
  } catch (error) {
    const signal = signalOf(stopped.signal);
    if (signal === undefined) throw error;
    if (signal === 'SIGINT') io.stdout.write('\nStopped, and nothing is left behind.\n');
    return 128 + constants.signals[signal];
  } finally {
    await rm(home, { recursive: true, force: true });
    over.abort();
  }
}

async function play(io: Io, home: string, stopped: AbortSignal): Promise<void> {
  const policy = await readFile(new URL('demo-policy.yaml', import.meta.url), 'utf8');
  await mkdir(join(home, 'config'), { mode: 0o700 });
  await writeFile(join(home, 'config', 'policy.yaml'), policy, { mode: 0o600 });
  const guard = startGuard(io, home);
  stopped.addEventListener('abort', () => void guard.end(), { once: true });
  try {
    await perform({
      agent: new Agent(guard.output, guard.input),
      policy,
      layout: createLayout(io),
      print: (text) => io.stdout.write(text),
      readLog: (id) => readLogLine(join(home, 'state', 'audit'), id),
      pause: async () => {
        if (io.stdout.isTTY === true) await wait(PAUSE_MS, undefined, { signal: stopped });
      },
    });
  } catch (error) {
    await guard.end();
    throw explain(error, guard.complaints());
  }
  await guard.end();
}

function signalOf(stopped: AbortSignal): NodeJS.Signals | undefined {
  return ([...ENDING, READER_GONE] as const).find((signal) => signal === stopped.reason);
}

/** The guard's own words on stderr say more than that it did not answer. */
function explain(error: unknown, complaints: string): unknown {
  if (!(error instanceof GuardError) || complaints.trim() === '') return error;
  return new GuardError(error.code, error.message, { excerpt: complaints.trimEnd(), cause: error });
}
