import { listDeciding, warnIdle, type Checkup } from './checkup.ts';
import { RULE_MAPS, type Rule } from '../policy.ts';
import { rankOf } from './strength.ts';

/** Entries of a list that are never reached: it is read top to bottom, and one entry is taken. */
export function checkEntries(checkup: Checkup): void {
  for (const kind of RULE_MAPS) {
    for (const { rules } of checkup.policy.rules[kind]) checkList(rules, checkup);
  }
}

function checkList(rules: readonly Rule[], checkup: Checkup): void {
  const deciding = listDeciding(rules);
  for (const [index, entry] of deciding.entries()) {
    const before = deciding.slice(0, index);
    const always = before.find(({ when }) => when === null);
    const twin = before.find(({ when }) => entry.when !== null && isSame(when, entry.when));
    const first = always ?? twin;
    if (first === undefined) continue;
    const why =
      always === undefined
        ? `${first.path} has the same condition, and comes first`
        : `${first.path} always decides before it`;
    const isStricter = rankOf(entry.action) > rankOf(first.action);
    const hint = isStricter ? `a list is read top to bottom: put it before ${first.path}` : null;
    warnIdle(entry.path, why, hint, checkup);
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
