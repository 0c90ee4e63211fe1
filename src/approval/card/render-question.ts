import type { Question } from '../question.ts';
import type { Menu } from './menu.ts';
import { renderContent, renderFields, renderGravity, renderTitle, renderWhy } from './render-card.ts';
import { LEAST_FOR_WORDS, renderMenu } from './render-menu.ts';
import { renderRemark, type Screen } from './row.ts';
import { showsAll } from './shows-all.ts';
import { count } from './split-json.ts';
import { wrapText } from './wrap.ts';

/** What is seen of a question: its summary, or one page of everything. */
export interface View {
  /** 0 is the summary, with secrets hidden and long values cut; from 1 on, pages that leave nothing out. */
  readonly page: number;
  readonly leftMs: number;
  /** Questions behind this one. */
  readonly waiting: number;
  /** Identical calls that wait, this one included. */
  readonly alike: number;
  readonly menu: Menu;
  /** Whether its yes needs that everything is shown first: not, still, or it was. */
  readonly lock: 'none' | 'locked' | 'open';
}

/** A question drawn. Every line is shorter than the screen is wide. */
export interface Drawing {
  readonly lines: readonly string[];
  /** The page that `v` leads to. */
  readonly nextPage: number;
  /** It stands to its end; what is cut in it is another matter. */
  readonly isLast: boolean;
}

/** The least that is asked on: below it the tool could scroll away from over the keys. */
export const LEAST_COLUMNS = 20;
/** So many lines of what is in the call, where there are as many, before fields are given up for more of them. */
const LOCKED = 'v shows everything; a yes works when you have seen it to the end';
const OPEN = 'you have seen everything: a yes works now';
const GOOD_ROWS = 6;
const LEAST_ROWS = 3;
/** More lines than these are not counted, only said to be there. */
const MOST_COUNTED = 5_000;

/**
 * The question as lines; null where the screen is too small to show it whole. The last lines are those of
 * `renderStatus`. Throws when the call's bytes are not JSON.
 */
export function renderQuestion(question: Question, screen: Screen, view: View): Drawing | null {
  if (screen.columns < LEAST_COLUMNS) return null;
  // Where the summary shows everything, there is nothing to say about what is still to be shown.
  const isBrief = view.lock === 'locked' && view.page === 0 && showsAll(question, screen);
  const free = isBrief ? drawQuestion(question, screen, { ...view, lock: 'none' }) : null;
  return free?.isLast === true ? free : drawQuestion(question, screen, view);
}

function drawQuestion(question: Question, screen: Screen, view: View): Drawing | null {
  const renderFoot = (next: number): string[] => [
    ...renderLock(screen, view),
    ...renderMenu(view.menu, screen, question, next),
    ...renderStatus(screen, view),
  ];
  const { length } = renderFoot(0);
  for (const { above, gap, least } of listFrames(question, screen, view)) {
    const room = screen.rows - 1 - above.length - length - gap.length;
    if (room < least) continue;
    const { rows, nextPage, isLast } = fitRows(question, { screen, view, room });
    return { lines: [...above, ...rows, ...gap, ...renderFoot(nextPage)], nextPage, isLast };
  }
  return null;
}

/** What may stand round the rows, and how many of them there must be room for then. */
interface Frame {
  readonly above: readonly string[];
  readonly gap: readonly string[];
  readonly least: number;
}

/** On a low screen the empty lines go first, and then what a person can do without. */
function* listFrames(question: Question, screen: Screen, view: View): Generator<Frame> {
  const title = renderTitle(question, screen);
  const fields = renderFields(question, screen, view.alike);
  const rows = countUpTo(GOOD_ROWS, renderContent(question, screen, view.page > 0));
  const least = Math.max(LEAST_ROWS, rows);
  const brief = [...title, ...renderWhy(question, screen)];
  yield { above: [...title, '', ...fields], gap: [''], least };
  yield { above: [...title, ...fields], gap: [], least };
  yield {
    above: [...title, ...renderGravity(question, screen), ...renderWhy(question, screen)],
    gap: [],
    least: LEAST_ROWS,
  };
  yield { above: brief, gap: [], least: LEAST_ROWS };
  // A menu behind the first one comes when all was seen, and may take the place of it.
  if (view.menu.kind === 'keys') return;
  yield { above: brief, gap: [], least: 0 };
  yield { above: title, gap: [], least: 0 };
}

/** What changes while the question stands; one line where the screen is wide enough. */
export function renderStatus(screen: Screen, { leftMs, waiting }: View): string[] {
  const left = Math.max(0, Math.ceil(leftMs / 1000));
  const then = screen.columns < LEAST_FOR_WORDS ? `${left} s, then no` : `no answer in ${left} s means no`;
  const text = waiting === 0 ? then : `${then}, ${waiting} more ${waiting === 1 ? 'waits' : 'wait'}`;
  return wrapText(text, screen.columns - 3).map((line) => `  ${screen.chalk.dim(line)}`);
}

/** As many lines before everything was shown as behind it: the pages must not shift under whoever turns them. */
function renderLock(screen: Screen, { lock, page, menu }: View): string[] {
  if (menu.kind !== 'keys' || lock === 'none' || (lock === 'open' && page === 0)) return [];
  const locked = renderRemark(LOCKED, screen);
  if (lock === 'locked') return locked;
  const open = renderRemark(OPEN, screen);
  return [...open, ...locked.slice(open.length).map(() => '')];
}

interface Place {
  readonly screen: Screen;
  readonly view: View;
  /** Lines there are for arguments and what else is attached. */
  readonly room: number;
}

function fitRows(
  question: Question,
  { screen, view, room }: Place,
): Pick<Drawing, 'nextPage' | 'isLast'> & { rows: string[] } {
  const all = renderContent(question, screen, view.page > 0);
  if (view.page === 0) {
    const [rows, total] = takeRows(all, 0, room);
    if (rows.length === total) return { rows, nextPage: 1, isLast: true };
    const least = renderRemark('4,000 of more than 5,000 lines shown, v shows all', screen).length;
    const shown = rows.slice(0, Math.max(0, room - least));
    // In another menu the key means nothing, or is a letter.
    const hint = view.menu.kind === 'keys' ? ', v shows all' : '';
    const remark = renderRemark(`${count(shown.length)} of ${countRows(total)} lines shown${hint}`, screen);
    return { rows: [...shown, ...remark].slice(0, room), nextPage: 1, isLast: false };
  }
  const perPage = Math.max(1, room - renderRemark('lines 4,000-4,999 of more than 5,000', screen).length);
  const from = (view.page - 1) * perPage;
  const [rows, total] = takeRows(all, from, perPage);
  // After a resize there may be fewer pages than there were.
  if (rows.length === 0) return fitRows(question, { screen, view: { ...view, page: 1 }, room });
  const to = from + rows.length;
  const remark = renderRemark(`lines ${count(from + 1)}-${count(to)} of ${countRows(total)}`, screen);
  const isLast = to >= total;
  return { rows: [...rows, ...remark].slice(0, room), nextPage: isLast ? 0 : view.page + 1, isLast };
}

/** The rows wanted, and how many there are; `Infinity` where counting them all would take too long. */
function takeRows(all: Iterable<string>, from: number, most: number): [rows: string[], total: number] {
  const rows: string[] = [];
  let total = 0;
  for (const row of all) {
    if (total >= from && rows.length < most) rows.push(row);
    total += 1;
    if (total > from + most + MOST_COUNTED) return [rows, Infinity];
  }
  return [rows, total];
}

function countUpTo(most: number, all: Iterable<string>): number {
  const rows = all[Symbol.iterator]();
  let total = 0;
  while (total < most && rows.next().done !== true) total += 1;
  return total;
}

function countRows(total: number): string {
  return total === Infinity ? `more than ${count(MOST_COUNTED)}` : count(total);
}
