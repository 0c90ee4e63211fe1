import { RISKS } from '../../policy/profile.ts';
import type { Assessment } from '../assessment.ts';
import type { Annotations, ListedTool } from '../listing.ts';
import { ATTACKS } from '../words/attacks.ts';
import { isStricter, pickCategory, pickRisk, type Finding } from './finding.ts';
import { createLexicon, type Lexicon } from './lexicon.ts';
import { readDescription } from './read-description.ts';
import { describeNouns, readName } from './read-name.ts';
import { readSchema } from './read-schema.ts';
import { splitName } from './split-name.ts';

const MOST_EVIDENCE = 6;
const MOST_ATTACKS = 3;

export type Classify = (tool: ListedTool) => Assessment;

/** A classifier that knows these words and no others. */
export function createClassifier(lexicon: Lexicon): Classify {
  return (tool) => assess(listFindings(tool, lexicon));
}

/** Made when the first tool is looked at: a run that lists none need not wait for it. */
let usual: Classify | null = null;

/**
 * What a tool can do, how much harm that is, and what says so: from its name, title, description, schema and hints. All
 * of these are the server's word, so each of them can only make it worse, and what says nothing counts as writing.
 * Depends on nothing else; never throws.
 */
export function classifyTool(tool: ListedTool): Assessment {
  usual ??= createClassifier(createLexicon());
  return usual(tool);
}

/** The same of a tool of which nothing but the name is known. */
export function classifyName(name: string): Assessment {
  const annotations = { readOnly: null, destructive: null };
  return classifyTool({ name, title: null, description: null, inputSchema: null, annotations });
}

function listFindings(tool: ListedTool, lexicon: Lexicon): Finding[] {
  const name = readName(tool.name, lexicon);
  const isReading = !name.isMute && pickCategory(name.findings) === 'read';
  const description = readDescription(['description', tool.description], isReading, lexicon);
  const title = readDescription(['title', tool.title], isReading, lexicon);
  const said = [...description.findings, ...title.findings].filter((finding) =>
    raises(finding, name.findings),
  );
  const findings = [...name.findings, ...said, ...readSchema(tool.inputSchema, lexicon)];
  if (name.isBare) findings.push(...describeNouns(listObjects(tool), !isReading, lexicon));
  if (name.isMute) findings.unshift(MUTE);
  if (name.isMute && (tool.description ?? '') !== '' && !description.isTelling) findings.unshift(UNTOLD);
  return [...findings, ...readHints(tool.annotations)];
}

/** The words of the first sentences: "Get an item from your vault." */
function listObjects({ title, description }: ListedTool): string[] {
  return [title, description].flatMap((text) => splitName(/^[^.\n]*/.exec(text ?? '')?.[0] ?? ''));
}

/** That the description says the same as the name is no news. */
function raises({ category, risk }: Finding, known: readonly Finding[]): boolean {
  return (
    (category !== null && isStricter(category, pickCategory(known))) ||
    RISKS.indexOf(risk ?? 'low') > RISKS.indexOf(pickRisk(known))
  );
}

const MUTE: Finding = {
  category: 'write',
  risk: 'medium',
  sentence: 'nothing in the name says that it only reads',
  attack: null,
};

/** A text that says it in no known word hides more than none. */
const UNTOLD: Finding = {
  category: 'write',
  risk: 'high',
  sentence: 'its description does not say what it does in words that are known either',
  attack: null,
};

/** A server's hint that its tool is harmless is worth nothing; that it is not, is believed. */
function readHints({ readOnly, destructive }: Annotations): Finding[] {
  const findings: Finding[] = [];
  if (destructive === true) {
    const sentence = 'the server marks it as destructive';
    findings.push({ category: 'destructive', risk: 'high', sentence, attack: 'loss' });
  }
  if (readOnly === false) {
    findings.push({
      category: 'write',
      risk: 'medium',
      sentence: 'the server marks it as not read-only',
      attack: null,
    });
  }
  return findings;
}

function assess(findings: readonly Finding[]): Assessment {
  const sorted = findings.toSorted(compareWeight);
  const risk = pickRisk(findings);
  const [first] = sorted;
  const graver = first?.risk === risk ? undefined : sorted.find((finding) => finding.risk === risk);
  const decisive = [first, graver].flatMap((finding) => finding?.sentence ?? []);
  const attacks = sorted.flatMap(({ attack }) => attack ?? []);
  return {
    category: pickCategory(findings),
    risk,
    decisive,
    evidence: [...new Set([...decisive, ...sorted.map(({ sentence }) => sentence)])].slice(0, MOST_EVIDENCE),
    attacks: [...new Set(attacks)].slice(0, MOST_ATTACKS).map((attack) => ATTACKS[attack]),
  };
}

/** The weightiest first: what settles the category, then what raises the risk. */
function compareWeight(a: Finding, b: Finding): number {
  const [one, other] = [a.category ?? 'read', b.category ?? 'read'];
  if (one !== other) return isStricter(one, other) ? -1 : 1;
  return RISKS.indexOf(b.risk ?? 'low') - RISKS.indexOf(a.risk ?? 'low');
}
