import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { compileRegex, loadRegexEngine } from '../../../src/policy/condition/regex.ts';
import { isAnchored } from '../../../src/policy/read/anchored.ts';

beforeAll(loadRegexEngine);

test.each([
  '^a$',
  '\\Aa\\z',
  '^a\\z',
  '^(a|b)$',
  '^a$|^b$',
  '(^a$|^b$)',
  '(?:^a$)',
  '(?P<x>^a$)',
  '(?i)^a$',
  '(?i:^a$)',
  '(?m)\\Aa\\z',
  '^a\\\\$',
  '^[|(]$',
  '^[]|]$',
  '^\\|$',
  '^$',
])('%s is found in whole texts alone', (pattern) => {
  expect(isAnchored(pattern)).toBe(true);
});

test.each([
  'a',
  '^a',
  'a$',
  '^a|b$',
  '(^a|b$)',
  '^a$|b',
  '^a\\$',
  '\\^a$',
  '^a\\\\\\$',
  '^a\\\\z',
  '(?m)^a$',
  '^(?m)a$',
  '(?im:^a$)',
  '(^a$)?',
  '^*a$',
  '(^a$)(b)',
  '^a$|',
  '',
  '\\Q^a\\E$',
])('%s is found in longer texts too', (pattern) => {
  expect(isAnchored(pattern)).toBe(false);
});

test('what is anchored fits whole texts alone', () => {
  const piece = fc.constantFrom(
    'a',
    '^',
    '$',
    '|',
    '(',
    ')',
    '(?:',
    '(?i)',
    '(?m)',
    '\\A',
    '\\z',
    '\\$',
    '[^a]',
    '\\\\',
    '*',
    '?',
  );
  const frame = fc.constantFrom(['', ''], ['^', '$'], ['\\A', '\\z'], ['(?:^', '$)'], ['^a$|^', '$']);
  fc.assert(
    fc.property(frame, fc.array(piece, { maxLength: 8 }), ([before, after], pieces) => {
      const pattern = `${before}${pieces.join('')}${after}`;
      if (!isAnchored(pattern) || !isPattern(pattern)) return;
      // Whatever it fits, it fits from end to end: the marks of a whole text change nothing.
      const whole = compileRegex(`\\A(?:${pattern})\\z`);
      for (const text of ['', 'a', 'b', 'ab', 'a\n', '\na', 'b\na\nb', 'baab', 'aa', '\\', '$', 'x\na'])
        expect([text, compileRegex(pattern).test(text)]).toEqual([text, whole.test(text)]);
    }),
    { numRuns: 10_000 },
  );
});

function isPattern(pattern: string): boolean {
  try {
    compileRegex(pattern);
    return true;
  } catch {
    return false;
  }
}
