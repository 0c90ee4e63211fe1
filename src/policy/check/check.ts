import type { Checkup } from './checkup.ts';
import { checkClasses } from './check-classes.ts';
import { checkConditions } from './check-conditions.ts';
import { checkEffects } from './check-effects.ts';
import { checkEntries } from './check-entries.ts';
import { checkLimits } from './check-limits.ts';
import { checkNames } from './check-names.ts';
import { checkRanks } from './check-ranks.ts';

export { runTests, type TestCount } from './run-tests.ts';

/** Warns of what is legal but surely wrong. Patterns of the policy must have been found sound. */
export function checkRules(checkup: Checkup): void {
  checkNames(checkup);
  checkEntries(checkup);
  checkConditions(checkup);
  checkRanks(checkup);
  checkClasses(checkup);
  checkEffects(checkup);
  checkLimits(checkup);
}
