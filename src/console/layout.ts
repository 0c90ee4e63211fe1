import { renderHead } from '../approval/card/render-card.ts';
import { renderMenu } from '../approval/card/render-menu.ts';
import { showsAll } from '../approval/card/shows-all.ts';
import { isGrave } from '../approval/grave.ts';
import { type Board, findChosen, findRows } from './board.ts';
import { createQuestion } from './card.ts';
import type { Pending } from './pending.ts';
import { renderBanner, renderHeader } from './render-header.ts';
import { renderHints, renderNotice } from './render-hints.ts';
import { renderBriefMenu, renderStanding } from './render-keys.ts';
import { renderRows } from './render-rows.ts';

/** Where everything goes on a screen that shows a question. */
export interface Layout {
  readonly above: readonly string[];
  readonly body: Body;
  readonly below: readonly string[];
}

/** What scrolls: what the question says about itself, then what is in the call. */
export interface Body {
  readonly head: readonly string[];
  /** Rows of the screen for all of it. */
  readonly room: number;
  /** Lines of it, `Infinity` where they are too many to be counted. */
  readonly total: number;
  /** Lines of it that are shown now, and once it is scrolled. */
  readonly shown: number;
  readonly roomScrolled: number;
}

/** Below this many lines of a call it is laid out tighter, until nothing is left to give up. */
const LEAST_CONTENT = 3;
/** So much of the content must have been on the screen before a yes: its size, and its beginning. */
const LEAST_SEEN = 2;

/** How much is given up, from nothing to all but the question. */
const TIGHTNESS = [0, 1, 2, 3, 4] as const;
type Tightness = (typeof TIGHTNESS)[number];

/** Lays the screen out, with as much round the question as there is room for. */
export function layOut(board: Board, now: number): Layout {
  const head = findHead(board);
  let layout = layOutAs(board, head, 4, now);
  for (const tightness of TIGHTNESS) {
    layout = layOutAs(board, head, tightness, now);
    const { room, total } = layout.body;
    if (room >= Math.min(total, head.length + LEAST_CONTENT)) break;
  }
  return layout;
}

/** Lines that a person has yet to see before a yes counts. */
function countUnseen(board: Board): number {
  if (board.card === null) return Infinity;
  const head = findHead(board).length;
  const { lines, question } = board.card;
  // Never all of them at once: a call may hold megabytes.
  const least = isGrave(question) ? lines.total(board.seen) : Math.min(LEAST_SEEN, lines.total(0));
  return Math.max(0, head + least - board.seen);
}

/**
 * What keeps a yes from counting: something grave is not shown whole (`cut`), or what is shown was not on the screen yet
 * (`unseen`).
 */
export function findLock(board: Board): 'cut' | 'unseen' | null {
  const { card, screen } = board;
  if (card === null) return 'unseen';
  if (isGrave(card.question) && !card.isFull && !showsAll(card.question, screen)) return 'cut';
  return countUnseen(board) > 0 ? 'unseen' : null;
}

/** Whether what the menu says stands there whole; a rule that is not seen is not confirmed. */
export function isMenuWhole(board: Board, now: number): boolean {
  const { above, below } = layOut(board, now);
  return above.length + below.length < board.screen.rows;
}

function findHead(board: Board): string[] {
  const chosen = findChosen(board);
  if (chosen === null) return [];
  const { rows, index } = findRows(board);
  const question = createQuestion(chosen.listed, board.card?.content ?? null);
  return renderHead(question, board.screen, rows[index]?.count ?? 1);
}

function layOutAs(board: Board, head: readonly string[], tightness: Tightness, now: number): Layout {
  const { screen } = board;
  const gap = tightness === 0 ? [''] : [];
  const list = tightness === 4 ? [] : renderRows(board, now, tightness >= 2 ? 2 : Math.ceil(screen.rows / 5));
  const banner = renderBanner(board);
  const header = tightness === 4 && banner.length > 0 ? [] : renderHeader(board);
  const above = [...header, ...banner, ...(list.length === 0 ? gap : list)];
  const below = [...gap, ...renderFoot(board, tightness, now)];
  return { above, below, body: measure(board, head, Math.max(1, screen.rows - above.length - below.length)) };
}

function renderFoot(board: Board, tightness: Tightness, now: number): string[] {
  const chosen = findChosen(board);
  const standing = chosen === null ? [] : renderStanding(board, chosen, now, isLocked(board));
  const notice = renderNotice(board);
  const last = tightness < 2 ? [...(notice.length === 0 ? [''] : notice), ...renderHints(board)] : notice;
  return [...renderChoices(board, chosen, tightness), ...standing, ...last];
}

/** Whether a yes still needs more than what every question needs. */
function isLocked(board: Board): boolean {
  return board.card !== null && isGrave(board.card.question) && findLock(board) !== null;
}

function renderChoices(board: Board, chosen: Pending | null, tightness: Tightness): string[] {
  if (chosen === null) return [];
  const { screen, menu, card } = board;
  const lines = renderMenu(menu, screen, chosen.listed, card?.isFull === true ? 0 : 1);
  const isBrief = menu.kind === 'keys' && tightness >= 3 && lines.length > screen.rows / 4;
  return isBrief ? renderBriefMenu(chosen.listed, screen) : lines;
}

function measure({ card, scroll }: Board, head: readonly string[], room: number): Body {
  // While it is fetched a line says so.
  const total = card === null ? head.length + 1 : head.length + card.lines.total(scroll);
  const isLong = total > room;
  // Of what is long, one row says which part this is, and once it is scrolled another says whose it is.
  const roomScrolled = isLong ? Math.max(1, room - (room >= 3 ? 2 : room - 1)) : room;
  const roomFirst = isLong ? Math.max(1, room - 1) : room;
  return { head, room, total, shown: scroll > 0 ? roomScrolled : roomFirst, roomScrolled };
}
