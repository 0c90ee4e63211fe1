import { renderRemark } from '../approval/card/row.ts';
import { type Board, findChosen } from './board.ts';
import { cutText } from './fit-text.ts';
import { type Body, layOut } from './layout.ts';
import type { Pending } from './pending.ts';
import { renderHelp, renderLift, renderLost } from './render-overlay.ts';
import { renderQuiet } from './render-quiet.ts';

/** The whole screen: as many lines as it has rows, none wider than it, none that anything from outside can draw in. */
export function renderBoard(board: Board, now: number): string[] {
  const { rows } = board.screen;
  const lines = renderLines(board, now).slice(0, rows);
  return [...lines, ...Array.from({ length: rows - lines.length }, () => '')];
}

function renderLines(board: Board, now: number): string[] {
  if (board.overlay === 'help') return renderHelp(board);
  if (board.overlay === 'lift') return renderLift(board);
  if (board.overlay === 'lost') return renderLost(board);
  const chosen = findChosen(board);
  if (chosen === null) return renderQuiet(board);
  const { above, body, below } = layOut(board, now);
  return [...above, ...renderBody(board, chosen, body), ...below];
}

/** The part of the question that is scrolled to, in exactly the rows there are for it. */
export function renderBody(board: Board, chosen: Pending, body: Body): string[] {
  const { scroll } = board;
  const shown = takeLines(board, body);
  const isLong = body.total > body.room;
  const whose = isLong && scroll > 0 && body.room >= 3 ? [renderWhose(chosen, board)] : [];
  const part = isLong && body.room >= 2 ? [renderPart(scroll, shown.length, body.total, board)] : [];
  const rest = body.room - whose.length - shown.length - part.length;
  const space = Array.from({ length: Math.max(0, rest) }, () => '');
  return [...whose, ...shown, ...part, ...space].slice(0, body.room);
}

function takeLines({ card, scroll, screen }: Board, { head, shown }: Body): string[] {
  const lines = head.slice(scroll, scroll + shown);
  const room = shown - lines.length;
  if (room === 0) return lines;
  if (card === null)
    return [...lines, ...renderRemark('asking the guard for the arguments', screen)].slice(0, shown);
  return [...lines, ...card.lines.take(Math.max(0, scroll - head.length), room)];
}

/** Whose arguments these are, once the top of the card is scrolled away. */
function renderWhose({ listed }: Pending, { screen }: Board): string {
  return screen.chalk.bold(cutText(`${listed.tool} on ${listed.server}`, screen.columns - 1, screen));
}

function renderPart(from: number, shown: number, total: number, { screen }: Board): string {
  const whole = total === Infinity ? 'many' : String(total);
  const words = `lines ${from + 1}-${from + shown} of ${whole}`;
  const hint = from + shown < total ? ', space scrolls' : ', b scrolls back';
  const [line = ''] = renderRemark(
    words.length + hint.length + 7 < screen.columns ? words + hint : words,
    screen,
  );
  return line;
}
