import { awaitKey, readKeypress } from '../approval/card/keypress.ts';
import { type Menu, pressMenu } from '../approval/card/menu.ts';
import { isGrave } from '../approval/grave.ts';
import type { Choice } from '../approval/question.ts';
import { type Board, findChosen, isPausedAnywhere, renew, tell } from './board.ts';
import { createCard } from './card.ts';
import type { BoardEffect } from './event.ts';
import { findLock, isMenuWhole } from './layout.ts';
import { attend, move } from './move.ts';
import { readMoves } from './navigation.ts';
import type { Pending } from './pending.ts';
import { settle, type Stepped } from './stepped.ts';
import { decodeTyped } from './decode-typed.ts';

const KEYS: Menu = { kind: 'keys' };

/** What was typed, perhaps nothing. Moves act at once; what decides something counts only as a key pressed alone. */
export function typeKeys(board: Board, bytes: Uint8Array, now: number): Stepped {
  if (board.overlay === 'lost') return settle(isEnd(bytes) ? renew({ ...board, overlay: null }) : board);
  const question = findChosen(board);
  if (question !== null && board.menu.kind === 'message' && board.overlay === null) {
    return bytes.length === 0 ? settle(board) : typeMessage(board, question, bytes, now);
  }
  const [held, moves] = readMoves(board.held, bytes, now);
  if (moves !== null) {
    const typed = { ...board, held, keypress: awaitKey(now) };
    return moves.reduce<Stepped>((stepped, next) => {
      const { board: moved, effects } = move(stepped.board, next, now);
      return { board: moved, effects: [...stepped.effects, ...effects] };
    }, settle(typed));
  }
  const [keypress, key] = readKeypress(board.keypress, bytes, now);
  const isSame = held === board.held && keypress === board.keypress;
  const typed = isSame ? board : { ...board, held, keypress };
  return key === null ? settle(typed) : pressKey(typed, key, now);
}

/** Enter or Escape, alone. */
function isEnd(bytes: Uint8Array): boolean {
  return bytes.length === 1 && ['\r', '\n', '\u001B'].includes(String.fromCharCode(...bytes));
}

function pressKey(board: Board, key: string, now: number): Stepped {
  if (board.overlay !== null) return leaveOverlay(board, key);
  if (key === 'p') return pause(board);
  const question = findChosen(board);
  // What is not on the screen, or was answered already, is not answered.
  if (question === null || board.card === null || board.drawn !== board.stand || board.sent !== null) {
    return settle(board);
  }
  return pressChosen(board, question, key, now);
}

function leaveOverlay(board: Board, key: string): Stepped {
  const next = renew({ ...board, overlay: null });
  const isLifted = board.overlay === 'lift' && key === 'y' && board.drawn === board.stand;
  return isLifted ? { board: next, effects: [{ kind: 'pause', on: false }] } : settle(next);
}

/** Pausing only refuses, so it needs no second key; lifting it does. */
function pause(board: Board): Stepped {
  if (isPausedAnywhere(board)) return settle(renew({ ...board, overlay: 'lift' }));
  return { board: renew({ ...board, menu: KEYS }), effects: [{ kind: 'pause', on: true }] };
}

function pressChosen(board: Board, question: Pending, key: string, now: number): Stepped {
  if (board.menu.kind === 'always' && !isMenuWhole(board, now)) {
    return settle(tell(renew({ ...board, menu: KEYS }), 'the rule does not fit on this screen', now));
  }
  const { menu, does } = pressMenu(board.menu, key, question.listed);
  if (menu === board.menu && does === null) return settle(board);
  const { board: turned, effects } = attend(renew({ ...board, menu }), now);
  if (does === null) return { board: turned, effects };
  switch (does.kind) {
    case 'choose':
      return answer(turned, question, does.choice, now);
    case 'propose':
      return { board: turned, effects: [...effects, send(question, { kind: 'propose' })] };
    case 'view':
      return { board: turnView(turned, question), effects };
  }
}

/** The message is only words of a no: it may be typed fast, and pasted. */
function typeMessage(board: Board, question: Pending, bytes: Uint8Array, now: number): Stepped {
  const [text, partial] = decodeTyped(Buffer.concat([board.partial, bytes]));
  const typed = { ...board, partial };
  if (text === '') return settle(typed);
  // A line break that is part of something pasted sends nothing.
  const words = text.length > 1 ? text.replaceAll(/[\r\n]+/g, ' ') : text;
  const { menu, does } = pressMenu(board.menu, words, question.listed);
  const next = menu.kind === 'message' ? { ...typed, menu } : renew({ ...typed, menu });
  return does?.kind === 'choose' ? sendAnswer(next, question, does.choice) : attend(next, now);
}

function answer(board: Board, question: Pending, choice: Choice, now: number): Stepped {
  const { card } = board;
  if (choice.kind === 'yes' && card !== null) {
    if (card.lines.failure !== null) {
      return settle(tell(board, 'this cannot be shown, so it can only be refused', now));
    }
    const lock = findLock(board);
    if (lock === 'cut') {
      return settle(tell(board, 'this needs to be seen whole before a yes: v shows what is left out', now));
    }
    if (lock === 'unseen') {
      const what = isGrave(card.question) ? 'look at everything' : 'look at the arguments';
      return settle(tell(board, `${what} first: space scrolls to it`, now));
    }
  }
  return sendAnswer(board, question, choice);
}

function sendAnswer(board: Board, question: Pending, choice: Choice): Stepped {
  if (board.card === null) return settle(board);
  const { digest } = board.card;
  return {
    board: { ...board, sent: question.id, menu: KEYS },
    effects: [send(question, { kind: 'answer', digest, choice })],
  };
}

function turnView(board: Board, { listed }: Pending): Board {
  const { card, screen } = board;
  if (card === null) return board;
  const turned = createCard(listed, card.content, screen, !card.isFull);
  return renew({ ...board, card: turned, scroll: 0, seen: 0 });
}

type Said =
  | { readonly kind: 'propose' }
  | { readonly kind: 'answer'; readonly digest: string; readonly choice: Choice };

function send({ guard, listed: { key } }: Pending, said: Said): BoardEffect {
  return { kind: 'send', guard, message: { ...said, key } };
}
