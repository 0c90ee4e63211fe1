import { quote } from '../../policy/quote.ts';
import type { Deed } from '../words/deeds.ts';
import type { NounGroup } from '../words/nouns.ts';
import type { Finding } from './finding.ts';
import { findVerbs } from './find-verbs.ts';
import { findWhole } from './find-whole.ts';
import type { Lexicon, Verb } from './lexicon.ts';
import { singular, splitName } from './split-name.ts';

/** What a name says. */
export interface NameReading {
  readonly findings: readonly Finding[];
  /** The name has no verb, and nothing else tells what it does. */
  readonly isMute: boolean;
  /** The name says what is done, and not to what: `get`. */
  readonly isBare: boolean;
}

const LONGEST_QUOTE = 40;
/** A word that could mean worse than these is taken for a verb even where the name seems to end as that of a thing. */
const MILD: ReadonlySet<Deed> = new Set(['reads', 'acts', 'makes', 'sends', 'changes']);

export function readName(name: string, lexicon: Lexicon): NameReading {
  const words = splitName(name);
  const last = words.at(-1) ?? '';
  const isTelling = lexicon.telling.has(last);
  const found = findVerbs(words, lexicon);
  // "queue details", "index usage": the end of the name says what it is, and the rest whose.
  const isObject =
    isTelling && found.every(({ isNoun, deed }) => isNoun && MILD.has(deed)) && found[0]?.word !== words[0];
  const verbs = isObject ? [] : found;
  const findings = verbs.map((verb) => describeVerb(verb, lexicon));
  const isWritten = verbs.some(({ deed }) => deed !== 'reads');
  if (verbs.length === 0 && isTelling) {
    const sentence = `the name has no verb, and ends with ${quoteWord(last)}`;
    findings.push({ category: 'read', risk: 'low', sentence, attack: null });
  }
  const isMute = findings.length === 0;
  findings.push(
    ...describeNouns(words, isWritten || isMute, lexicon),
    ...describeReach(words, verbs, lexicon),
  );
  // A letter that only looks like one of ours hides the word it stands in.
  if (/[^\x20-\x7e]/.test(name)) {
    const sentence = 'the name has letters that are not plain ASCII, so its words cannot be trusted';
    findings.push({ category: 'write', risk: 'high', sentence, attack: null });
  }
  const isBare = words.length === 1 && lexicon.verbs.has(last);
  return { findings, isMute, isBare };
}

function describeVerb({ word, deed }: Verb, { deeds }: Lexicon): Finding {
  const meaning = deeds.get(deed);
  const { category = 'write', risk = 'medium', says = 'does something', attack = null } = meaning ?? {};
  return { category, risk, sentence: `the verb ${quoteWord(word)} ${says}`, attack };
}

/** What makes it graver because of what it is done to. */
export function describeNouns(words: readonly string[], isWritten: boolean, { nouns }: Lexicon): Finding[] {
  const findings: Finding[] = [];
  const told = new Set<NounGroup>();
  // Pairs before single words: "workload identity" says more than "identity".
  for (const term of [...listPairs(words), ...words]) {
    for (const group of nouns.get(term) ?? nouns.get(singularLast(term)) ?? []) {
      const risk = isWritten ? group.written : group.read;
      if (told.has(group) || risk === null) continue;
      told.add(group);
      findings.push({
        category: null,
        risk,
        sentence: `${quoteWord(term)} ${group.says}`,
        attack: group.attack,
      });
    }
  }
  return findings;
}

/** What is grave because of how much it is done to. */
function describeReach(words: readonly string[], verbs: readonly Verb[], lexicon: Lexicon): Finding[] {
  const findings: Finding[] = [];
  const removes = verbs.find(({ deed }) => deed === 'removes');
  if (removes !== undefined) {
    const removed = findWhole(words, removes.word, lexicon);
    if (removed !== null) {
      const sentence = lexicon.amounts.has(removed)
        ? `${quoteWord(removed)} says that it takes much away at once`
        : `with ${quoteWord(removed)} goes all that is in it`;
      findings.push({ category: null, risk: 'critical', sentence, attack: 'loss' });
    }
  }
  const [run] = words.filter((word) => lexicon.anything.has(word) || lexicon.anything.has(singular(word)));
  const isRun = verbs.some(({ deed }) => deed === 'runs');
  if (run !== undefined && (isRun || verbs.some(({ deed }) => deed === 'acts'))) {
    // "Process code" may mean that it is run, "run code" says so.
    const risk = isRun ? 'critical' : 'high';
    const sentence = `${quoteWord(run)} can be anything`;
    findings.push({ category: 'execute', risk, sentence, attack: 'execution' });
  }
  return findings;
}

function listPairs(words: readonly string[]): string[] {
  return words.slice(1).map((word, index) => `${words[index] ?? ''} ${word}`);
}

function singularLast(term: string): string {
  const at = term.lastIndexOf(' ') + 1;
  return term.slice(0, at) + singular(term.slice(at));
}

function quoteWord(word: string): string {
  return quote(word, LONGEST_QUOTE);
}
