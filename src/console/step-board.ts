import { awaitKey } from '../approval/card/keypress.ts';
import { type Board, findChosen, renew, tell } from './board.ts';
import { createCard } from './card.ts';
import type { BoardEffect, BoardEvent } from './event.ts';
import { hearGuard, loseGuard, meetGuard } from './hear-guard.ts';
import { layOut } from './layout.ts';
import { settle, type Stepped } from './stepped.ts';
import { typeKeys } from './type-keys.ts';

/** How often guards are asked what they let through, while that is all there is to see. */
const STATUS_EVERY_MS = 2_000;

/** What an event makes of the board. `now` is in monotonic ms and never goes back. */
export function stepBoard(board: Board, event: BoardEvent, now: number): Stepped {
  switch (event.kind) {
    case 'joined':
      return meetGuard(board, event.guard);
    case 'left':
      return loseGuard(board, event.guard, now);
    case 'message':
      return hearGuard(board, event.guard, event.message, now);
    case 'typed':
      return typeKeys(board, event.bytes, now);
    case 'resized':
      return settle(resize(board, event.screen));
    case 'drawn':
      return settle(look(board, event.board, now));
    case 'paused':
      return settle(event.on === board.isPaused ? board : renew({ ...board, isPaused: event.on }));
    case 'trouble':
      return settle(tell(board, event.why, now));
    case 'tick':
      return tick(board, now);
  }
}

function resize(board: Board, screen: Board['screen']): Board {
  const chosen = findChosen(board);
  const { card } = board;
  const laid =
    card === null || chosen === null ? null : createCard(chosen.listed, card.content, screen, card.isFull);
  return renew({ ...board, screen, card: laid, scroll: 0, seen: 0 });
}

/** What was drawn is what can be answered from now on; keys that were pressed before were not for it. */
function look(board: Board, drawn: Board, now: number): Board {
  const isNew = board.drawn !== drawn.stand;
  const next = isNew ? { ...board, drawn: drawn.stand, keypress: awaitKey(now) } : board;
  if (board.card === null || drawn.card !== board.card || drawn.scroll > board.seen) return next;
  if (drawn.overlay !== null) return next;
  const seen = drawn.scroll + layOut(drawn, now).body.shown;
  return seen <= board.seen ? next : { ...next, seen };
}

function tick(board: Board, now: number): Stepped {
  const isOver = board.notice !== null && now >= board.notice.until;
  const told = isOver ? { ...board, notice: null } : board;
  if (board.questions.length > 0 || now - board.statusAt < STATUS_EVERY_MS) return settle(told);
  const effects = [...board.guards.keys()].map((guard): BoardEffect => ({
    kind: 'send',
    guard,
    message: { kind: 'status' },
  }));
  return { board: { ...told, statusAt: now }, effects };
}
