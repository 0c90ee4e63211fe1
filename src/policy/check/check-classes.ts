import { listDeciding, placeOf, warnIdle, type Checkup } from './checkup.ts';
import type { Policy, RuleList } from '../policy.ts';
import { CATEGORIES, RISKS, type Category } from '../profile.ts';
import { measureStrength, rankOf } from './strength.ts';

/** Rules for categories and risks that let more through than they seem to, or that others always overrule, or that overrule. */
export function checkClasses(checkup: Checkup): void {
  checkGraveAllows(checkup);
  checkOverruled(checkup);
  checkGlobs(checkup);
}

const GRAVE: ReadonlyMap<string, string> = new Map([
  ['categories.execute', 'runs what it is given'],
  ['categories.destructive', 'takes something away for good'],
  ['categories.financial', 'moves money'],
  ['risks.critical', 'can do the gravest harm'],
]);

/** What a tool can do is told from its server's words: a good guess, and no ground to leave out the person. */
function checkGraveAllows({ policy, places, problems }: Checkup): void {
  for (const [list, path] of listClasses(policy)) {
    const what = GRAVE.get(path);
    const allow = listDeciding(list.rules).find(({ action, when }) => action === 'allow' && when === null);
    if (what === undefined || allow === undefined) continue;
    const message = `${allow.path} allows, with nobody asked, every tool that ${what}`;
    const hint = 'use require_approval, and allow the tools that you know by their exact names below tools';
    problems.warn(placeOf(allow.path, places), 'grave_allow', message, hint);
  }
}

function listClasses({ rules: { categories, risks } }: Policy): [RuleList, path: string][] {
  return [
    ...categories.map((list): [RuleList, string] => [list, `categories.${list.pattern}`]),
    ...risks.map((list): [RuleList, string] => [list, `risks.${list.pattern}`]),
  ];
}

/** Every tool has a category and a risk: where one of the two always decides, a milder rule of the other never does. */
function checkOverruled(checkup: Checkup): void {
  const { categories, risks, tools } = checkup.policy.rules;
  const globs = tools.filter(({ kind }) => kind === 'glob');
  const sides = [
    { by: 'categories', lists: categories, words: CATEGORIES, others: risks },
    { by: 'risks', lists: risks, words: RISKS, others: categories },
  ];
  for (const { by, lists, words, others } of sides) {
    const least = measureLeast(lists, words);
    if (least === null) continue;
    const isDeny = least === rankOf('deny');
    // Globs are above categories and risks, save above their denies.
    for (const list of [...others, ...(isDeny ? globs : [])]) {
      const { most } = measureStrength(list.rules);
      if (most === null || rankOf(most) >= least) continue;
      const why = `every one of the ${by} is stricter`;
      for (const { path } of listDeciding(list.rules))
        warnIdle(path, why, 'an exact name below tools is above them', checkup);
    }
  }
}

/** The rank of the mildest that the rules for these words come to; null where one of them may be silent. */
function measureLeast(lists: readonly RuleList[], words: readonly string[]): number | null {
  const ranks = words.map((word) => {
    const rules = lists.find(({ pattern }) => pattern === word)?.rules ?? [];
    const { least } = measureStrength(rules);
    // An allow is silent about a tool whose definition nobody has seen.
    return least === null || least.action === 'allow' ? null : rankOf(least.action);
  });
  const sure = ranks.filter((rank) => rank !== null);
  return sure.length === words.length ? Math.min(...sure) : null;
}

/** Of these a name tells for sure; what is taken for `write` may be so for want of better knowledge. */
const TOLD_BY_NAME: ReadonlySet<Category> = new Set(['read', 'execute', 'destructive', 'financial']);

/** `delete_*: allow` beside `destructive: deny`: whoever writes both expects the glob to be an exception. */
function checkGlobs({ policy, places, problems, ground }: Checkup): void {
  const denied = policy.rules.categories.filter(
    ({ rules }) => measureStrength(rules).least?.action === 'deny',
  );
  if (denied.length === 0 || denied.length === CATEGORIES.length) return;
  for (const { pattern, kind, rules } of policy.rules.tools) {
    const words = pattern.replaceAll(/[*?]+/g, ' ').trim();
    const { most } = measureStrength(rules);
    if (kind !== 'glob' || words === '' || most === null || most === 'deny') continue;
    const { category } = ground.classify(words);
    if (!TOLD_BY_NAME.has(category) || !denied.some((list) => list.pattern === category)) continue;
    for (const { path } of listDeciding(rules)) {
      const message = `${path} does not hold for tools that are ${category}: categories.${category} denies them`;
      const hint = 'a deny of a category yields only to an exact name: write out the tools that are meant';
      problems.warn(placeOf(path, places), 'category_denies', message, hint);
    }
  }
}
