// A client that counts line ends and parses nothing, so that what is measured is what stands between it and the server.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export class Peer {
  #lines = 0;
  #waiting = [];

  constructor(command, env) {
    const [file, ...args] = command;
    this.child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'ignore'] });
    this.child.stdin.on('error', () => {});
    this.child.stdout.on('data', (chunk) => {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) this.#lines++;
      const ready = this.#waiting.filter(({ lines }) => lines <= this.#lines);
      this.#waiting = this.#waiting.filter(({ lines }) => lines > this.#lines);
      for (const { resolve } of ready) resolve();
    });
    this.exit = new Promise((resolve) => this.child.once('close', resolve));
  }

  send(bytes) {
    this.child.stdin.write(bytes);
  }

  /** Until so many answers have come since the start. */
  answered(lines) {
    if (this.#lines >= lines) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ lines, resolve }));
  }

  /** MiB of memory at the peak; null where the system does not tell. */
  get peak() {
    try {
      const [, kib] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'));
      return Number(kib) / 1024;
    } catch {
      return null;
    }
  }

  async end() {
    this.child.stdin.end();
    await this.exit;
  }
}

export function call(id, args = '{"region":"eu-west-1","BrokerId":"b-1234-5678"}', tool = 'tool_7') {
  return Buffer.from(
    `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${tool}","arguments":${args}}}\n`,
  );
}
