import type { Deed } from '../words/deeds.ts';
import { ASIDES, HARMLESS_IN_TEXT } from '../words/phrases.ts';
import type { Lexicon, Verb } from './lexicon.ts';
import { listForms } from './word-forms.ts';

/** What a plain statement of it is no detail. */
const GRAVE: ReadonlySet<Deed> = new Set(['sends', 'changes', 'stops', 'removes', 'pays']);
const MOST_CLAUSES = 200;

/**
 * Verbs in the third person that begin a clause: "lists jobs and cancels the stuck ones", "gets it; deletes it afterwards".
 * `text` is in small letters. What is quoted, in brackets, or speaks of other cases is no statement about the tool.
 */
export function findStatements(text: string, { verbs }: Lexicon): Verb[] {
  const plain = text.replaceAll(/[`"'][^`"'\n]{0,80}[`"']|\([^)\n]{0,200}\)/g, ' ');
  const found: Verb[] = [];
  for (const sentence of plain.split(/[.!?\n]+/).slice(0, MOST_CLAUSES)) {
    if (ASIDES.test(sentence)) continue;
    for (const clause of sentence.split(/[;:,]| and | then /).slice(0, MOST_CLAUSES)) {
      const [, word = ''] = /^\s*(?:then |it |also |this |afterwards )*([a-z]{3,20}s)\b/.exec(clause) ?? [];
      const verb =
        word === ''
          ? undefined
          : listForms(word)
              .map((form) => verbs.get(form))
              .find(Boolean);
      if (verb !== undefined && !verb.isNoun && GRAVE.has(verb.deed) && !HARMLESS_IN_TEXT.has(verb.word))
        found.push(verb);
    }
  }
  return found;
}
