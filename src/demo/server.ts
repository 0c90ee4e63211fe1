import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createAccount } from './account.ts';
import { answerLine } from './answer.ts';
import { readLines } from './lines.ts';

/**
 * A sample MCP server with the tools of Amazon MQ and an account that exists in memory alone. It speaks both eras of
 * the protocol and is written without an SDK, so that it starts in a blink. Ends when its input ends or nobody reads.
 */
export async function serve(input: Readable, output: Writable): Promise<void> {
  try {
    await pipeline(input, answerLines, output);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

async function* answerLines(input: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const account = createAccount();
  for await (const line of readLines(input)) {
    const answer = line.trim() === '' ? null : answerLine(line, account);
    if (answer !== null) yield `${answer}\n`;
  }
}

/** Whether the other side has gone: the end of a server's life, not a failure. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
