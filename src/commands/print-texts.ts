import { once } from 'node:events';
import type { Output } from '../io.ts';

/** Characters that are written in one piece. */
const PIECE = 64 << 10;

/** Writes texts as fast as somebody takes them, and stops when nobody does (`| head`). */
export async function printTexts(texts: Iterable<string>, stdout: Output): Promise<void> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE) continue;
    await write(piece, stdout);
    if (stdout.destroyed) return;
    piece = '';
  }
  if (piece !== '') await write(piece, stdout);
}

async function write(text: string, stdout: Output): Promise<void> {
  if (stdout.destroyed || stdout.write(text)) return;
  // A reader that is gone closes the stream, and nothing drains any more.
  const over = new AbortController();
  const waits = [once(stdout, 'drain', over), once(stdout, 'close', over)];
  await Promise.race(waits).catch(() => {});
  over.abort();
  await Promise.allSettled(waits);
}
