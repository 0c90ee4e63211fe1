import { listDeciding, warnIdle, type Checkup } from './checkup.ts';
import { RULED, type Action, type RuleList } from '../policy.ts';
import { fold, RuleIndex, type IndexedRules } from '../rule-index.ts';
import { measureStrength, rankOf } from './strength.ts';

/** Rules that others of the same file always overrule. */
export function checkRanks(checkup: Checkup): void {
  for (const kind of RULED) {
    const lists = checkup.policy.rules[kind];
    const index = new RuleIndex(lists, (rule) => ({ rule, judge: null, limit: null, decider: null }));
    for (const list of lists) {
      if (list.kind === 'exact') checkSpelling(list, index, checkup);
      else checkGlob(list, index, checkup);
    }
  }
}

/** An exact name yields only to a stricter rule for another spelling of it. */
function checkSpelling({ pattern, rules }: RuleList, index: RuleIndex, checkup: Checkup): void {
  const { most } = measureStrength(rules);
  if (most === null) return;
  const others = index.find(pattern).filter(({ sameCase }) => !sameCase);
  const by = findStricter(
    most,
    others.map((fit) => fit.rules),
  );
  if (by === null) return;
  for (const { path } of listDeciding(rules)) {
    warnIdle(path, `${by} is stricter, and covers the name in any case`, null, checkup);
  }
}

/** Among globs the strictest decides, so one below a stricter and wider one never does. */
function checkGlob({ pattern, rules }: RuleList, index: RuleIndex, checkup: Checkup): void {
  const { most } = measureStrength(rules);
  if (most === null) return;
  // Read as text, the wildcards of this pattern fit only under a star of the wider one.
  const wider = index.findGlobs(fold(pattern)).filter((other) => !other.pattern.includes('?'));
  const by = findStricter(most, wider);
  if (by === null) return;
  const why = `${by} is stricter, and covers the same names`;
  const hint = 'among globs the strictest decides; only an exact name is an exception to a glob';
  for (const { path } of listDeciding(rules)) warnIdle(path, why, hint, checkup);
}

/** The rule among those of `lists` that overrules this action whatever the arguments are; null where none does. */
function findStricter(most: Action, lists: readonly IndexedRules[]): string | null {
  for (const { rules } of lists) {
    const { least } = measureStrength(rules.map(({ rule }) => rule));
    if (least !== null && rankOf(least.action) > rankOf(most)) return least.path;
  }
  return null;
}
