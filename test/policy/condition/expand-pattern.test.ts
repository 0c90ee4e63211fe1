import { expect, test } from 'vitest';
import { countExpanded } from '../../../src/policy/condition/expand-pattern.ts';

test.each([
  ['', 0],
  ['abc', 3],
  ['a{5}', 5],
  ['ab{2,7}c', 9],
  ['a{3,}', 3],
  ['a{0}', 1],
  ['(?:ab){10}', 20],
  ['(?:a(?i:b){3}){10}c', 41],
  ['(a{10}){10}', 100],
  ['[a-z\\]]{20}', 20],
  ['[]a]{20}', 20],
  ['[[:alpha:]]{4}', 4],
  ['\\p{Greek}{3}', 3],
  ['\\x{1000}{2}', 2],
  ['\\{1000}', 6],
  ['😀{3}', 3],
  ['((a{10}', 10],
  ['a{10})', 10],
])('%s has about %i characters', (pattern, count) => {
  expect(countExpanded(pattern)).toBe(count);
});

test('counts the worst of patterns in no time', () => {
  const start = performance.now();
  for (const part of ['(', ')', '[', '\\', '{1', 'a{1000}', '(?:', '\\p{', '[[:a'])
    countExpanded(part.repeat(300));
  expect(performance.now() - start).toBeLessThan(500);
});
