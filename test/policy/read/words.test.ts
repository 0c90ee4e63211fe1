import { expect, test } from 'vitest';
import { parseDuration, parseRate } from '../../../src/policy/read/duration.ts';
import { findNearest } from '../../../src/policy/read/nearest.ts';
import { escapeUnseen, quote } from '../../../src/policy/quote.ts';

test.each([
  ['90', 90],
  ['30s', 30],
  ['5m', 300],
  ['1h', 3600],
  ['1d', 86_400],
  ['', null],
  ['s', null],
  ['-1s', null],
  ['1 s', null],
  ['1.5h', null],
  ['1w', null],
])('%j is %j seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each([
  ['10/minute', { max: 10, seconds: 60 }],
  ['100/1h', { max: 100, seconds: 3600 }],
  ['5 / 30s', { max: 5, seconds: 30 }],
  ['1/s', { max: 1, seconds: 1 }],
  ['7/90', { max: 7, seconds: 90 }],
  ['10', null],
  ['/minute', null],
  ['10/minutes ago', null],
  ['1e3/minute', null],
])('%j is the rate %j', (text, rate) => {
  expect(parseRate(text)).toEqual(rate);
});

test('finds the word that was likely meant', () => {
  const words = ['action', 'reason', 'rate_limit', 'hide', 'approval'];
  expect(
    ['acton', 'Action', 'raet_limit', 'aproval', 'hid', 'x', 'limits'].map((word) =>
      findNearest(word, words),
    ),
  ).toEqual(['action', 'action', 'rate_limit', 'approval', 'hide', null, null]);
});

test('shows what cannot be seen as what it is', () => {
  expect(escapeUnseen('a\u001b[2J\r\n\t\u0085\u202e\u200b\u2028\ufeff\u{e0041}\ud800\u00a0\ufe0f ü')).toBe(
    String.raw`a\x1b[2J\r\n\t\x85\u{202e}\u{200b}\u{2028}\u{feff}\u{e0041}\u{d800}\xa0\u{fe0f} ü`,
  );
  expect(quote('a"\\n\n')).toBe(String.raw`"a\"\\n\n"`);
  expect(quote('x'.repeat(100), 3)).toBe('"xxx" (100 characters)');
});
