import { Chalk } from 'chalk';
import type { Content, FromConsole, FromGuard, Listed } from '../../src/approval/hub/console-message.ts';
import type { Screen } from '../../src/approval/card/row.ts';
import { type Board, createBoard } from '../../src/console/board.ts';
import type { BoardEffect, BoardEvent } from '../../src/console/event.ts';
import { renderBoard } from '../../src/console/render-board.ts';
import { stepBoard } from '../../src/console/step-board.ts';

export const SCREEN: Screen = {
  columns: 80,
  rows: 24,
  charset: { ascii: false, wide: false },
  chalk: new Chalk({ level: 0 }),
};

export const CONTENT: Content = {
  arguments: '{"name":"orders"}',
  attachments: [],
  lastAllowed: null,
  change: null,
};

export function list(key: string, rest: Partial<Listed> = {}): Listed {
  return {
    key,
    server: 'mq',
    tool: `tool_${key}`,
    title: null,
    profile: null,
    isChanged: false,
    rule: 'default',
    reason: null,
    group: key,
    allowsAlways: true,
    bytes: 17,
    asked: 0,
    allowed: 0,
    refused: 0,
    waitedMs: 0,
    leftMs: 50_000,
    isLate: false,
    ...rest,
  };
}

/** A board that a test talks to: what happens goes in, what is to be done comes out. Time passes when it is told to. */
export class BoardDialogue {
  board: Board;
  now = 0;
  #effects: BoardEffect[] = [];

  constructor({ isOnce = false, isPaused = false, screen = SCREEN } = {}) {
    this.board = createBoard({ screen, isOnce, isPaused }, 0);
  }

  /** What is to be done since this was last asked. */
  get effects(): BoardEffect[] {
    return this.#effects.splice(0);
  }

  /** What is to be done so far is done. */
  forget(): void {
    this.#effects = [];
  }

  /** The messages among it. */
  get sent(): unknown[] {
    return this.effects.flatMap((effect) => (effect.kind === 'send' ? [effect.message] : []));
  }

  /** The answers among it. */
  get answers(): FromConsole[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'send' && effect.message.kind === 'answer' ? [effect.message] : [],
    );
  }

  hear(event: BoardEvent): void {
    const { board, effects } = stepBoard(this.board, event, this.now);
    this.board = board;
    this.#effects.push(...effects);
  }

  join(id = 'g', server = 'mq'): void {
    this.hear({ kind: 'joined', guard: { id, server, since: 0, pid: 7 } });
  }

  say(message: FromGuard, guard = 'g'): void {
    this.hear({ kind: 'message', guard, message });
  }

  /** A question comes, from a guard that is met where it is not known yet. */
  ask(listed: Listed, guard = 'g'): void {
    if (!this.board.guards.has(guard)) this.join(guard, listed.server);
    this.say({ kind: 'question', question: listed }, guard);
    this.now += 1;
  }

  give(key: string, content: Content = CONTENT, guard = 'g'): void {
    this.say({ kind: 'content', key, content }, guard);
  }

  /** What was asked so far is forgotten, and the screen shows the board. */
  draw(): string[] {
    for (let before: Board | null = null; before !== this.board;) {
      before = this.board;
      this.hear({ kind: 'drawn', board: before });
    }
    this.forget();
    return this.lines;
  }

  get lines(): string[] {
    return renderBoard(this.board, this.now);
  }

  get chosen(): string | null {
    return this.board.questions.find(({ id }) => id === this.board.chosen)?.listed.key ?? null;
  }

  type(text: string): void {
    this.hear({ kind: 'typed', bytes: Buffer.from(text) });
  }

  /** A key as a person presses it: after a look, and alone. */
  press(key: string): void {
    this.now += 500;
    this.type(key);
    this.now += 100;
    this.type('');
  }
}
