import type { Io } from '../io.ts';
import { catchSignals, SIGNALS } from './early-signals.ts';
import { Ladder } from './ladder.ts';
import { Notes } from './notes.ts';
import { passWords } from './words.ts';
import { startUpstream, type Upstream } from './upstream.ts';

/**
 * Starts a server as `run` would, lets `work` talk to it, and ends it: nothing of it is left when this settles, however
 * that comes. `signal` is aborted when the program is to end. Throws what startUpstream throws.
 */
export async function visitServer<T>(
  command: readonly string[],
  io: Io,
  work: (upstream: Upstream, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const early = catchSignals(io);
  const upstream = await startUpstream(command, io).catch((error: unknown) => {
    early.end();
    throw error;
  });
  const [over, stopped] = [new AbortController(), new AbortController()];
  const ladder = new Ladder(upstream, io, () => false);
  let caught: NodeJS.Signals | null = null;
  const stop = (name: NodeJS.Signals): void => {
    caught ??= name;
    stopped.abort();
    ladder.passSignal(name);
  };
  io.onSignal(SIGNALS, stop, over.signal);
  // A server that leaves early is no error of ours.
  upstream.stdin.on('error', () => {});
  passWords(upstream.stderr, io.stderr, new Notes(io, 'info', 'server'));
  try {
    const before = early.end();
    if (before !== null) stop(before);
    return await work(upstream, stopped.signal);
  } finally {
    ladder.endInput();
    await upstream.ended;
    ladder.finish();
    // What it started may still hold on.
    upstream.signal('SIGKILL');
    over.abort();
    upstream.release();
    // With nobody left to listen for it, the signal does what it was sent for.
    if (caught !== null) io.kill(io.pid, caught);
  }
}
