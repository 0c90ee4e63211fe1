import { DEEDS, type Deed } from '../words/deeds.ts';
import { ENDS, JOINERS } from '../words/phrases.ts';
import type { Lexicon, Verb } from './lexicon.ts';

const ORDER = DEEDS.map(([deed]) => deed);

/** Nothing else is as sure a sign that a name's other words are objects. */
const SUREST = new Set([
  'get',
  'list',
  'read',
  'describe',
  'search',
  'find',
  'show',
  'fetch',
  'lookup',
  'retrieve',
  'count',
  'inspect',
  'browse',
  'enumerate',
  'discover',
  'summarize',
]);
const LAST: ReadonlySet<Deed> = new Set(['changes', 'removes', 'sends', 'stops', 'pays']);
/** Reading verbs that are things as well, to which something is done. */
const THINGS_TOO = new Set(['list']);

/**
 * The verbs of a name, the one that governs it first. Other words that could be verbs are its objects: `get_merge_request`,
 * `list_updates`. What is joined by "and" or "or" counts, and so does what stands where no object would.
 */
export function findVerbs(words: readonly string[], lexicon: Lexicon): readonly Verb[] {
  const found = lookUp(words, lexicon);
  const isPlain = (index: number): boolean => found[index]?.isNoun === false;
  const main = findMain(found, isPlain);
  const governing = found[main];
  if (governing === null || governing === undefined) return [];
  const others = found.flatMap((verb, index) => {
    if (verb === null || index === main || verb.deed === 'reads') return [];
    const isJoined = JOINERS.has(words[index - 1] ?? '') || (index === 0 && JOINERS.has(words[1] ?? ''));
    return isJoined || countsToo(verb, { index, main, last: words.length - 1, governing }) ? [verb] : [];
  });
  return [governing, ...others];
}

/** For each word the verb that it can be. "drop_table_if_exists": what it does was said before the "if". */
function lookUp(words: readonly string[], { verbs, meanings }: Lexicon): (Verb | null)[] {
  const end = words.findIndex(
    (word, index) => ENDS.has(word) && words.slice(0, index).some((one) => verbs.has(one)),
  );
  return words.map((word, index) => {
    const pair = `${word} ${words[index + 1] ?? ''}`;
    const verb = verbs.get(word) ?? null;
    if (verb === null) return null;
    const deed = meanings.get(pair);
    const read = deed === undefined ? verb : { word: pair, deed, isNoun: false };
    return read.deed === 'reads' && end !== -1 && index > end ? null : read;
  });
}

function findMain(found: readonly (Verb | null)[], isPlain: (index: number) => boolean): number {
  const last = found.length - 1;
  if (isPlain(0)) return 0;
  if (isPlain(last)) return last;
  const plain = found.findIndex((_, index) => isPlain(index));
  if (plain !== -1) return plain;
  if ((found[0] ?? null) !== null) return 0;
  // Where each could be a noun, the strictest is the safest guess.
  const [strictest] = found
    .flatMap((verb, index) => (verb === null ? [] : [[index, ORDER.indexOf(verb.deed)] as const]))
    .sort((a, b) => b[1] - a[1]);
  return strictest?.[0] ?? -1;
}

interface Place {
  readonly index: number;
  readonly main: number;
  readonly last: number;
  readonly governing: Verb;
}

/** Whether a further verb is more than an object of the governing one. */
function countsToo({ word, deed, isNoun }: Verb, { index, main, last, governing }: Place): boolean {
  const isSure = SUREST.has(governing.word);
  if (governing.deed === 'reads' && word === 'write' && index === main + 1) return true;
  // "monitor_webtests_update": a first word that may be an object itself leaves the last one the verb.
  if (isNoun)
    return governing.deed === 'reads' && !isSure && index === last && index > main && LAST.has(deed);
  if (governing.deed !== 'reads' || index < main) return true;
  // "list_add_member": the list is what something is added to.
  if (THINGS_TOO.has(governing.word) && index === main + 1) return true;
  return deed === 'removes' || index === last || !isSure;
}
