import { describeLasts } from '../describe-choice.ts';
import { LASTS, type Menu } from './menu.ts';
import type { Question } from '../question.ts';
import type { Proposal } from '../../policy/always/proposal.ts';
import type { Screen } from './row.ts';
import { renderVisible, say, splitVisible } from './visible.ts';
import { wrapPieces, wrapText } from './wrap.ts';

type Key = readonly [key: string, does: string];

const LEAST_FOR_COLUMNS = 80;
/** Below this, words are short. */
export const LEAST_FOR_WORDS = 36;
const MARGIN = '  ';

/** What can be pressed now, or is being typed. `nextPage` is where `v` leads: 0 to the summary. */
export function renderMenu(
  menu: Menu,
  screen: Screen,
  question: Pick<Question, 'allowsAlways'>,
  nextPage: number,
): string[] {
  switch (menu.kind) {
    case 'keys':
      return renderMain(screen, question, nextPage);
    case 'lasts':
      return renderLasts(screen);
    case 'message':
      return renderMessage(menu.text, screen);
    case 'always':
      return renderAlways(menu.proposal, screen);
  }
}

/**
 * What was typed since, for a terminal that can only print; null where the menu is another. The whole line again where it
 * is no longer what was typed before.
 */
export function renderNewWords(before: Menu, after: Menu, { charset }: Screen): string | null {
  if (before.kind !== 'message' || after.kind !== 'message') return null;
  const isMore = before.text !== '' && after.text.startsWith(before.text);
  if (isMore) return renderVisible(after.text.slice(before.text.length), charset);
  return `\r\n${MARGIN}> ${renderVisible(after.text, charset)}`;
}

function renderMain(
  screen: Screen,
  { allowsAlways }: Pick<Question, 'allowsAlways'>,
  nextPage: number,
): string[] {
  const always: Key[] = allowsAlways ? [['a', 'always']] : [];
  if (screen.columns < LEAST_FOR_WORDS) {
    const once: Key[] = [
      ['y', 'once'],
      ['n', 'no'],
    ];
    const longer: Key[] = [
      ['s', 'tool, session'],
      ['e', 'call, session'],
      ['t', 'time'],
    ];
    const rest: Key[] = [
      ['m', 'say why'],
      ['v', nextPage === 0 ? 'less' : nextPage === 1 ? 'all' : 'next'],
    ];
    return [...packKeys([...once, ...longer, ...always], screen), ...packKeys(rest, screen)];
  }
  const yes: Key[] = [
    ['y', 'once'],
    ['s', 'this tool, this session'],
    ['e', 'exactly this call, this session'],
  ];
  const others: Key[] = [
    ['t', 'for a time'],
    ...always,
    ['n', 'no'],
    ['m', 'no, and say why'],
    ['v', nextPage === 0 ? 'summary' : nextPage === 1 ? 'all arguments' : 'next page'],
  ];
  const groups = screen.columns < LEAST_FOR_COLUMNS ? [[...yes, ...others]] : [yes, others];
  return groups.flatMap((keys) => packKeys(keys, screen));
}

function renderLasts(screen: Screen): string[] {
  const keys = [...LASTS].map(([key, lasts]): Key => [`${key})`, describeLasts(lasts)]);
  return [
    ...renderWords('this tool, whatever its arguments, for', screen),
    ...packKeys(keys, screen),
    ...renderOthers('any other key: back', screen),
  ];
}

function renderMessage(text: string, screen: Screen): string[] {
  const words = [...splitVisible(text, screen.charset), say('_')];
  const lines = [...wrapPieces(words, screen.columns - 5)].map((line) => `  > ${line}`);
  // The end of it is where one types.
  return [
    ...renderWords('no, and the agent reads:', screen),
    ...lines.slice(-3),
    ...renderOthers('Enter sends the no, Esc goes back', screen),
  ];
}

function renderAlways(proposal: Proposal | null, screen: Screen): string[] {
  if (proposal === null) return renderOthers('looking at the policy', screen);
  if (proposal.kind === 'impossible') {
    const why = [say('no rule can be written: '), ...splitVisible(proposal.why, screen.charset)];
    const lines = [...wrapPieces(why, screen.columns - 3)].map((line) => `  ${line}`);
    return [...lines, ...renderOthers('any key: back', screen)];
  }
  const file = [say('this would stand in '), ...splitVisible(proposal.file, screen.charset)];
  const lead = [...wrapPieces(file, screen.columns - 3)].map((line) => `  ${line}`);
  const rule = proposal.lines.flatMap((line) => {
    const indent = /^ */.exec(line)?.[0].slice(0, screen.columns - 20) ?? '';
    const shown = [...splitVisible(line.trimStart(), screen.charset)];
    // More of a line has another gutter, so that no name in the file can look like a line of it.
    return [...wrapPieces(shown, screen.columns - 5 - indent.length)].map(
      (part, index) => `  ${index === 0 ? '|' : '>'} ${indent}${part}`,
    );
  });
  const keys = renderAlone([['y', 'write it, and allow this call']], screen);
  return [...lead, ...rule, ...keys, ...renderOthers('any other key: back', screen)];
}

/** As many keys on a line as there is room for. */
function packKeys(keys: readonly Key[], screen: Screen): string[] {
  const room = screen.columns - 1 - MARGIN.length;
  const gap = screen.columns < LEAST_FOR_WORDS ? 2 : 4;
  const lines: Key[][] = [];
  let used = Infinity;
  for (const key of keys) {
    const width = key[0].length + 1 + key[1].length;
    if (used + gap + width <= room) {
      lines.at(-1)?.push(key);
      used += gap + width;
    } else {
      lines.push([key]);
      used = width;
    }
  }
  return lines.flatMap((line) =>
    line.length === 1 ? renderAlone(line, screen) : renderLine(line, gap, screen),
  );
}

function renderLine(keys: readonly Key[], gap: number, screen: Screen): string {
  return MARGIN + keys.map(([key, does]) => `${screen.chalk.bold(key)} ${does}`).join(' '.repeat(gap));
}

/** One key, whose words may take several lines. */
function renderAlone([key]: readonly Key[], screen: Screen): string[] {
  if (key === undefined) return [];
  const [first = '', ...rest] = wrapText(key[1], screen.columns - 1 - MARGIN.length - 2);
  return [`${MARGIN}${screen.chalk.bold(key[0])} ${first}`, ...rest.map((line) => `${MARGIN}  ${line}`)];
}

function renderWords(text: string, screen: Screen): string[] {
  return wrapText(text, screen.columns - 3).map((line) => MARGIN + line);
}

function renderOthers(text: string, screen: Screen): string[] {
  return wrapText(text, screen.columns - 3).map((line) => `  ${screen.chalk.dim(line)}`);
}
