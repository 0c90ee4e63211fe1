import type { Screen } from '../approval/card/row.ts';
import { wrapText } from '../approval/card/wrap.ts';
import type { Board, Guard } from './board.ts';
import { fitText, measureText } from './fit-text.ts';
import { renderBanner, renderHeader } from './render-header.ts';
import { renderHints, renderNotice } from './render-hints.ts';
import { renderRule } from './render-rule.ts';
import { count } from './words.ts';

const MOST_NAME = 32;
/** Below this only the name and what was refused have room. */
const LEAST_FOR_COUNTS = 60;

/** The screen while nothing waits: who is connected, or how one comes to be. */
export function renderQuiet(board: Board): string[] {
  const { screen, guards } = board;
  const top = [
    ...renderHeader(board),
    ...renderBanner(board),
    '',
    ...say('nothing waits for an answer', screen),
    '',
  ];
  const foot = [
    ...(renderNotice(board)[0] === undefined ? [''] : renderNotice(board)),
    ...renderHints(board),
  ];
  const room = Math.max(0, screen.rows - top.length - foot.length);
  const body = guards.size === 0 ? renderNobody(screen) : renderGuards([...guards.values()], screen, room);
  const space = Array.from({ length: Math.max(0, room - body.length) }, () => '');
  return [...top, ...body.slice(0, room), ...space, ...foot];
}

function renderGuards(guards: readonly Guard[], screen: Screen, room: number): string[] {
  const most = Math.max(1, room - 2);
  const shown = guards.length > most ? guards.slice(0, most - 1) : guards;
  const hidden = guards.length - shown.length;
  const longest = Math.max(...shown.map(({ server }) => measureText(server, MOST_NAME, screen)));
  const width = Math.min(longest, Math.max(4, screen.columns - 16));
  return [
    renderRule(count(guards.length, 'guard'), screen),
    ...shown.map((guard) => renderGuard(guard, width, screen)),
    ...(hidden > 0 ? say(`and ${hidden} more`, screen) : []),
  ];
}

function renderGuard(
  { server, since, allowed, denied, isPaused, isPolicyBroken }: Guard,
  width: number,
  screen: Screen,
): string {
  const name = fitText(server, width, screen);
  const states = [isPaused ? 'paused' : '', isPolicyBroken ? 'policy broken' : ''].filter(
    (word) => word !== '',
  );
  const state = states.map((word) => screen.chalk.yellow(`  ${word}`)).join('');
  if (screen.columns < LEAST_FOR_COUNTS) return `  ${name}${state}`;
  const facts = `  since ${renderSince(since)}  ${tell(allowed)} allowed  ${tell(denied)} refused`;
  return `  ${name}${screen.chalk.dim(facts)}${state}`;
}

/** Local time, as a person reads it off the wall. */
function renderSince(since: number): string {
  const date = new Date(since);
  if (Number.isNaN(date.getTime())) return '?'.padEnd(5);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}

function tell(number: number): string {
  return String(number).slice(0, 7).padStart(4);
}

function renderNobody(screen: Screen): string[] {
  return [
    renderRule('no guard runs', screen),
    ...say(
      'A guard starts with your client, where the client is told to start the server through it:',
      screen,
    ),
    '',
    ...say('  mcp-guard run -- <command>', screen),
    '',
    ...say('Its questions appear here by themselves. mcp-guard demo shows how that goes.', screen),
  ];
}

function say(text: string, screen: Screen): string[] {
  const indent = text.startsWith(' ') ? '    ' : '  ';
  return wrapText(text.trimStart(), screen.columns - 1 - indent.length).map(
    (line) => indent + line.trimEnd(),
  );
}
