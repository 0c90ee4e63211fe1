import type { Question } from '../question.ts';
import { renderContent } from './render-card.ts';
import type { Screen } from './row.ts';

/** Whether the summary of what is in a call leaves nothing out: no value is cut, and no secret hidden. */
export function showsAll(question: Question, screen: Screen): boolean {
  const [brief, full] = [renderContent(question, screen, false), renderContent(question, screen, true)];
  for (;;) {
    const [one, other] = [brief.next(), full.next()];
    if (one.done !== other.done || one.value !== other.value) return false;
    if (one.done === true) return true;
  }
}
