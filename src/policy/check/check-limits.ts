import { placeOf, type Checkup } from './checkup.ts';
import type { Limit, Policy, RuleList } from '../policy.ts';
import { fold, RuleIndex } from '../rule-index.ts';

/** Limits that another one, of the same calls and more, always reaches first. */
export function checkLimits(checkup: Checkup): void {
  const { policy, places, problems } = checkup;
  const index = new RuleIndex(policy.rules.tools, (rule) => ({
    rule,
    judge: null,
    limit: null,
    decider: null,
  }));
  const { tools, categories, risks } = policy.rules;
  const widened = [
    ...tools.map((list) => ({ list, wider: listWider(list, index, policy) })),
    ...[...categories, ...risks].map((list) => ({ list, wider: listWidest(policy) })),
  ];
  for (const { list, wider } of widened) {
    for (const { path, limit } of list.rules) {
      if (limit === null) continue;
      const outer = wider.find((other) => isUnreachable(limit, other));
      if (outer === undefined) continue;
      const message = `${limit.rule} can never be reached: ${outer.rule} counts the same calls and stops at ${describe(outer)}`;
      const hint = 'every limit that fits a call holds for it; the smaller one stops it';
      problems.warn(placeOf(path, places), 'never_limits', message, hint);
    }
  }
}

/** Limits that count at least every call that the list's own rules count. */
function listWider({ pattern, kind }: RuleList, index: RuleIndex, policy: Policy): Limit[] {
  const globs = index
    .findGlobs(fold(pattern))
    .filter((other) => other.pattern !== pattern && (kind === 'exact' || !other.pattern.includes('?')));
  const always = globs.flatMap(({ rules }) =>
    rules.length === 1 && rules[0]?.rule.when === null ? (rules[0].rule.limit ?? []) : [],
  );
  // A window for each tool counts fewer calls than a glob's own, and the same as an exact name's.
  const wider = always.filter(({ per }) => per === 'rule' || kind === 'exact');
  return [...listWidest(policy), ...wider];
}

/** The limit of all calls together. */
function listWidest({ limit }: Policy): Limit[] {
  return limit === null || limit.per === 'tool' ? [] : [limit];
}

/** Within the inner window at most so many windows of the outer one lie side by side, each with its `max`. */
function isUnreachable(inner: Limit, outer: Limit): boolean {
  if (inner.measure.kind !== 'calls' || outer.measure.kind !== 'calls') return false;
  // Beyond a limit that asks a person may let a call through, and other guards count for a limit of the machine.
  if (outer.onExceed !== 'deny' || (inner.scope === 'machine' && outer.scope === 'session')) return false;
  return inner.measure.max > Math.ceil(inner.windowMs / outer.windowMs) * outer.measure.max;
}

function describe({ measure, windowMs }: Limit): string {
  return measure.kind === 'calls' ? `${measure.max} in ${windowMs / 1000} s` : `${measure.max} in all`;
}
