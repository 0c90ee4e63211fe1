import { expect, test } from 'vitest';
import { AMOUNTS, ANYTHING, NOUNS, TELLING, WHOLE } from '../../src/catalogue/words/nouns.ts';
import { NOUNS_TOO, VERBS } from '../../src/catalogue/words/verbs.ts';

const split = (list: string): string[] => list.trim().split(/\s+/);
const splitTerms = (list: string): string[] => list.split(',').map((term) => term.trim());

test.each([
  ...Object.entries(VERBS).map(([deed, words]) => [`what ${deed}`, split(words)] as const),
  ['verbs that are nouns too', split(NOUNS_TOO)] as const,
  ['what tells something', split(TELLING)] as const,
  ...NOUNS.map(({ says, words }) => [`what ${says}`, splitTerms(words)] as const),
  ['what takes much along', splitTerms(WHOLE)] as const,
  ['how much', split(AMOUNTS)] as const,
  ['what can be anything', splitTerms(ANYTHING)] as const,
])('the words of %s stand in alphabetical order, each once', (_, words) => {
  expect(words).toEqual([...new Set(words)].toSorted());
});

test('a verb stands in one group alone', () => {
  const verbs = Object.values(VERBS).flatMap(split);
  expect(verbs.filter((verb, index) => verbs.indexOf(verb) !== index)).toEqual([]);
});

test('what is a noun too is known as a verb', () => {
  const verbs = new Set(Object.values(VERBS).flatMap(split));
  expect(split(NOUNS_TOO).filter((word) => !verbs.has(word))).toEqual([]);
});
