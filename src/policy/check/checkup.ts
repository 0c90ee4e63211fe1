import type { Ground } from '../condition/ground.ts';
import type { Policy, Rule } from '../policy.ts';
import type { Problems } from '../read/problems.ts';
import type { Places } from '../read/read-rules.ts';
import type { Span } from '../read/tree.ts';

/** One policy that was read without errors, to be looked at for what is legal but surely wrong. */
export interface Checkup {
  readonly policy: Policy;
  readonly places: Places;
  readonly problems: Problems;
  readonly ground: Ground;
}

/** A rule that decides something: the others only limit. */
export type Deciding = Rule & { readonly action: NonNullable<Rule['action']> };

/** Where a rule stands; the beginning of the file where nobody noted it. */
export function placeOf(path: string, places: Places): Span {
  return places.get(path) ?? { start: 0, end: 0 };
}

/** Warns of a rule that decides no call at all. `why` goes on from "can never decide:". */
export function warnIdle(
  path: string,
  why: string,
  hint: string | null,
  { places, problems }: Checkup,
): void {
  problems.warn(placeOf(path, places), 'never_decides', `${path} can never decide: ${why}`, hint);
}

/** The rules of a list that decide, top to bottom. */
export function listDeciding(rules: readonly Rule[]): Deciding[] {
  return rules.flatMap((rule) => (rule.action === null ? [] : [{ ...rule, action: rule.action }]));
}
