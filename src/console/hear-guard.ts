import type { Content, FromGuard, Listed } from '../approval/hub/console-message.ts';
import type { Proposal } from '../policy/always/proposal.ts';
import { type Board, findChosen, type Guard, type Joined, renew, tell } from './board.ts';
import { createCard } from './card.ts';
import { createPending, nameQuestion, type Pending, sortPending } from './pending.ts';
import { choose, leaveMenu, remove, settle, type Stepped } from './stepped.ts';

/** A guard that sends more has lost its mind; what it has asked so far can still be answered. */
const MOST_QUESTIONS = 1_000;

export function meetGuard(board: Board, guard: Joined): Stepped {
  const met: Guard = { ...guard, allowed: 0, denied: 0, isPaused: false, isPolicyBroken: false };
  return settle({ ...board, guards: new Map(board.guards).set(guard.id, met) });
}

/** A guard is gone, and its questions with it: nobody could carry an answer out. */
export function loseGuard(board: Board, id: string, now: number): Stepped {
  const guard = board.guards.get(id);
  if (guard === undefined) return settle(board);
  const guards = new Map(board.guards);
  guards.delete(id);
  const lost = board.questions.filter((question) => question.guard === id).length;
  const gone = lost === 0 ? '' : `, and ${lost === 1 ? 'its question' : `its ${lost} questions`} with it`;
  const told = tell({ ...board, guards }, `${guard.server} is gone${gone}`, now);
  return remove(told, (question) => question.guard === id);
}

/** What a guard says. Nothing of it can answer, choose or draw. */
export function hearGuard(board: Board, guard: string, message: FromGuard, now: number): Stepped {
  const known = board.guards.get(guard);
  if (known === undefined) return settle(board);
  switch (message.kind) {
    case 'status': {
      const { allowed, denied, paused } = message;
      const guards = new Map(board.guards).set(guard, { ...known, allowed, denied, isPaused: paused });
      return settle({ ...board, guards });
    }
    case 'policy': {
      const { text, isBroken } = message;
      const guards = new Map(board.guards).set(guard, { ...known, isPolicyBroken: isBroken });
      return settle(tell({ ...board, guards }, `${known.server}: ${text}`, now));
    }
    case 'question':
      return takeQuestion(board, createPending(guard, message.question, now), now);
    case 'closed':
      return close(board, nameQuestion(guard, message.key), message.how, now);
    case 'refused':
      return takeBack(board, nameQuestion(guard, message.key), message.why, now);
    case 'content':
      return settle(takeContent(board, nameQuestion(guard, message.key), message.content));
    case 'proposal':
      return settle(takeProposal(board, nameQuestion(guard, message.key), message.proposal));
    case 'hello':
    case 'grants':
      return settle(board);
  }
}

function takeQuestion(board: Board, question: Pending, now: number): Stepped {
  const before = board.questions.find(({ id }) => id === question.id);
  const others = board.questions.filter(({ id }) => id !== question.id);
  if (before === undefined && isTooMany(others, question.guard)) {
    return settle(tell(board, `${question.listed.server} asks more than can be shown`, now));
  }
  const next = { ...board, questions: sortPending([...others, question]) };
  if (before === undefined) {
    // Who looks at a question goes on looking at it.
    const { board: turned, effects } = board.chosen === null ? choose(next, question) : settle(next);
    return { board: turned, effects: question.listed.isLate ? effects : [...effects, { kind: 'bell' }] };
  }
  if (board.chosen !== question.id) return settle(next);
  if (!isSameCall(before.listed, question.listed)) return choose(next, question);
  // A yes means less now than it did.
  if (before.listed.isLate !== question.listed.isLate) return settle(renew(next));
  return settle(next);
}

function isTooMany(questions: readonly Pending[], guard: string): boolean {
  return questions.filter((question) => question.guard === guard).length >= MOST_QUESTIONS;
}

/** Whether nothing changed but times and counts. */
function isSameCall(before: Listed, after: Listed): boolean {
  return spellCall(before) === spellCall(after);
}

function spellCall({ server, tool, title, rule, reason, group, allowsAlways, bytes }: Listed): string {
  return JSON.stringify([server, tool, title, rule, reason, group, allowsAlways, bytes]);
}

function takeContent(board: Board, id: string, content: Content): Board {
  const chosen = findChosen(board);
  if (chosen?.id !== id) return board;
  const card = createCard(chosen.listed, content, board.screen, false);
  // The same once more changes nothing that is looked at.
  if (board.card?.digest === card.digest) return board;
  return renew({ ...board, card, scroll: 0, seen: 0, ...leaveMenu(board) });
}

function takeProposal(board: Board, id: string, proposal: Proposal): Board {
  const { menu } = board;
  if (board.chosen !== id || menu.kind !== 'always' || menu.proposal !== null) return board;
  return renew({ ...board, menu: { kind: 'always', proposal } });
}

function close(board: Board, id: string, how: string, now: number): Stepped {
  const question = board.questions.find((other) => other.id === id);
  if (question === undefined) return settle(board);
  const { tool, server } = question.listed;
  return remove(tell(board, `${tool} on ${server}: ${how}`, now), (other) => other.id === id);
}

/** An answer did not count. What is shown may be out of date then, so it is fetched again. */
function takeBack(board: Board, id: string, why: string, now: number): Stepped {
  const chosen = findChosen(board);
  if (chosen?.id !== id || board.sent !== id) return settle(tell(board, why, now));
  return choose(tell(board, `this answer did not count: ${why}`, now), chosen);
}
