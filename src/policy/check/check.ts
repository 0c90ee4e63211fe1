import type { Checkup } from './checkup.ts';
import { checkConditions } from './check-conditions.ts';
import { checkEffects } from './check-effects.ts';
import { checkEntries } from './check-entries.ts';
import { checkLimits } from './check-limits.ts';
import { checkNames } from './check-names.ts';
import { checkRanks } from './check-ranks.ts';
import type { Policy } from '../policy.ts';
import type { Problems } from '../read/problems.ts';
import type { Places } from '../read/read-rules.ts';

export { runTests, type TestCount } from './run-tests.ts';

/** Warns of what is legal but surely wrong. Patterns of the policy must have been found sound. */
export function checkRules(policy: Policy, places: Places, problems: Problems): void {
  const checkup: Checkup = { policy, places, problems };
  checkNames(checkup);
  checkEntries(checkup);
  checkConditions(checkup);
  checkRanks(checkup);
  checkEffects(checkup);
  checkLimits(checkup);
}
