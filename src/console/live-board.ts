import type { FromConsole } from '../approval/hub/console-message.ts';
import { readPause, setPause } from '../approval/pause.ts';
import type { Screen } from '../approval/card/row.ts';
import type { Io } from '../io.ts';
import { type Board, createBoard } from './board.ts';
import type { BoardEffect, BoardEvent } from './event.ts';
import { watchGuards } from './guards.ts';
import type { Link } from './link.ts';
import { stepBoard } from './step-board.ts';

export interface LiveBoardParts {
  readonly io: Io;
  readonly screen: Screen;
  readonly isOnce: boolean;
  /** The board changed, or something is to be done on the screen. Never throws. */
  readonly onChange: () => void;
  readonly onQuit: () => void;
  /** Something failed that nothing can be done about. */
  readonly onFailure: (error: unknown) => void;
}

/** The board, with the guards it speaks to. */
export class LiveBoard {
  readonly #parts: LiveBoardParts;
  readonly #links = new Map<string, Link>();
  #board: Board;
  #rings = false;

  constructor(parts: LiveBoardParts) {
    const { io, screen, isOnce } = parts;
    this.#parts = parts;
    this.#board = createBoard({ screen, isOnce, isPaused: readPause(io) }, io.now());
  }

  get board(): Board {
    return this.#board;
  }

  /** Whether the bell is to ring now; each ring is told once. */
  takeBell(): boolean {
    const rings = this.#rings;
    this.#rings = false;
    return rings;
  }

  /** Finds the guards and follows them until what it gives is called. Rejects where guards cannot be looked for. */
  async follow(): Promise<() => void> {
    const { io } = this.#parts;
    const guards = await watchGuards(io, {
      joined: (link) => this.#guard(() => this.#meet(link)),
      message: ({ id }, message) => this.hear({ kind: 'message', guard: id, message }),
      left: ({ id }, why) => {
        this.#links.delete(id);
        this.hear({ kind: 'left', guard: id, why });
      },
    });
    return () => guards.close();
  }

  /** Lets something happen. Never throws: it is called from sockets and timers. */
  hear(event: BoardEvent): void {
    this.#guard(() => {
      const before = this.#board;
      const { board, effects } = stepBoard(before, event, this.#parts.io.now());
      this.#board = board;
      for (const effect of effects) this.#perform(effect);
      if (board !== before || effects.length > 0) this.#parts.onChange();
    });
  }

  /** Looks whether another console paused everything, or lifted it. */
  lookForPause(): void {
    this.hear({ kind: 'paused', on: readPause(this.#parts.io) });
  }

  #meet(link: Link): void {
    this.#links.set(link.id, link);
    const { id, server, since, pid } = link;
    this.hear({ kind: 'joined', guard: { id, server, since, pid } });
  }

  #perform(effect: BoardEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#links.get(effect.guard)?.send(effect.message);
        return;
      case 'pause':
        this.#pause(effect.on);
        return;
      case 'bell':
        this.#rings = true;
        return;
      case 'quit':
        this.#parts.onQuit();
    }
  }

  /** The file comes first: a guard that starts in this moment reads it after it can be found, so none is missed. */
  #pause(on: boolean): void {
    const message: FromConsole = { kind: 'pause', on };
    try {
      setPause(this.#parts.io, on);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.hear({
        kind: 'trouble',
        why: `${on ? 'guards that start later are not paused' : 'not lifted'}: ${why}`,
      });
      // What cannot be lifted for all is lifted for none.
      if (!on) return;
    }
    for (const link of this.#links.values()) link.send(message);
    this.lookForPause();
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#parts.onFailure(error);
    }
  }
}
