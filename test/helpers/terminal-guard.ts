import { execFileSync } from 'node:child_process';
import { constants, createReadStream, createWriteStream, openSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BIN, fixture, type Message } from './guard.ts';
import { Pty } from './pty.ts';

/** A guard with a terminal of its own, as in a script: the client is on its stdin and stdout, a person at its terminal. */
export class TerminalGuard {
  readonly terminal: Pty;
  readonly #input: WriteStream;
  readonly #messages: Message[] = [];
  #waiting: (() => void)[] = [];

  constructor(home: string) {
    const [input, output] = [join(home, 'in'), join(home, 'out')];
    execFileSync('mkfifo', [input, output]);
    // Somebody must hold the terminal open, or it closes before the first question.
    const run = `exec 9<&0; exec "$0" ${BIN} run --name mq -- "$0" ${fixture('server.js')} <${input} >${output} 2>/dev/null`;
    // Opened for both ways, as opening a FIFO for one waits for the other end.
    this.#input = createWriteStream(input, { fd: openSync(input, constants.O_RDWR) });
    this.terminal = new Pty(['/bin/sh', '-c', run, process.execPath], { env: { MCP_GUARD_HOME: home } });
    createInterface({ input: createReadStream(output) }).on('line', (line) => {
      this.#messages.push(JSON.parse(line) as Message);
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
  }

  send(message: object): void {
    this.#input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  call(id: number, name: string, args: object = {}): void {
    this.send({ id, method: 'tools/call', params: { name, arguments: args } });
  }

  end(): void {
    this.#input.close();
  }

  has(id: number): boolean {
    return this.#messages.some((message) => message.id === id);
  }

  async answer(id: number): Promise<Message> {
    for (;;) {
      const found = this.#messages.find((message) => message.id === id);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
