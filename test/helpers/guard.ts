import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { onTestFinished, vi } from 'vitest';

/** The program as it is installed: what `npm run build` made. */
export const BIN = join(import.meta.dirname, '../../bin/mcp-guard.js');

export function fixture(name: string): string {
  return join(import.meta.dirname, '../fixtures', name);
}

/** A private place for the guard's folders, gone when the test is over. */
export function makeHome(policy?: string): string {
  const home = mkdtempSync(join(tmpdir(), 'mcp-guard-test-'));
  mkdirSync(join(home, 'config'), { mode: 0o700 });
  if (policy !== undefined) writeFileSync(join(home, 'config', 'policy.yaml'), policy, { mode: 0o600 });
  // A guard that is just ending, whose client was ended with its terminal, may still write its last line. Not by
  // `maxRetries`: that removes what it has listed, and then tries no more than the folder.
  onTestFinished(() => vi.waitFor(() => rmSync(home, { recursive: true, force: true }), 10_000));
  return home;
}

/** The lines of all logs below this home but for how runs began and what became of calls. */
export function readLog(home: string): Record<string, unknown>[] {
  return readWholeLog(home).filter(({ event }) => event !== 'start' && event !== 'result');
}

/** All lines of all logs below this home. */
export function readWholeLog(home: string): Record<string, unknown>[] {
  const folder = join(home, 'state', 'audit');
  return readdirSync(folder)
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: Record<string, unknown>;
  readonly error?: { code: number; message: string; data?: unknown };
}

export interface GuardOptions {
  readonly home: string;
  readonly options?: readonly string[];
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** A guard driven as a client would, but with every byte in the test's hand. */
export class Guard {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly exit: Promise<number | NodeJS.Signals | null>;
  readonly lines: string[] = [];
  stderr = '';
  readonly #messages: Message[] = [];
  #partial: string[] = [];
  #waiting: (() => void)[] = [];

  constructor({ home, options = [], command, cwd, env = {} }: GuardOptions) {
    this.child = spawn(process.execPath, [BIN, 'run', ...options, '--', ...command], {
      env: { ...process.env, MCP_GUARD_HOME: home, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A session of its own: a test run in a terminal must not be asked there.
      detached: true,
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.exit = new Promise((resolve) =>
      this.child.once('close', (code, signal) => {
        resolve(code ?? signal);
        this.#wake();
      }),
    );
    this.child.stdin.on('error', () => {});
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const [first = '', ...rest] = text.split('\n');
      this.#partial.push(first);
      for (const part of rest) {
        this.lines.push(this.#partial.join(''));
        this.#partial = [part];
      }
      this.#wake();
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#wake();
    });
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  send(...messages: (object | string)[]): void {
    const text = messages.map((message) => (typeof message === 'string' ? message : JSON.stringify(message)));
    this.child.stdin.write(`${text.join('\n')}\n`);
  }

  call(id: number | string, name: string, args: object = {}): void {
    this.send({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } });
  }

  end(): void {
    this.child.stdin.end();
  }

  get messages(): Message[] {
    while (this.#messages.length < this.lines.length) {
      this.#messages.push(JSON.parse(this.lines[this.#messages.length] ?? '') as Message);
    }
    return this.#messages;
  }

  /** The first line of the guard that fits, now or later; fails when the guard ends without it. */
  async message(fits: (message: Message) => boolean): Promise<Message> {
    return this.#until(() => this.messages.find(fits), 'a message');
  }

  async answer(id: number | string | null): Promise<Message> {
    return this.message((message) => message.id === id && message.method === undefined);
  }

  async stderrHas(text: string): Promise<void> {
    await this.#until(() => this.stderr.includes(text) || undefined, `stderr "${text}"`);
  }

  async #until<T>(look: () => T | undefined, what: string): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      const over = this.child.exitCode !== null || this.child.signalCode !== null;
      if (over && this.child.stdout.readableEnded) {
        throw new Error(`the guard ended without ${what}\n${this.lines.join('\n')}\n${this.stderr}`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** The text of a tools/call answer. */
export function textOf(message: Message): string {
  const content = message.result?.['content'] as { text: string }[] | undefined;
  return content?.[0]?.text ?? '';
}

/** Resolves when no process of this id is left; the caller's test limit ends the wait. */
export async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
