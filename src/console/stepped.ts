import { type Board, findChosen, renew } from './board.ts';
import type { BoardEffect } from './event.ts';
import { isAlike, type Pending } from './pending.ts';

/** What comes of an event. */
export interface Stepped {
  readonly board: Board;
  readonly effects: readonly BoardEffect[];
}

/** Nothing is to be done outside. */
export function settle(board: Board): Stepped {
  return { board, effects: [] };
}

/** Turns to a question, which is asked for what is in it. */
export function choose(board: Board, question: Pending | null): Stepped {
  const turned = renew({
    ...board,
    chosen: question?.id ?? null,
    card: null,
    scroll: 0,
    seen: 0,
    ...leaveMenu(board),
    sent: null,
  });
  return { board: turned, effects: question === null ? [] : [show(question)] };
}

/** Back to the keys, for another question or another content. */
export function leaveMenu({ menu, overlay }: Board): Pick<Board, 'menu' | 'overlay'> {
  return { menu: { kind: 'keys' }, overlay: menu.kind === 'message' ? 'lost' : overlay };
}

/** Asks the guard for what is in the call. */
export function show({ guard, listed }: Pending): BoardEffect {
  return { kind: 'send', guard, message: { kind: 'show', key: listed.key } };
}

/**
 * Takes questions away that are over. Where the chosen one is among them, the next of its row is chosen, else the one
 * that waits longest.
 */
export function remove(board: Board, isOver: (question: Pending) => boolean): Stepped {
  const questions = board.questions.filter((question) => !isOver(question));
  const rest = { ...board, questions };
  const chosen = findChosen(board);
  if (chosen === null || !isOver(chosen)) return settle(rest);
  if (board.isOnce) return { board: choose(rest, null).board, effects: [{ kind: 'quit' }] };
  const alike = questions.find((question) => isAlike(question, chosen));
  return choose(rest, alike ?? questions[0] ?? null);
}
