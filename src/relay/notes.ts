import { renderVisible } from '../approval/card/visible.ts';
import { redactMessage } from '../audit/redact-text.ts';
import type { Io } from '../io.ts';

export const LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type Level = (typeof LEVELS)[number];

/** What may wait behind a question before it is printed all the same. */
const MOST_HELD = 1_000;

/** Bytes that may wait for a reader of stderr before lines are counted instead of kept. */
const MOST_BACKLOG = 256 << 10;

/**
 * Words for people, on stderr: stdout carries MCP and nothing else. What they hold is shown, never sent to a terminal,
 * and on a terminal they wait while a question stands there.
 */
export class Notes {
  readonly #io: Pick<Io, 'stderr'>;
  readonly #most: number;
  readonly #server: string;
  #held: string[] | null = null;
  #unread = 0;

  /** `most`: the least grave level that is still printed. `server`: the name that marks the server's own words. */
  constructor(io: Pick<Io, 'stderr'>, most: Level, server: string) {
    this.#io = io;
    this.#most = LEVELS.indexOf(most);
    this.#server = server;
  }

  /** What looks like a secret is not printed. `below`: lines that nothing in can act on a terminal, layout kept. */
  print(level: Level, text: string, below: string | null = null): void {
    if (LEVELS.indexOf(level) > this.#most) return;
    const lines = below === null ? '' : `${below}\n`;
    this.#write(
      `mcp-guard: ${level === 'warn' ? 'warning: ' : ''}${renderVisible(redactMessage(text, null))}\n${lines}`,
    );
  }

  /** A line of the server's stderr, marked so that it cannot pass for the guard's: its own words, whatever they hold. */
  printServer(text: string): void {
    this.#write(`${renderVisible(this.#server)} | ${renderVisible(text)}\n`);
  }

  /** Whether a question stands on the terminal. */
  hold(on: boolean): void {
    if (on && this.#io.stderr.isTTY === true) {
      this.#held ??= [];
      return;
    }
    const held = this.#held;
    this.#held = null;
    if (held !== null && held.length > 0) this.#io.stderr.write(held.join(''));
  }

  #write(line: string): void {
    const { stderr } = this.#io;
    if (this.#held !== null && this.#held.length < MOST_HELD) {
      this.#held.push(line);
    } else if (stderr.writableLength > MOST_BACKLOG) {
      this.#unread++;
    } else {
      if (this.#unread > 0) stderr.write(`mcp-guard: ${this.#unread} more lines that nobody read in time\n`);
      this.#unread = 0;
      stderr.write(line);
    }
  }
}
