import type { Question } from '../question.ts';
import { renderContent } from './render-card.ts';
import type { Screen } from './row.ts';

/** No summary is as long; and to look through a call of megabytes would hold up all others. */
const MOST_LINES = 500;

/**
 * Whether the summary of what is in a call leaves nothing out: no value is cut, and no secret hidden. False where it is
 * too long to be one, or cannot be shown at all.
 */
export function showsAll(question: Question, screen: Screen): boolean {
  try {
    return isAlike(renderContent(question, screen, false), renderContent(question, screen, true));
  } catch {
    return false;
  }
}

function isAlike(brief: Iterator<string>, full: Iterator<string>): boolean {
  for (let lines = 0; lines <= MOST_LINES; lines += 1) {
    const [one, other] = [brief.next(), full.next()];
    if (one.done !== other.done || one.value !== other.value) return false;
    if (one.done === true) return true;
  }
  return false;
}
