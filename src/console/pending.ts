import type { Listed } from '../approval/hub/console-message.ts';

/** A question of one guard as it waits in a console. */
export interface Pending {
  /** Names it among the questions of all guards. */
  readonly id: string;
  readonly guard: string;
  readonly listed: Listed;
  /** Monotonic ms. */
  readonly askedAt: number;
  readonly endsAt: number;
}

/** Identical calls that wait: one line of the list. An answer goes to the oldest of them. */
export interface Row {
  readonly oldest: Pending;
  readonly count: number;
}

/** Two guards are free to choose the same key, so the guard is part of the name. */
export function nameQuestion(guard: string, key: string): string {
  return JSON.stringify([guard, key]);
}

/** The question at the time it came. */
export function createPending(guard: string, listed: Listed, now: number): Pending {
  return {
    id: nameQuestion(guard, listed.key),
    guard,
    listed,
    askedAt: now - listed.waitedMs,
    endsAt: now + listed.leftMs,
  };
}

/** Questions in the order in which they want an answer: those that still hold a call up first, then by age. */
export function sortPending(questions: readonly Pending[]): Pending[] {
  return questions.toSorted(
    (a, b) => Number(a.listed.isLate) - Number(b.listed.isLate) || a.askedAt - b.askedAt,
  );
}

/** Whether both are the same call, and stand in the same way. */
export function isAlike(one: Pending, other: Pending): boolean {
  const [a, b] = [one.listed, other.listed];
  return one.guard === other.guard && a.group === b.group && a.isLate === b.isLate;
}

/** The sorted questions with identical ones on one row. */
export function listRows(questions: readonly Pending[]): Row[] {
  const rows = new Map<string, { oldest: Pending; count: number }>();
  for (const question of questions) {
    const { group, isLate } = question.listed;
    const alike = JSON.stringify([question.guard, group, isLate]);
    const row = rows.get(alike);
    if (row === undefined) rows.set(alike, { oldest: question, count: 1 });
    else row.count += 1;
  }
  return [...rows.values()];
}
