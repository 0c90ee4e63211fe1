import type { Io } from '../io.ts';
import { readClientLine } from '../protocol/read-client.ts';
import { renderError } from '../protocol/refusal.ts';
import { LineReader } from '../wire/lines.ts';

const MOST_BYTES = 16 << 20;
const AFTER_INITIALIZE_MS = 2_000;

/**
 * A person who sees only their chat app must still learn why nothing works: answers every request with `sentence`,
 * until the client ends its input or 2 s after `initialize`. At once where stdin is a terminal.
 */
export async function answerUnstartable(sentence: string, io: Io): Promise<void> {
  if (io.stdin.isTTY === true) return;
  const lines = new LineReader(MOST_BYTES);
  const { stdin, stdout } = io;
  await new Promise<void>((resolve) => {
    let timer: NodeJS.Timeout | null = null;
    const finish = (): void => {
      if (timer !== null) clearTimeout(timer);
      stdin.destroy();
      resolve();
    };
    stdout.on('error', finish);
    stdin.on('error', finish);
    stdin.on('end', finish);
    stdin.on('data', (chunk: Buffer) => {
      for (const line of lines.push(chunk)) {
        if (line.kind !== 'line') continue;
        const message = readClientLine(line.bytes);
        if (message.kind !== 'request') continue;
        stdout.write(renderError(message.id.token, -32603, sentence));
        if (message.method === 'initialize') timer ??= setTimeout(finish, AFTER_INITIALIZE_MS);
      }
    });
  });
  await new Promise<void>((resolve) => stdout.write('', () => resolve()));
  stdout.destroy();
}
