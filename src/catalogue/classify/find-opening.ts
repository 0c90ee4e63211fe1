import type { Deed } from '../words/deeds.ts';
import { BEHIND_NOUNS, LOOKING, OPENINGS, WAYS_OF_TELLING, WRAPPERS } from '../words/phrases.ts';
import type { Lexicon, Verb } from './lexicon.ts';
import { singular } from './split-name.ts';
import { findVerb } from './word-forms.ts';

const LONGEST = 240;
const MOST_WORDS = 12;
const WORD = /[a-z]+/g;
/** "create or update", "get/set", "create, reply to, or edit" */
const JOINED = /(?: to| from)?\s*(?:,|\/|&|\bor\b|\band\b|\bthen\b)\s*(?:(?:or|and|then)\s+)?([a-z]+)/y;

interface Place {
  readonly verb: Verb;
  /** Behind the word. */
  readonly end: number;
}

export interface Opening {
  /** The verbs with which a text says what the tool does, but for those that only look. */
  readonly verbs: readonly Verb[];
  /** Whether it begins with a verb at all. */
  readonly isKnown: boolean;
}

/**
 * How a text in small letters begins. `isReading`: the name reads for sure, so that what can be a noun, or a way of
 * telling what was found, is taken for that.
 */
export function findOpening(text: string, isReading: boolean, lexicon: Lexicon): Opening {
  const opening = text.slice(0, LONGEST);
  const chain = findChain(opening, lexicon);
  const verbs = chain
    .filter(({ verb }) => !saysNothing(verb, opening))
    .filter((place) => !(isReading && isLookingAfterAll(place, opening)))
    .map(({ verb }) => verb);
  return { verbs, isKnown: chain.length > 0 };
}

/** The first word that says something, and what is joined to it, as long as these are verbs. */
function findChain(opening: string, lexicon: Lexicon): Place[] {
  const first = findFirst(opening, lexicon);
  if (first === null) return [];
  const chain = [first];
  JOINED.lastIndex = first.end;
  for (let found = JOINED.exec(opening); found !== null; found = JOINED.exec(opening)) {
    const verb = findVerb(found[1] ?? '', lexicon);
    if (verb === null) break;
    chain.push({ verb, end: JOINED.lastIndex });
  }
  return chain;
}

function findFirst(opening: string, lexicon: Lexicon): Place | null {
  WORD.lastIndex = 0;
  for (let count = 0; count < MOST_WORDS; count += 1) {
    const word = WORD.exec(opening)?.[0];
    if (word === undefined) return null;
    if (OPENINGS.has(word) || word.endsWith('ly')) continue;
    const verb = findVerb(word, lexicon);
    return verb === null ? null : { verb, end: WORD.lastIndex };
  }
  return null;
}

/** That it looks settles nothing: a server could always say so. */
function saysNothing({ deed }: Verb, opening: string): boolean {
  return deed === 'reads' || (deed === 'runs' && listWords(opening).some((word) => WRAPPERS.has(word)));
}

const SETTLED: ReadonlySet<Deed> = new Set(['acts']);

/** "Runs a search" looks, "loads the details" too; a word that is as often a noun says little beside a name that reads. */
function isLookingAfterAll({ verb: { word, deed, isNoun }, end }: Place, opening: string): boolean {
  if (SETTLED.has(deed) || WAYS_OF_TELLING.has(word)) return true;
  if (isNoun && isNounThere(opening.slice(end, end + 16))) return true;
  return deed === 'runs' && listWords(opening).some((one) => LOOKING.has(singular(one)));
}

/** "Snapshot:", "embedding-based", "file's owner", "text (English)", "order of the rows". */
function isNounThere(behind: string): boolean {
  const [, word] = /^\s+([a-z]+)/.exec(behind) ?? [];
  if (word !== undefined) return BEHIND_NOUNS.has(word);
  return /^(?:-(?:based|level|only|like|wide|aware)|\s?[:('’.!?]|\s*$)/.test(behind);
}

function listWords(opening: string): string[] {
  return opening.split(/[^a-z]+/).slice(0, 16);
}
