import { renderMenu } from '../approval/card/render-menu.ts';
import { type Board, findChosen } from './board.ts';
import { layOut } from './layout.ts';
import { renderBody } from './render-board.ts';
import { renderBanner } from './render-header.ts';
import { renderHints, renderNotice } from './render-hints.ts';
import { renderHelp, renderLift, renderLost } from './render-overlay.ts';
import { count } from './words.ts';

/**
 * The same for a terminal that can only print. Nothing in it tells the time, since every change is printed again; the
 * part of a long call that fits on the screen, and the rest of it by scrolling. What happened last comes last: it can
 * be printed alone.
 */
export function renderPlain(board: Board, now: number): string[] {
  const chosen = findChosen(board);
  const notice = renderNotice(board);
  if (board.overlay === 'help') return renderHelp(board);
  if (board.overlay === 'lift') return renderLift(board);
  if (board.overlay === 'lost') return renderLost(board);
  if (chosen === null) {
    const quiet = `  nothing waits for an answer, ${count(board.guards.size, 'guard')}`;
    return [
      ...renderBanner(board),
      quiet.slice(0, board.screen.columns - 1),
      ...renderHints(board),
      ...notice,
    ];
  }
  const body = renderBody(board, chosen, layOut(board, now).body).filter((line) => line !== '');
  const menu = renderMenu(board.menu, board.screen, chosen.listed, board.card?.isFull === true ? 0 : 1);
  return [...renderBanner(board), ...body, ...menu, ...notice];
}
