import type { Deed } from '../words/deeds.ts';
import { ASIDES, HARMLESS_IN_TEXT, LOOKING } from '../words/phrases.ts';
import type { Lexicon, Verb } from './lexicon.ts';
import { singular } from './split-name.ts';
import { findVerb } from './word-forms.ts';

/** What a plain statement of it is no detail. */
const GRAVE: ReadonlySet<Deed> = new Set(['sends', 'changes', 'stops', 'removes', 'pays', 'runs']);
const CLAUSE =
  /^\s*(?:\d+ |[-*] |then |it |also |this |afterwards )*([a-z]{3,20}s)\b( (?:an?|the|new|all|any|your|each|every|it|them|this)\b)?/;
/** "When called, this drops it" is no other case. */
const WHEN_CALLED = /^\s*(?:when|once|whenever) (?:called|invoked|used|run|executed),? /;
/** "retrieves it, removing it from the server" */
const IN_PASSING = /[,;] (?:and |then |also |thereby )?([a-z]{3,20}ing) (?:it|them|all|every|everything)\b/g;
const MOST_CLAUSES = 200;

/**
 * Verbs in the third person that begin a clause: "lists jobs and cancels the stuck ones", "gets it; deletes it afterwards".
 * `text` is in small letters. What is quoted, in brackets, or speaks of other cases is no statement about the tool.
 */
export function findStatements(text: string, lexicon: Lexicon): Verb[] {
  const plain = text.replaceAll(/[`"'][^`"'\n]{0,80}[`"']|\([^()\n]{0,200}\)/g, ' ');
  const found: Verb[] = [];
  for (const sentence of plain.split(/[.!?\n]+/).slice(0, MOST_CLAUSES)) {
    const statement = sentence.replace(WHEN_CALLED, '');
    if (ASIDES.test(statement)) continue;
    found.push(...findPassing(statement, lexicon));
    for (const clause of statement.split(/[;:,]| and | then /).slice(0, MOST_CLAUSES)) {
      const [, word = '', object] = CLAUSE.exec(clause) ?? [];
      const verb = findVerb(word, lexicon);
      if (verb !== null && isStatement(verb, object !== undefined, clause)) found.push(verb);
    }
  }
  return found;
}

function findPassing(sentence: string, lexicon: Lexicon): Verb[] {
  return Array.from(sentence.matchAll(IN_PASSING), ([, word = '']) => findVerb(word, lexicon)).flatMap(
    (verb) => (verb !== null && isStatement(verb, true, sentence) ? [verb] : []),
  );
}

/** What has an object is no noun: "starts new runs". */
function isStatement({ word, deed, isNoun }: Verb, hasObject: boolean, clause: string): boolean {
  if (!GRAVE.has(deed) || HARMLESS_IN_TEXT.has(word)) return false;
  if (deed === 'runs') return hasObject && !(WAYS_TO_LOOK.has(word) && isAboutLooking(clause));
  return hasObject || !isNoun;
}

/** "Runs a search", "executes the query". */
const WAYS_TO_LOOK = new Set(['run', 'execute', 'exec', 'call', 'invoke', 'evaluate', 'eval']);

function isAboutLooking(clause: string): boolean {
  return clause.split(/[^a-z]+/).some((word) => LOOKING.has(singular(word)));
}
