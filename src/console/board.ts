import { awaitKey, type Keypress } from '../approval/card/keypress.ts';
import type { Menu } from '../approval/card/menu.ts';
import type { Screen } from '../approval/card/row.ts';
import type { Card } from './card.ts';
import { type Held, NOTHING_HELD } from './navigation.ts';
import { isAlike, listRows, type Pending, type Row } from './pending.ts';

/** What a console knows of a guard when it meets it. */
export interface Joined {
  readonly id: string;
  readonly server: string;
  /** Wall clock, ms since the epoch. */
  readonly since: number;
  readonly pid: number;
}

export interface Guard extends Joined {
  readonly allowed: number;
  readonly denied: number;
  readonly isPaused: boolean;
  /** Its policy file was saved and cannot be used; the last good one holds. */
  readonly isPolicyBroken: boolean;
}

/**
 * What is put over the chosen question. `lost`: the question that words were being typed for is no more; what is still
 * being typed is for none of the others.
 */
export type Overlay = 'help' | 'lift' | 'lost' | null;

export interface Notice {
  /** What happened, with words from outside in it: to be made visible where it is shown. */
  readonly text: string;
  readonly until: number;
}

/** The questions of all guards as one person sees them. */
export interface Board {
  readonly screen: Screen;
  readonly guards: ReadonlyMap<string, Guard>;
  /** In the order in which they want an answer. */
  readonly questions: readonly Pending[];
  /** The question that is looked at, by its id; null where none waits. */
  readonly chosen: string | null;
  readonly card: Card | null;
  /** The first line of the card that is shown. */
  readonly scroll: number;
  /** Lines of the card that have been on the screen, from its first on without a gap. */
  readonly seen: number;
  readonly menu: Menu;
  readonly overlay: Overlay;
  /** The question that was answered, until its guard says what came of it. */
  readonly sent: string | null;
  readonly notice: Notice | null;
  /** The pause that holds for every guard, also for those that start later. */
  readonly isPaused: boolean;
  /** Leaves after one question. */
  readonly isOnce: boolean;
  /** Grows whenever something else stands there to be decided about. */
  readonly stand: number;
  /** The stand that is on the screen: an answer to another was not for what is seen. */
  readonly drawn: number;
  readonly keypress: Keypress;
  readonly held: Held;
  /** The beginning of a character whose other bytes are still to come. */
  readonly partial: Uint8Array;
  /** When and for which question a guard was last told that a person is looking. */
  readonly attended: { readonly id: string; readonly at: number } | null;
  readonly statusAt: number;
}

export interface BoardParts {
  readonly screen: Screen;
  readonly isPaused: boolean;
  readonly isOnce: boolean;
}

const NOTICE_MS = 10_000;

export function createBoard({ screen, isPaused, isOnce }: BoardParts, now: number): Board {
  return {
    screen,
    guards: new Map(),
    questions: [],
    chosen: null,
    card: null,
    scroll: 0,
    seen: 0,
    menu: { kind: 'keys' },
    overlay: null,
    sent: null,
    notice: null,
    isPaused,
    isOnce,
    stand: 0,
    drawn: -1,
    keypress: awaitKey(now),
    held: NOTHING_HELD,
    partial: new Uint8Array(),
    attended: null,
    statusAt: now,
  };
}

/** The question that is looked at. */
export function findChosen({ questions, chosen }: Board): Pending | null {
  return questions.find(({ id }) => id === chosen) ?? null;
}

/** The rows of the list, and which of them is looked at: -1 where none is. */
export function findRows(board: Board): { rows: Row[]; index: number } {
  const rows = listRows(board.questions);
  const chosen = findChosen(board);
  return { rows, index: chosen === null ? -1 : rows.findIndex(({ oldest }) => isAlike(oldest, chosen)) };
}

/** Whether calls are refused unasked, in every guard or in one of them. */
export function isPausedAnywhere({ isPaused, guards }: Board): boolean {
  return isPaused || [...guards.values()].some((guard) => guard.isPaused);
}

/** Something else stands there now: keys count only when it has been drawn and looked at. */
export function renew(board: Board): Board {
  return { ...board, stand: board.stand + 1 };
}

export function tell(board: Board, text: string, now: number): Board {
  return { ...board, notice: { text, until: now + NOTICE_MS } };
}
