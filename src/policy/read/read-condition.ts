import { parseArgPath } from '../condition/arg-path.ts';
import type { Clause, Condition } from '../condition/condition.ts';
import type { Problems } from './problems.ts';
import { quote } from '../quote.ts';
import { readOperators } from './read-operators.ts';
import { reportType } from './shape.ts';
import type { Entry, Tree } from './tree.ts';

/**
 * The `when` of a rule: a map of argument paths and tests. What is broken is reported; null where nothing is left of
 * it. `loadRegexEngine` must have been awaited where it holds patterns.
 */
export function readCondition(tree: Tree, problems: Problems): Condition | null {
  if (tree.kind !== 'map') {
    reportType(tree, 'when is a map', 'write it as: when: { args.amount: { gt: 500 } }', problems);
    return null;
  }
  if (tree.entries.length === 0) {
    problems.error(tree.span, 'empty_when', 'when is empty', 'name an argument and a test, or remove it');
    return null;
  }
  const clauses = tree.entries.flatMap((entry) => readClause(entry, problems) ?? []);
  return clauses.length === 0 ? null : { clauses };
}

function readClause({ key, keySpan, value }: Entry, problems: Problems): Clause | null {
  const path = parseArgPath(key);
  if (path === null) problems.error(keySpan, 'wrong_path', `${quote(key)} is no argument`, hintPath(key));
  const tests = readOperators(value, problems);
  return path === null || tests === null ? null : { path, tests };
}

function hintPath(key: string): string {
  const candidates = [`args.${key}`, key.replace(/^arguments\b/, 'args'), key.replaceAll(/\.(\d+)/g, '[$1]')];
  const meant = candidates.find((candidate) => candidate !== key && parseArgPath(candidate) !== null);
  return meant === undefined
    ? `write args.name, "args.list[0].name" or 'args["any key"]'`
    : `did you mean ${meant.includes('[') ? `"${meant}"` : meant}?`;
}
