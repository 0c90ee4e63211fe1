import { quote } from '../../policy/quote.ts';
import { INSTRUCTIONS } from '../words/instructions.ts';
import { LOOKING, OPENINGS, PHRASES, WRAPPERS } from '../words/phrases.ts';
import type { Finding } from './finding.ts';
import type { Lexicon, Verb } from './lexicon.ts';
import { findStatements } from './find-clauses.ts';
import { singular } from './split-name.ts';
import { listForms } from './word-forms.ts';

/** Nobody needs more to say what a tool does: what is longer may hide it. */
const LONGEST = 16_384;
const LONGEST_OPENING = 240;
const MOST_OPENINGS = 12;

export interface DescriptionReading {
  /** The verb that it begins with. */
  readonly verb: Verb | null;
  readonly findings: readonly Finding[];
}

/**
 * What a description says that the tool does: the verb it begins with, what it states further on, and what it says to the
 * model. What it mentions, other tools, quotations and what it says that it does not do, is no statement.
 */
export function readDescription(
  [what, description]: readonly ['description' | 'title', string | null],
  isReading: boolean,
  lexicon: Lexicon,
): DescriptionReading {
  if (description === null || description === '') return { verb: null, findings: [] };
  const whole = description;
  const text = stripMarks(whole.slice(0, LONGEST).toLowerCase());
  const verb = findOpeningVerb(text, lexicon);
  const findings: Finding[] = [];
  const tell = (told: Verb, how: string): void => {
    const { category, risk, says, attack } = lexicon.deeds.get(told.deed) ?? UNKNOWN;
    findings.push({
      category,
      risk,
      sentence: `the ${what} ${how} ${quote(told.word)}, which ${says}`,
      attack,
    });
  };
  if (verb !== null && !saysNothing(verb, text) && !(isReading && isLookingAfterAll(verb, text)))
    tell(verb, 'begins with');
  for (const stated of findStatements(text, lexicon)) tell(stated, 'says that it does');
  findings.push(...findPhrases(text, lexicon), ...findHiding(what, whole));
  return { verb, findings };
}

const UNKNOWN = { category: 'write', risk: 'medium', says: 'does something', attack: null } as const;

/** Headings, emphasis, tags and labels in brackets before the first word. */
function stripMarks(text: string): string {
  return text.replace(/^(?:\s*#[^\n]*\n|\s*<[^>\n]{1,30}>|\s*\[[^\]\n]{0,40}\]|[\s*_>-]+)+/, '').trimStart();
}

/** Orders to the model, and more text than anybody reads, are there for something that nobody should see. */
function findHiding(what: string, whole: string): Finding[] {
  const findings: Finding[] = [];
  const text = whole.slice(0, LONGEST);
  const said = INSTRUCTIONS.map((pattern) => pattern.exec(text)?.[0]).find((found) => found !== undefined);
  if (said !== undefined) {
    const sentence = `the ${what} speaks to the model: ${quote(said.trim(), 60)}`;
    findings.push({ category: 'write', risk: 'high', sentence, attack: 'exfiltration' });
  }
  if (whole.length > LONGEST) {
    const sentence = `the ${what} has ${whole.length} characters, too many to look through`;
    findings.push({ category: 'write', risk: 'high', sentence, attack: null });
  }
  return findings;
}

function findOpeningVerb(text: string, { verbs }: Lexicon): Verb | null {
  const words = text
    .slice(0, LONGEST_OPENING)
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
  const word = words.slice(0, MOST_OPENINGS).find((one) => !OPENINGS.has(one) && !one.endsWith('ly')) ?? '';
  return (
    listForms(word)
      .map((form) => verbs.get(form))
      .find((verb) => verb !== undefined) ?? null
  );
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
