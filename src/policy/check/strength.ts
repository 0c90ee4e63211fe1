import { listDeciding, type Deciding } from './checkup.ts';
import { ACTIONS, type Action, type Rule } from '../policy.ts';

/** What a list of rules can come to, from its mildest outcome to its strictest. */
export interface Strength {
  /** The rule that gives the mildest outcome; null where the list may leave the call to other rules. */
  readonly least: Deciding | null;
  /** Null where the list only limits. */
  readonly most: Action | null;
}

/** Of a list that is read top to bottom: what stands behind an entry without `when` is never reached. */
export function measureStrength(rules: readonly Rule[]): Strength {
  const deciding = listDeciding(rules);
  const last = deciding.findIndex(({ when }) => when === null);
  const reached = last === -1 ? deciding : deciding.slice(0, last + 1);
  const sorted = reached.toSorted((a, b) => rankOf(a.action) - rankOf(b.action));
  return { least: last === -1 ? null : (sorted[0] ?? null), most: sorted.at(-1)?.action ?? null };
}

/** 0 for the mildest action. */
export function rankOf(action: Action): number {
  return ACTIONS.indexOf(action);
}
