import { placeOf, type Checkup } from './checkup.ts';
import { findClash } from './clash.ts';
import { RULE_MAPS, type Rule } from '../policy.ts';

/** Conditions whose tests contradict each other. */
export function checkConditions(checkup: Checkup): void {
  for (const kind of RULE_MAPS) {
    for (const { rules } of checkup.policy.rules[kind]) {
      for (const rule of rules) checkRule(rule, checkup);
    }
  }
}

function checkRule({ path, when }: Rule, { places, problems }: Checkup): void {
  const clash = when === null ? null : findClash(when);
  if (clash === null) return;
  const span = places.get(`${path}.when.${clash.path.text}`) ?? placeOf(path, places);
  const message = `the condition of ${path} can never hold: ${clash.why}`;
  problems.warn(
    span,
    'never_holds',
    message,
    'all tests of a condition must hold at once; for one or the other make two entries of a list',
  );
}
