import { AMOUNTS, ANYTHING, NOUNS, TELLING, WHOLE, type NounGroup } from '../words/nouns.ts';
import { DEEDS, type Deed, type DeedMeaning } from '../words/deeds.ts';
import { MEANINGS } from '../words/meanings.ts';
import { NOUNS_TOO, VERBS } from '../words/verbs.ts';

/** A word that can be a verb. */
export interface Verb {
  readonly word: string;
  readonly deed: Deed;
  /** As often a noun. */
  readonly isNoun: boolean;
}

/** The words, ready to be looked up. */
export interface Lexicon {
  readonly verbs: ReadonlyMap<string, Verb>;
  /** By verb and the word behind it: `resolve library`. */
  readonly meanings: ReadonlyMap<string, Deed>;
  readonly deeds: ReadonlyMap<Deed, DeedMeaning>;
  readonly nouns: ReadonlyMap<string, readonly NounGroup[]>;
  readonly telling: ReadonlySet<string>;
  readonly whole: ReadonlySet<string>;
  readonly amounts: ReadonlySet<string>;
  readonly anything: ReadonlySet<string>;
}

/** `without`: words that are left out, as if they had never been written. */
export function createLexicon(without: ReadonlySet<string> = new Set()): Lexicon {
  const keep = (words: string): string[] =>
    words.split(/\s+/).filter((word) => word !== '' && !without.has(word));
  const keepTerms = (terms: string): string[] =>
    terms
      .split(',')
      .map((term) => term.trim())
      .filter((term) => !without.has(term));
  const nounsToo = new Set(keep(NOUNS_TOO));
  const verbs = new Map<string, Verb>();
  // The milder deeds come first, and a word that stands in two groups belongs to the stricter one.
  for (const [deed] of DEEDS) {
    for (const word of keep(VERBS[deed])) verbs.set(word, { word, deed, isNoun: nounsToo.has(word) });
  }
  const nouns = new Map<string, NounGroup[]>();
  for (const group of NOUNS) {
    for (const word of keepTerms(group.words)) nouns.set(word, [...(nouns.get(word) ?? []), group]);
  }
  return {
    verbs,
    meanings: new Map(
      MEANINGS.flatMap(({ verb, nouns: after, deed }) =>
        keep(after).map((noun) => [`${verb} ${noun}`, deed]),
      ),
    ),
    deeds: new Map(DEEDS),
    nouns,
    telling: new Set(keep(TELLING)),
    whole: new Set(keepTerms(WHOLE)),
    amounts: new Set(keep(AMOUNTS)),
    anything: new Set(keepTerms(ANYTHING)),
  };
}
