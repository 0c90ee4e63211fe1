import { quote } from '../../policy/quote.ts';
import { LOOKING, OPENINGS, PHRASES, WRAPPERS } from '../words/phrases.ts';
import type { Finding } from './finding.ts';
import type { Lexicon, Verb } from './lexicon.ts';
import { singular } from './split-name.ts';

/** What stands further on is mostly about arguments, and about other tools. */
const LONGEST = 4_096;
const LONGEST_OPENING = 240;

export interface DescriptionReading {
  /** The verb that it begins with. */
  readonly verb: Verb | null;
  readonly findings: readonly Finding[];
}

/**
 * What a description says that the tool does: the verb it begins with, and plain statements of effects. What it mentions,
 * other tools, quotations and what it says that it does not do, is no statement.
 */
export function readDescription(
  description: string | null,
  isReading: boolean,
  lexicon: Lexicon,
): DescriptionReading {
  const text = (description ?? '').slice(0, LONGEST).toLowerCase();
  const verb = findOpeningVerb(text, lexicon);
  const findings: Finding[] = [];
  if (verb !== null && !saysNothing(verb, text) && !(isReading && isLookingAfterAll(verb, text))) {
    const meaning = lexicon.deeds.get(verb.deed);
    const { category = 'write', risk = 'medium', attack = null } = meaning ?? {};
    const sentence = `the description begins with ${quote(verb.word)}, which ${meaning?.says ?? 'does something'}`;
    findings.push({ category, risk, sentence, attack });
  }
  return { verb, findings: [...findings, ...findPhrases(text, lexicon)] };
}

function findOpeningVerb(text: string, { verbs }: Lexicon): Verb | null {
  let rest = text.slice(0, LONGEST_OPENING).replace(/^[^a-z]+/, '');
  for (let turns = 0; turns < 6; turns++) {
    const opening = OPENINGS.find((words) => rest.startsWith(`${words} `));
    if (opening === undefined) break;
    rest = rest.slice(opening.length + 1).trimStart();
  }
  const [word = ''] = /^[a-z]+/.exec(rest) ?? [];
  for (const form of listForms(word)) {
    const verb = verbs.get(form);
    if (verb !== undefined) return verb;
  }
  return null;
}

/** `deletes`, `deleting` and `delete`; `applies` and `apply`. */
function listForms(word: string): string[] {
  const stem = word.replace(/ing$/, '');
  const forms = [word, singular(word), word.replace(/s$/, ''), word.replace(/es$/, '')];
  if (stem !== word) forms.push(stem, `${stem}e`, stem.replace(/(.)\1$/, '$1'));
  return forms;
}

/** That it looks settles nothing: a server could always say so. */
function saysNothing({ deed }: Verb, text: string): boolean {
  return (
    deed === 'reads' || (deed === 'runs' && listFirstWords(text).some((word) => WRAPPERS.includes(word)))
  );
}

function listFirstWords(text: string): string[] {
  return text
    .slice(0, LONGEST_OPENING)
    .split(/[^a-z]+/)
    .slice(0, 16);
}

/** What a tool that looks may well be said to do with what it has found. */
const WAYS_OF_TELLING = new Set([
  'generate',
  'compile',
  'download',
  'export',
  'capture',
  'render',
  'produce',
  'build',
  'compose',
  'derive',
  'draw',
  'report',
  'return',
  'load',
  'resolve',
]);
/** Behind a word that can be both, these say that it was the noun. */
const BEHIND_NOUNS = new Set([
  'of',
  'for',
  'in',
  'on',
  'from',
  'with',
  'by',
  'and',
  'or',
  'to',
  'at',
  'is',
  'are',
  'that',
  'about',
  'per',
  '',
]);

/** "Runs a search" looks, "loads the details" too; a word that is as often a noun says little beside a name that reads. */
function isLookingAfterAll({ word, deed, isNoun }: Verb, text: string): boolean {
  if (deed === 'acts' || WAYS_OF_TELLING.has(word)) return true;
  const words = listFirstWords(text);
  const at = words.findIndex((one) => listForms(one).includes(word));
  if (isNoun && BEHIND_NOUNS.has(words[at + 1] ?? '')) return true;
  return deed === 'runs' && words.some((one) => LOOKING.includes(singular(one)));
}

function findPhrases(text: string, { deeds }: Lexicon): Finding[] {
  const findings: Finding[] = [];
  for (const [phrase, deed] of PHRASES) {
    const at = text.indexOf(phrase);
    if (at === -1 || isDenied(text, at)) continue;
    const meaning = deeds.get(deed);
    if (meaning === undefined) continue;
    const { category, risk, attack } = meaning;
    findings.push({ category, risk, sentence: `the description says ${quote(phrase)}`, attack });
  }
  return findings;
}

/** Whether the sentence says that it is not so, or speaks of another case. */
function isDenied(text: string, at: number): boolean {
  const start = Math.max(text.lastIndexOf('.', at), text.lastIndexOf('\n', at), at - 120) + 1;
  return /\b(?:not|never|no|without|unlike|instead|won't|doesn't|cannot be used|if)\b/.test(
    text.slice(start, at),
  );
}
