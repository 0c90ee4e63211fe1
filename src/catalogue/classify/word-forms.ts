import { singular } from './split-name.ts';

/** The verbs that a word could be a form of: `deletes`, `deleting` and `delete`; `applies` and `apply`. */
export function listForms(word: string): string[] {
  const stem = word.replace(/ing$/, '');
  const forms = [word, singular(word), word.replace(/s$/, ''), word.replace(/es$/, '')];
  if (stem !== word) forms.push(stem, `${stem}e`, stem.replace(/(.)\1$/, '$1'));
  return forms;
}
