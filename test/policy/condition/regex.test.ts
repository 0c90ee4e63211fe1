import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileRegex, loadRegexEngine, RegexError } from '../../../src/policy/condition/regex.ts';
import { judge } from '../../helpers/condition.ts';

test('throws before the engine is loaded, and no RegexError', () => {
  expect(() => compileRegex('a')).toThrow('the regex engine is not loaded');
  expect(() => compileRegex('a')).not.toThrow(RegexError);
});

describe('a pattern', () => {
  beforeAll(loadRegexEngine);

  test.each([
    ['b', 'abc', true],
    ['', '', true],
    ['^b', 'ab', false],
    ['^b', 'a\nb', false],
    ['(?m)^b', 'a\nb', true],
    ['a$', 'a\n', false],
    ['a\\z', 'a\n', false],
    ['a.b', 'a\nb', false],
    ['(?s)a.b', 'a\nb', true],
    ['a.b', 'a\rb', true],
    ['(?i)k', '\u212a', true],
    ['K', 'k', false],
    ['\\w', 'é', false],
    ['\\pL', 'é', true],
    ['^.$', '😀', true],
    ['[^a]', 'a', false],
    ['\\bcat\\b', 'a cat.', true],
    ['\\Qa.b\\E', 'axb', false],
    ['^(?:a|b){2,3}$', 'abab', false],
    ['x{0}', '', true],
  ])('%j is found in %j: %j', (pattern, text, found) => {
    expect(compileRegex(pattern).test(text)).toBe(found);
    expect(compileRegex(pattern).test(text)).toBe(found);
  });

  test.each([
    ['(?=a)', 'look-around in a pattern', 'write two tests, such as matches and not_matches'],
    ['x(?!a)', 'look-around in a pattern', 'write two tests, such as matches and not_matches'],
    ['(?<=a)b', 'look-around in a pattern', 'write two tests, such as matches and not_matches'],
    ['x(?<!a)b', 'look-around in a pattern', 'write two tests, such as matches and not_matches'],
    ['(a)\\1', 'a backreference in a pattern', 'write the repeated part out'],
    ['(?P<n>a)\\k<n>', 'a backreference in a pattern', 'write the repeated part out'],
    ['(?P=n)', 'a backreference in a pattern', 'write the repeated part out'],
    ['a++', 'a possessive quantifier in a pattern', 'leave out the second +'],
    ['a{2}+', 'a possessive quantifier in a pattern', 'leave out the second +'],
    ['(?>a)', 'an atomic group in a pattern', 'use (?:...)'],
    ['(?x)a b', 'a group or flag that RE2 does not have', 'inline flags are i, m, s and U, as in (?i)'],
    ['(?g)a', 'a group or flag that RE2 does not have', 'inline flags are i, m, s and U, as in (?i)'],
    ['(?#c)', 'a group or flag that RE2 does not have', 'inline flags are i, m, s and U, as in (?i)'],
    ['a\\Z', '\\Z in a pattern', 'use \\z, the very end of the text'],
    ['\\u0041', '\\u in a pattern', 'use \\x{...} with the hexadecimal number'],
    ['(a', 'a pattern that is no RE2: missing closing )', 'wiki/Syntax'],
    ['a)', 'a pattern that is no RE2: unexpected )', 'wiki/Syntax'],
    ['a**', 'a pattern that is no RE2: invalid nested repetition operator at "**"', 'wiki/Syntax'],
    ['a{1001}', 'a pattern that is no RE2: invalid repeat count at "{1001}"', 'wiki/Syntax'],
    ['x\\h\u001b[31m', 'a pattern that is no RE2: invalid escape sequence at "\\\\h"', 'wiki/Syntax'],
    ['x[\u001b-a', 'a pattern that is no RE2: missing closing ] at "[\\x1b-a"', 'wiki/Syntax'],
    ['\ud800', 'half a surrogate pair in a pattern', 'write the whole character'],
  ])('%j is refused: %s', (pattern, reason, hint) => {
    const error = catchError(pattern);
    expect(error.reason).toBe(reason);
    expect(error.hint).toContain(hint);
  });

  test.each([
    ['is long', 'a'.repeat(1_001)],
    ['repeats much', 'a{1000}'.repeat(100)],
    ['repeats repetitions', '(?:(?:a?){30}){30}'.repeat(50)],
    ['makes many instructions', '(?:ab?){1000}'],
    ['repeats a long alternative', `(?:${'a|bc|'.repeat(100)}){500}`],
  ])('is refused where it %s, without being compiled for long', (_, pattern) => {
    const start = performance.now();
    expect(catchError(pattern).reason).toContain('too large');
    expect(performance.now() - start).toBeLessThan(500);
  });

  test.each([
    '^[\\w./-]{1,255}$',
    '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?Z$',
    '^https://[a-z0-9.-]{1,253}(:\\d{1,5})?(/[\\w.-]{0,100}){0,5}$',
    '[\\x{1000}-\\x{2000}]\\p{Greek}{3}[{]5}',
    Array.from({ length: 120 }, (_, at) => `word${at}`)
      .join('|')
      .slice(0, 999),
  ])('is fine as people write them: %s', (pattern) => {
    expect(compileRegex(pattern).test('')).toBe(false);
  });

  test('means what it means elsewhere, as far as the dialects agree', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      '.',
      '[ab]',
      '[^a]',
      '\\d',
      '\\w',
      '\\s',
      '(?:a|bc)',
      '(b)',
      '\\b',
      '^',
      '$',
    );
    const repeat = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '*?');
    const piece = fc
      .tuple(atom, repeat)
      .map(([part, times]) => (/^(?:\\b|[$^])$/.test(part) ? part : part + times));
    const pattern = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
    const either = fc.oneof(
      pattern,
      fc.tuple(pattern, pattern).map(([one, other]) => `${one}|${other}`),
    );
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' ', 'é', '😀'), maxLength: 12 });
    fc.assert(
      fc.property(either, fc.array(text, { minLength: 1, maxLength: 5 }), (source, texts) => {
        const native = new RegExp(source, 'u');
        expect(texts.map((one) => compileRegex(source).test(one))).toEqual(
          texts.map((one) => native.test(one)),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  const LONG = 100_000;
  test.each([
    ['^(a+)+$', `${'a'.repeat(LONG)}!`],
    ['^(\\/?[\\w.-]+)+\\/$', `${'/a'.repeat(LONG / 2)}!`],
    ['(a|aa)+$', `${'a'.repeat(LONG)}!`],
    ['(?:a?){50}a{50}$', `${'a'.repeat(49)}${'b'.repeat(LONG)}`],
    ['(.*)*$x', 'a'.repeat(LONG)],
    ['(?:.{0,30}){0,30}[cd]', 'ab'.repeat(LONG / 2)],
    ['a[ab]{20}[cd]', readNoise(LONG)],
    ['a[ab]{200}[cd]', readNoise(LONG)],
    ['a.{0,999}a.{0,200}[cd]', readNoise(LONG)],
    ['(?i)(?:\\pL.{900}\\d)', readNoise(LONG)],
  ])('%s holds nobody up, whatever the text', (pattern, text) => {
    const start = performance.now();
    expect(judge([{ kind: 'matches', pattern }], JSON.stringify(text))).not.toBe(true);
    expect(performance.now() - start).toBeLessThan(1_500);
  });

  test('is found in a megabyte where it is small, and in sixty thousand characters where it is not large', () => {
    const found = (pattern: string, length: number) =>
      judge([{ kind: 'matches', pattern }], JSON.stringify(`${'x '.repeat(length / 2)}secret`));
    expect(found('secret$', 999_000)).toBe(true);
    expect(found('(?i)\\b(drop|truncate|secret)\\b', 64_000)).toBe(true);
    expect(found('(?i)\\b(drop|truncate|secret)\\b', 5_000_000)).toBe('unknown');
  });
});

function catchError(pattern: string): RegexError {
  try {
    compileRegex(pattern);
  } catch (error) {
    if (error instanceof RegexError) return error;
    throw error;
  }
  return expect.fail(`${pattern} is no pattern`);
}

/** Letters a and b without a pattern, the same every time. */
function readNoise(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state & 0x10000 ? 'a' : 'b';
  }).join('');
}
