import { findNearest } from './nearest.ts';

/** What other languages call the operators. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ...sameAs('eq', '=', '==', '===', 'is', 'equal', 'equals', 'equal_to', 'value', 'const'),
  ...sameAs('ne', '!=', '!==', '<>', 'not', 'neq', 'is_not', 'not_eq', 'not_equal', 'not_equals'),
  ...sameAs('in', 'any_of', 'one_of', 'enum', 'oneof'),
  ...sameAs('not_in', 'nin', 'notin', 'none_of', 'not_any_of'),
  ...sameAs('lt', '<', 'below', 'less', 'less_than', 'under', 'before'),
  ...sameAs('lte', '<=', 'le', 'max', 'maximum', 'at_most', 'up_to', 'less_or_equal'),
  ...sameAs('gt', '>', 'above', 'over', 'more', 'more_than', 'greater', 'greater_than'),
  ...sameAs('gte', '>=', 'ge', 'min', 'minimum', 'at_least', 'greater_or_equal'),
  ...sameAs('matches', '~', '=~', 'match', 'regex', 'regexp', 'pattern', 're', 'like'),
  ...sameAs('not_matches', '!~', 'not_match', 'not_regex', 'not_like'),
  ...sameAs('starts_with', 'prefix', 'startswith', 'begins_with', 'has_prefix'),
  ...sameAs('ends_with', 'suffix', 'endswith', 'has_suffix'),
  ...sameAs('contains', 'includes', 'include', 'has'),
  ...sameAs('not_contains', 'excludes', 'not_includes', 'not_has'),
  ...sameAs('exists', 'exist', 'present', 'defined', 'required', 'is_set'),
  ...sameAs('length', 'len', 'size', 'count', 'max_length', 'min_length'),
  ...sameAs('every', 'all', 'each', 'items', 'all_of'),
  ...sameAs('some', 'any'),
  ...sameAs('within', 'inside', 'path', 'folder', 'directory', 'dir', 'in_dir', 'in_folder'),
  ...sameAs('host', 'hosts', 'hostname', 'domain', 'domains', 'url'),
]);

/** The operator that is likely meant by a word that is none; null where none comes near. */
export function suggestOperator(word: string, operators: readonly string[]): string | null {
  const plain = word
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
    .replaceAll(/[-\s]+/g, '_')
    .toLowerCase();
  if (operators.includes(plain)) return plain;
  const meant = MEANT.get(plain) ?? MEANT.get(plain.replaceAll('_', ''));
  // Of words as short as "lt" every other one is near, and its opposite too.
  return meant ?? (plain.length < 4 ? null : findNearest(plain, operators));
}

function sameAs(operator: string, ...words: readonly string[]): [word: string, operator: string][] {
  return words.map((word) => [word, operator]);
}
