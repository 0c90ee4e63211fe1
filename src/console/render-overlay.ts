import type { Screen } from '../approval/card/row.ts';
import { wrapText } from '../approval/card/wrap.ts';
import type { Board } from './board.ts';
import { renderBanner, renderHeader } from './render-header.ts';
import { renderNotice } from './render-hints.ts';

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['y', 'yes, once'],
  ['s', 'yes, to this tool for this session'],
  ['e', 'yes, to exactly this call for this session'],
  ['t', 'yes, to this tool for a time or a number of calls'],
  ['a', 'yes, always: shows the rule it would write first'],
  ['n', 'no'],
  ['m', 'no, with words for the agent'],
  ['v', 'everything, or the summary again'],
  ['j k', 'another question (also arrows, Tab)'],
  ['space b', 'scroll (also page up and down, left and right)'],
  ['p', 'refuse everything and pause every guard'],
  ['q', 'leave; what waits goes on waiting'],
];
const KEYS_WIDTH = 9;

/** What every key does. */
export function renderHelp(board: Board): string[] {
  const { screen } = board;
  const isLow = screen.rows < KEYS.length + 7;
  const gap = isLow ? [] : [''];
  const words = 'A key counts when it was pressed alone, after the question had stood for a moment.';
  return [
    ...renderHeader(board),
    ...gap,
    ...KEYS.flatMap((key) => renderKey(key, screen)),
    ...gap,
    ...(isLow ? [] : say(words, screen)),
    ...say('any key goes back', screen),
  ];
}

/** Asks before everything runs again. */
export function renderLift(board: Board): string[] {
  const { screen } = board;
  return [
    ...renderHeader(board),
    ...renderBanner(board),
    '',
    ...say('Lift the pause? Calls are held against the policy again, in every guard.', screen),
    '',
    ...renderKey(['y', 'lift it'], screen),
    ...say('any other key leaves it as it is', screen),
  ];
}

/** The question that words were being typed for is over. */
export function renderLost(board: Board): string[] {
  const { screen } = board;
  return [
    ...renderHeader(board),
    ...renderBanner(board),
    ...renderNotice(board),
    '',
    ...say('The question you were writing for is no longer open, and your words were not sent.', screen),
    '',
    ...renderKey(['Enter', 'go on'], screen),
  ];
}

function renderKey([keys, does]: readonly [string, string], screen: Screen): string[] {
  const [first = '', ...rest] = wrapText(does, Math.max(8, screen.columns - 3 - KEYS_WIDTH));
  const indent = ' '.repeat(2 + KEYS_WIDTH);
  return [
    `  ${screen.chalk.bold(keys.padEnd(KEYS_WIDTH))}${first.trimEnd()}`,
    ...rest.map((line) => indent + line.trimEnd()),
  ];
}

function say(text: string, screen: Screen): string[] {
  return wrapText(text, screen.columns - 3).map((line) => `  ${screen.chalk.dim(line.trimEnd())}`);
}
