import { type Board, findChosen, findRows, renew } from './board.ts';
import { layOut } from './layout.ts';
import type { Move } from './navigation.ts';
import { choose, settle, type Stepped } from './stepped.ts';

/** A guard is told that a person looks at its question this often at most. */
const ATTEND_EVERY_MS = 1_000;

/** Moves about; nothing of it answers. */
export function move(board: Board, to: Move, now: number): Stepped {
  if (to === 'leave') return { board, effects: [{ kind: 'quit' }] };
  if (board.overlay !== null) return settle(renew({ ...board, overlay: null }));
  if (to === 'help') return settle(renew({ ...board, overlay: 'help' }));
  const moved = to === 'up' || to === 'down' ? turn(board, to, now) : settle(scroll(board, to, now));
  const attended = attend(moved.board, now);
  return { board: attended.board, effects: [...moved.effects, ...attended.effects] };
}

/** Tells the guard of the chosen question that a person is there. */
export function attend(board: Board, now: number): Stepped {
  const chosen = findChosen(board);
  if (chosen === null) return settle(board);
  const { attended } = board;
  if (attended?.id === chosen.id && now - attended.at < ATTEND_EVERY_MS) return settle(board);
  const { guard, id, listed } = chosen;
  return {
    board: { ...board, attended: { id, at: now } },
    effects: [{ kind: 'send', guard, message: { kind: 'attend', key: listed.key } }],
  };
}

function turn(board: Board, to: 'up' | 'down', now: number): Stepped {
  const { rows, index } = findRows(board);
  if (rows.length <= 1) return settle(scroll(board, to === 'up' ? 'line-up' : 'line-down', now));
  const next = rows[index + (to === 'up' ? -1 : 1)];
  return next === undefined ? settle(board) : choose(board, next.oldest);
}

function scroll(board: Board, to: Exclude<Move, 'up' | 'down' | 'help' | 'leave'>, now: number): Board {
  const { card, scroll: from } = board;
  if (card === null) return board;
  const { body } = layOut(board, now);
  if (body.room === 0) return board;
  const page = Math.max(1, body.shown - 1);
  const wanted = {
    'page-up': from - page,
    'page-down': from + page,
    'line-up': from - 1,
    'line-down': from + 1,
  };
  const last = (): number => Math.max(0, body.head.length + card.lines.count() - body.roomScrolled);
  if (to === 'top') return { ...board, scroll: 0 };
  if (to === 'bottom') return { ...board, scroll: last() };
  const place = wanted[to];
  const most = body.total === Infinity ? Infinity : Math.max(0, body.total - body.roomScrolled);
  return { ...board, scroll: Math.max(0, Math.min(place, most)) };
}
