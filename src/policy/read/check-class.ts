import { isGlob } from '../glob.ts';
import { CATEGORIES, RISKS } from '../profile.ts';
import { quote } from '../quote.ts';
import { findNearest } from './nearest.ts';
import type { Problems } from './problems.ts';
import { joinWords } from './shape.ts';
import type { Span } from './tree.ts';

/** The maps whose keys are words of our own, with the word for one of them. */
const CLASSES = {
  categories: { one: 'category', words: CATEGORIES, others: RISKS, other: 'risks' },
  risks: { one: 'risk', words: RISKS, others: CATEGORIES, other: 'categories' },
} as const;

/** What people write for them. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ...['reads', 'readonly', 'read_only', 'read-only', 'readonlyhint', 'query', 'safe'].map(sameAs('read')),
  ...['writes', 'writing', 'update', 'modify', 'create', 'mutate'].map(sameAs('write')),
  ...['exec', 'executes', 'execution', 'run', 'shell', 'code', 'admin'].map(sameAs('execute')),
  ...['delete', 'destroy', 'destruct', 'destruction', 'remove', 'dangerous'].map(sameAs('destructive')),
  ...['finance', 'finances', 'payment', 'payments', 'money', 'billing'].map(sameAs('financial')),
  ...['minor', 'none'].map(sameAs('low')),
  ...['moderate', 'mid', 'normal'].map(sameAs('medium')),
  ...['severe', 'major'].map(sameAs('high')),
  ...['crit', 'extreme', 'highest'].map(sameAs('critical')),
]);

/** Reports a key of `categories` or `risks` that is none of their words: it would never hold, and seem to. */
export function checkClass(kind: keyof typeof CLASSES, key: string, span: Span, problems: Problems): void {
  const { one, words, others, other } = CLASSES[kind];
  if (key === '' || key === '<<' || isAmong(key, words)) return;
  const all = `${kind} are ${joinWords(words).replace(/ or (?=[^ ]*$)/, ' and ')}`;
  if (isGlob(key)) {
    const hint = `write each ${one} out, or use default for what no rule names; ${all}`;
    problems.error(span, `unknown_${one}`, `${quote(key)} is no ${one}, and only names have globs`, hint);
    return;
  }
  const folded = key.toLowerCase();
  const hint = isAmong(folded, others)
    ? `${quote(folded).slice(1, -1)} stands below ${other}; ${all}`
    : suggest(folded, words, all);
  problems.error(span, `unknown_${one}`, `unknown ${one} ${quote(key)}`, hint);
}

function suggest(word: string, words: readonly string[], all: string): string {
  const meant = MEANT.get(word);
  const nearest = meant !== undefined && isAmong(meant, words) ? meant : findNearest(word, words);
  return nearest === null ? all : `did you mean ${nearest}? ${all}`;
}

function isAmong(word: string, words: readonly string[]): boolean {
  return words.includes(word);
}

function sameAs(word: string): (other: string) => readonly [string, string] {
  return (other) => [other, word];
}
