import { LineReader, type LineEvent } from '../wire/lines.ts';

const MOST = 1 << 24;

/** The lines of a stream as text, without their newline; those over 16 MiB are skipped. */
export async function* readLines(input: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const reader = new LineReader(MOST);
  for await (const chunk of input) yield* spell(reader.push(chunk));
  yield* spell(reader.end());
}

function* spell(events: readonly LineEvent[]): Generator<string> {
  for (const event of events)
    if (event.kind === 'line') yield event.bytes.toString('utf8', 0, event.bytes.length - 1);
}
