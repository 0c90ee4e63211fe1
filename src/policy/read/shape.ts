import { findNearest } from './nearest.ts';
import type { Problems } from './problems.ts';
import { quote } from '../quote.ts';
import { describeTree, type Entry, type ListTree, type Span, type Tree } from './tree.ts';

export interface Keys {
  readonly known: readonly string[];
  /** Of the format, but not of this version: refused by name rather than ignored. */
  readonly later: readonly string[];
}

/** The entries of a map by key, without those that are unknown; null where it is no map. Both are reported. */
export function readEntries(
  tree: Tree,
  what: string,
  keys: Keys,
  problems: Problems,
): Map<string, Entry> | null {
  if (tree.kind !== 'map') {
    reportType(tree, `${what} is a map`, null, problems);
    return null;
  }
  const entries = new Map<string, Entry>();
  for (const entry of tree.entries) {
    if (keys.known.includes(entry.key)) entries.set(entry.key, entry);
    else if (keys.later.includes(entry.key)) reportLater(entry.keySpan, quote(entry.key), problems);
    else reportUnknownKey(entry, keys, problems);
  }
  return entries;
}

/** What `read` makes of the value under the key; null where there is none. */
export function readField<T>(
  entries: ReadonlyMap<string, Entry>,
  key: string,
  read: (value: Tree) => T,
): T | null {
  const entry = entries.get(key);
  return entry === undefined ? null : read(entry.value);
}

/** A list with something in it; null where it is none, which is reported. */
export function readList(tree: Tree, what: string, problems: Problems): ListTree | null {
  if (tree.kind !== 'list') {
    reportType(tree, `${what} is a list`, null, problems);
    return null;
  }
  if (tree.items.length > 0) return tree;
  problems.error(
    tree.span,
    'empty_list',
    `${what} is an empty list`,
    'remove the key, or write something into the list',
  );
  return null;
}

/** Text that is not blank; null where it is none, which is reported. */
export function readText(tree: Tree, what: string, problems: Problems): string | null {
  if (tree.kind !== 'scalar' || typeof tree.value !== 'string') {
    const hint =
      tree.kind === 'scalar' && tree.value !== null ? `write it in quotes: "${String(tree.value)}"` : null;
    reportType(tree, `${what} is text`, hint, problems);
    return null;
  }
  if (tree.value.trim() !== '') return tree.value;
  problems.error(tree.span, 'empty_text', `${what} is empty`, 'write some words, or remove the key');
  return null;
}

/** One of the words; null where it is none, which is reported. */
export function readChoice<Word extends string>(
  tree: Tree,
  what: string,
  words: readonly Word[],
  problems: Problems,
): Word | null {
  const allowed = `use ${joinWords(words)}`;
  if (tree.kind !== 'scalar' || typeof tree.value !== 'string') {
    reportType(tree, `${what} is a word`, allowed, problems);
    return null;
  }
  const { value } = tree;
  const word = words.find((candidate) => candidate === value);
  if (word !== undefined) return word;
  problems.error(tree.span, `unknown_${what}`, `unknown ${what} ${quote(value)}`, allowed);
  return null;
}

/** `on` and `off` are text in YAML 1.2; both spellings are meant. */
export function readSwitch(tree: Tree, what: string, problems: Problems): boolean | null {
  if (tree.kind === 'scalar' && typeof tree.value === 'boolean') return tree.value;
  const word = readChoice(tree, what, ['on', 'off'], problems);
  return word === null ? null : word === 'on';
}

/** `a`, `a or b`, `a, b or c`. */
export function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/**
 * Refuses what stands there, for its type. `wanted` is a sentence: `a reason is text`. An alias that leads nowhere is
 * nothing, and was reported.
 */
export function reportType(tree: Tree, wanted: string, hint: string | null, problems: Problems): void {
  if (problems.isWrong(tree.span)) return;
  problems.error(tree.span, 'wrong_type', `${wanted}, and here is ${describeTree(tree)}`, hint);
}

/** Refuses what a later version will read. */
export function reportLater(span: Span, what: string, problems: Problems): void {
  const hint = 'leave it out for now: a policy that is read in part only would keep less than it says';
  problems.error(span, 'not_yet', `this version of mcp-guard does not know ${what} yet`, hint);
}

function reportUnknownKey({ key, keySpan }: Entry, { known, later }: Keys, problems: Problems): void {
  if (key === '<<') {
    problems.error(keySpan, 'merge_key', 'merge keys (<<) are not read', 'write the keys out');
    return;
  }
  const nearest = findNearest(key, [...known, ...later]);
  const hint =
    nearest === null
      ? `the keys here are ${joinWords(known).replace(/ or (?=[^ ]*$)/, ' and ')}`
      : `did you mean ${nearest}?`;
  problems.error(keySpan, 'unknown_key', `unknown key ${quote(key)}`, hint);
}
