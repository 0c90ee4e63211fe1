import { JOINERS, PREPOSITIONS } from '../words/phrases.ts';
import type { Lexicon } from './lexicon.ts';
import { singular } from './split-name.ts';

/**
 * Of what the name takes away, the word that says that much goes along: `broker` of `mq_delete_broker`, `all` of any; null
 * where none does. `verb`: the one that takes it away.
 */
export function findWhole(
  words: readonly string[],
  verb: string,
  { amounts, whole }: Lexicon,
): string | null {
  const amount = words.find((word) => amounts.has(word));
  if (amount !== undefined) return amount;
  const things = listThings(words, verb);
  return things.find((thing) => whole.has(thing) || whole.has(singular(thing))) ?? null;
}

/**
 * What is done to: behind the verb, or before it where nothing stands there. Of several words the last one is the thing,
 * or the last two: a `team_member` is a member.
 */
function listThings(words: readonly string[], verb: string): string[] {
  const at = words.indexOf(verb);
  const objects = words.slice(at + 1);
  const groups: string[][] = [[]];
  for (const word of objects.length > 0 ? objects : words.slice(0, at)) {
    if (PREPOSITIONS.has(word)) break;
    if (word.endsWith('ly')) continue; // permanently, safely
    if (JOINERS.has(word)) groups.push([]);
    else groups.at(-1)?.push(word);
  }
  return groups.flatMap((group) => [group.slice(-2).join(' '), ...group.slice(-1)]);
}
