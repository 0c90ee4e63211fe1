import { parseArgPath } from '../condition/arg-path.ts';
import type { Clause, Condition } from '../condition/condition.ts';
import type { Problems } from './problems.ts';
import { quote } from '../quote.ts';
import { readOperators } from './read-operators.ts';
import { reportType } from './shape.ts';
import type { Entry, Tree } from './tree.ts';

const FORM = `write args.name, "args.list[0].name" or 'args["any key"]'`;

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
    if (problems.isWrong(tree.span)) return null;
    problems.error(tree.span, 'empty_when', 'when is empty', 'name an argument and a test, or remove it');
    return null;
  }
  const clauses = tree.entries.flatMap((entry) => readClause(entry, problems) ?? []);
  return clauses.length === 0 ? null : { clauses };
}

function readClause({ key, keySpan, value }: Entry, problems: Problems): Clause | null {
  const path = parseArgPath(key);
  if (path === null) problems.error(keySpan, 'wrong_path', `${quote(key)} is no argument`, hintPath(key));
  const hintDeeper = (word: string) => (path === null ? null : suggestPath([`${key}.${word}`]));
  // What stands below a key like "args.x:5" is nothing, and not what is wrong with it.
  if (path === null && value.span === keySpan) return null;
  const tests = readOperators(value, problems, hintDeeper);
  return path === null || tests === null ? null : { path, tests };
}

function hintPath(key: string): string {
  const [, before, after] = /^(args[^:]*):(\S.*)$/s.exec(key) ?? [];
  if (before !== undefined && parseArgPath(before) !== null)
    return `write a space behind the colon: ${quote(`${before}: ${after}`).slice(1, -1)}`;
  const plain = key.replace(/^(?:arguments|params\.arguments|\$\.?args|arg)(?=[.[])/, 'args');
  const indexed = plain.replaceAll(/\.(\d+)(?=[.[]|$)/g, '[$1]').replaceAll(/\['([^'"\\]*)'\]/g, '["$1"]');
  const rest = indexed.replace(/^\$?\.?(?!args\b)/, 'args.');
  const odd = /^args\.([^\][."\\]+)$/.exec(rest)?.[1];
  return (
    suggestPath([plain, indexed, rest].filter((one) => one !== key)) ??
    suggestPath(odd === undefined ? [] : [`args["${odd}"]`]) ??
    FORM
  );
}

/** The first that is a path, written so that YAML reads it. */
function suggestPath(candidates: readonly string[]): string | null {
  const meant = candidates.find((candidate) => parseArgPath(candidate) !== null);
  if (meant === undefined) return null;
  const shown = quote(meant).slice(1, -1).replaceAll('\\"', '"');
  return `did you mean ${meant.includes('"') ? `'${shown}'` : meant.includes('[') ? `"${shown}"` : shown}?`;
}
