import type { Readable } from 'node:stream';
import type { Output } from '../io.ts';
import { LineReader, type LineEvent } from '../wire/lines.ts';
import type { Notes } from './notes.ts';

const MOST_WORDS = 64 << 10;

/** The server's words: on a terminal marked and made harmless, elsewhere byte for byte and at their reader's pace. */
export function passWords(words: Readable, stderr: Output, notes: Notes): void {
  words.on('error', () => {});
  // Words for people are not worth a crash.
  stderr.on('error', () => {});
  if (stderr.isTTY !== true) {
    words.on('data', (chunk: Buffer) => {
      if (stderr.writable && !stderr.write(chunk)) words.pause();
    });
    stderr.on('drain', () => words.resume());
    return;
  }
  const lines = new LineReader(MOST_WORDS);
  const print = (events: readonly LineEvent[]): void => {
    for (const event of events)
      notes.printServer(String(event.kind === 'line' ? event.bytes : event.head).trimEnd());
  };
  words.on('data', (chunk: Buffer) => print(lines.push(chunk)));
  words.on('end', () => print(lines.end()));
}
