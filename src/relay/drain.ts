import type { Readable } from 'node:stream';

/** How long output may still come after the server's end, where a grandchild holds its stdout open. */
const DRAIN_MS = 1_000;
const LOOK_MS = 50;

/** What the server wrote before its end is still in the pipe; only time in which it could be read is counted. */
export async function drain(stdout: Readable, late: AbortSignal): Promise<void> {
  if (stdout.readableEnded || stdout.destroyed) return;
  let left = DRAIN_MS;
  await new Promise<void>((resolve) => {
    const clock = setInterval(() => {
      if (!stdout.isPaused()) left -= LOOK_MS;
      if (left <= 0 || late.aborted) finish();
    }, LOOK_MS);
    const finish = (): void => {
      clearInterval(clock);
      resolve();
    };
    stdout.once('close', finish).once('end', finish);
  });
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
