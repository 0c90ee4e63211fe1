import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isGlob, matchGlob, readPrefix, readSuffix } from '../../src/policy/glob.ts';

test.each([
  ['', '', true],
  ['*', '', true],
  ['*', 'a/b.c', true],
  ['?', '', false],
  ['?', 'a', true],
  ['describe_*', 'describe_', true],
  ['describe_*', 'describe_broker', true],
  ['describe_*', 'xdescribe_broker', false],
  ['*_broker', 'delete_broker', true],
  ['*_broker', 'delete_brokers', false],
  ['a*b*c', 'aXbYbZc', true],
  ['a*b*c', 'aXbYbZ', false],
  ['a?c*', 'abc', true],
  ['a?c*', 'ac', false],
  ['**', 'x', true],
  ['[ab]', 'a', false],
])('%j fits %j: %j', (pattern, text, fits) => {
  expect(matchGlob(pattern, text)).toBe(fits);
});

test('agrees with a matcher that tries everything', () => {
  const letters = (alphabet: string) =>
    fc.string({ unit: fc.constantFrom(...alphabet.split('')), maxLength: 8 });
  fc.assert(
    fc.property(letters('ab*?'), letters('ab'), (pattern, text) => {
      expect(matchGlob(pattern, text)).toBe(tryAll(pattern, text));
      expect(matchGlob(pattern, pattern.replaceAll('*', text).replaceAll('?', 'a'))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('takes time that grows with pattern times text, whatever the pattern', () => {
  const text = 'a'.repeat(40_000);
  const start = performance.now();
  expect(matchGlob('*a*a*a*a*b', text)).toBe(false);
  // Trying every star again takes minutes.
  expect(performance.now() - start).toBeLessThan(1000);
});

test('knows a glob by its wildcards alone', () => {
  expect(['a', 'a*', '?', '[a]', 'a.b/c-d'].map(isGlob)).toEqual([false, true, true, false, false]);
});

test('reads what every fitting text begins and ends with', () => {
  expect(['ab*c?de', '*x', 'x*', '*'].map((glob) => [readPrefix(glob), readSuffix(glob)])).toEqual([
    ['ab', 'de'],
    ['', 'x'],
    ['x', ''],
    ['', ''],
  ]);
});

function tryAll(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) {
    return tryAll(pattern.slice(1), text) || (text !== '' && tryAll(pattern, text.slice(1)));
  }
  return (
    text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && tryAll(pattern.slice(1), text.slice(1))
  );
}
