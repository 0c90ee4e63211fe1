import { quote } from '../../policy/quote.ts';
import { INSTRUCTIONS } from '../words/instructions.ts';
import { PHRASES } from '../words/phrases.ts';
import type { Finding } from './finding.ts';
import type { Lexicon, Verb } from './lexicon.ts';
import { findStatements } from './find-clauses.ts';
import { findOpening } from './find-opening.ts';

/** Nobody needs more to say what a tool does: what is longer may hide it. */
const LONGEST = 16_384;

/** What a text says. */
export interface TextReading {
  readonly findings: readonly Finding[];
  /** It begins by saying what the tool does, in a word that is known. */
  readonly isTelling: boolean;
}

/**
 * What a description says that the tool does: the verb it begins with, what it states further on, and what it says to the
 * model. What it mentions, other tools, quotations and what it says that it does not do, is no statement.
 */
export function readDescription(
  [what, description]: readonly ['description' | 'title', string | null],
  isReading: boolean,
  lexicon: Lexicon,
): TextReading {
  if (description === null || description === '') return { findings: [], isTelling: false };
  const whole = description;
  const text = stripMarks(whole.slice(0, LONGEST).toLowerCase());
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
  const opening = findOpening(text, isReading, lexicon);
  for (const verb of opening.verbs) tell(verb, 'begins with');
  for (const stated of findStatements(text, lexicon)) tell(stated, 'says that it does');
  findings.push(...findPhrases(text, lexicon), ...findHiding(what, whole));
  return { findings, isTelling: opening.isKnown };
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
