import { RULE_MAPS } from '../policy.ts';
import type { Problems } from './problems.ts';
import { quote } from '../quote.ts';
import { joinWords } from './shape.ts';
import type { Entry, MapTree, Tree } from './tree.ts';

const KEYS = ['version', 'default', ...RULE_MAPS, 'rate_limit', 'tests'];
const WHY = 'a policy found beside a project can only tighten';

/**
 * Reports what a file that was found in the working directory must not say. It comes from whoever wrote the repository:
 * `approval.open` would run a command of theirs, `env` and `layers` would reach beyond tightening.
 */
export function checkProject(tree: Tree, problems: Problems): void {
  if (tree.kind !== 'map') return;
  for (const entry of tree.entries) {
    if (!KEYS.includes(entry.key)) refuse(entry, `${WHY}; it has ${joinWords(KEYS)}`, problems);
    else if (entry.key === 'rate_limit') checkLimit(entry.value, problems);
    else if (RULE_MAPS.some((kind) => kind === entry.key)) checkRules(entry.value, problems);
  }
}

function checkRules(map: Tree, problems: Problems): void {
  if (map.kind !== 'map') return;
  for (const { value } of map.entries) {
    for (const rule of value.kind === 'list' ? value.items : [value]) {
      const approval = find(rule, 'approval');
      if (approval !== null) refuse(approval, `${WHY}, not say who is asked, or open a window`, problems);
      const limit = find(rule, 'rate_limit');
      if (limit !== null) checkLimit(limit.value, problems);
    }
  }
}

/** Every repository would leave a file in the state folder. */
function checkLimit(limit: Tree, problems: Problems): void {
  const scope = find(limit, 'scope');
  if (scope?.value.kind !== 'scalar' || scope.value.value === 'session') return;
  refuse(scope, `${WHY}, and its limits count one session`, problems);
}

function find(tree: Tree, key: string): Entry | null {
  return tree.kind === 'map'
    ? ((tree satisfies MapTree).entries.find((entry) => entry.key === key) ?? null)
    : null;
}

function refuse({ key, keySpan }: Entry, hint: string, problems: Problems): void {
  problems.error(keySpan, 'not_in_project', `${quote(key)} in a project's policy`, hint);
}
