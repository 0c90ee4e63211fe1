import { placeOf, type Checkup } from './checkup.ts';
import { RULE_MAPS, type Rule } from '../policy.ts';

/** Parts of a rule that its action leaves without effect. */
export function checkEffects(checkup: Checkup): void {
  for (const kind of RULE_MAPS) {
    for (const { rules } of checkup.policy.rules[kind]) {
      for (const rule of rules) checkRule(rule, checkup);
    }
  }
}

function checkRule({ path, action, limit, approval }: Rule, { places, problems }: Checkup): void {
  const warn = (what: string, why: string, hint: string): void =>
    problems.warn(placeOf(path, places), 'no_effect', `${what} of ${path} has no effect: ${why}`, hint);
  if (action === 'deny' && limit !== null) {
    warn('the rate_limit', 'what is denied is never forwarded, and only forwarded calls count', 'remove it');
  }
  if (approval === null) return;
  if (action === 'deny') warn('the approval', 'a deny asks nobody', 'remove it, or use require_approval');
  if (action === 'allow' && limit?.onExceed !== 'require_approval') {
    warn('the approval', 'an allow asks nobody', 'remove it, or use require_approval');
  }
}
