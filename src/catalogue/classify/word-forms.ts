import type { Lexicon, Verb } from './lexicon.ts';
import { singular } from './split-name.ts';

/** The verb that a word of a text is a form of. */
export function findVerb(word: string, { verbs }: Pick<Lexicon, 'verbs'>): Verb | null {
  if (word === '') return null;
  for (const form of listForms(word)) {
    const verb = verbs.get(form);
    if (verb !== undefined) return verb;
  }
  return null;
}

/** What a word could be a form of: `deletes`, `deleting` and `delete`; `applies` and `apply`. */
function listForms(word: string): string[] {
  const stem = word.replace(/ing$/, '');
  const forms = [word, singular(word), word.replace(/s$/, ''), word.replace(/es$/, '')];
  if (stem !== word) forms.push(stem, `${stem}e`, stem.replace(/(.)\1$/, '$1'));
  return forms;
}
