import { spawn, type IPty } from 'node-pty';
import headless from '@xterm/headless';
import { onTestFinished } from 'vitest';

export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** How long a key must wait for the question to have stood in quiet, and then some. */
const PRESS_AGAIN_MS = 700;

/** A program on a terminal of its own, seen as a person sees it. Killed when the test is over. */
export class Pty {
  readonly pty: IPty;
  readonly exit: Promise<number>;
  /** Every byte that was written, escapes and all. */
  raw = '';
  #isOver = false;
  readonly #terminal: headless.Terminal;
  #waiting: (() => void)[] = [];

  constructor(command: readonly string[], { columns = 80, rows = 24, env = {}, cwd }: PtyOptions = {}) {
    const [file = '', ...args] = command;
    this.#terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.pty = spawn(file, args, {
      name: env['TERM'] ?? 'xterm-256color',
      cols: columns,
      rows,
      cwd: cwd ?? process.cwd(),
      env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', ...env },
    });
    this.pty.onData((text) => {
      this.raw += text;
      this.#terminal.write(text, () => this.#wake());
    });
    this.exit = new Promise((resolve) =>
      this.pty.onExit(({ exitCode }) => {
        resolve(exitCode);
        // Behind everything that is still being drawn.
        this.#terminal.write('', () => {
          this.#isOver = true;
          this.#wake();
        });
      }),
    );
    onTestFinished(() => this.kill());
  }

  /** What stands on the screen and above it; lines that the terminal wrapped are one. */
  get text(): string {
    const { active } = this.#terminal.buffer;
    let text = '';
    for (let y = 0; y < active.length; y += 1) {
      const line = active.getLine(y);
      const wraps = active.getLine(y + 1)?.isWrapped === true;
      text += `${line?.translateToString(!wraps) ?? ''}${wraps ? '' : '\n'}`;
    }
    return text.trimEnd();
  }

  /** Resolves when the text stands there, or when `fits` says so; fails when the program ends without it. */
  async waitFor(wanted: string | (() => boolean)): Promise<void> {
    const fits = typeof wanted === 'string' ? () => this.text.includes(wanted) : wanted;
    while (!fits()) {
      if (this.#isOver)
        throw new Error(`the program ended without ${String(wanted)}; it showed:\n${this.text}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  type(keys: string): void {
    this.pty.write(keys);
  }

  /** Presses the key until the text stands there: a key counts only when the question has stood for a moment. */
  async press(key: string, wanted: string): Promise<void> {
    const again = setInterval(() => this.type(key), PRESS_AGAIN_MS);
    try {
      await this.waitFor(wanted);
    } finally {
      clearInterval(again);
    }
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.pty.resize(columns, rows);
  }

  /** The window is closed: the terminal is gone, whatever still runs in it. */
  close(): void {
    // Not in the types, but there: it closes the terminal and leaves the program alone.
    (this.pty as IPty & { destroy(): void }).destroy();
  }

  kill(): void {
    try {
      this.pty.kill('SIGKILL');
    } catch {
      // It has ended already.
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
