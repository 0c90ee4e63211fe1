import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderVisible } from '../../../src/approval/card/visible.ts';

const ASCII = { ascii: true, wide: false };

describe('what is shown of text from outside', () => {
  test.each([
    ['plain text is shown as it is', 'delete broker "b-1"', 'delete broker "b-1"'],
    ['letters of other alphabets are', 'Größe, 東京, привет', 'Größe, 東京, привет'],
    ['emoji are', '👍', '👍'],
    ['escape sequences are not sent', '\x1b[2K\x1b]0;title\x07', String.raw`\x1b[2K\x1b]0;title\x07`],
    ['line ends and tabs have names', 'a\r\n\tb\b\f\v', String.raw`a\r\n\tb\b\f\x0b`],
    ['DEL and C1 controls are escaped', '\x7f\x85\x9b31m', String.raw`\x7f\x85\x9b31m`],
    ['NUL is', '\0', String.raw`\x00`],
    ['line separators are', 'a\u2028b\u2029c', String.raw`a\u{2028}b\u{2029}c`],
    ['bidi controls are', '\u202e\u2066\u061c\u200f', String.raw`\u{202e}\u{2066}\u{61c}\u{200f}`],
    [
      'zero-width characters are',
      'pay\u200bpal\ufeff\u2060\u00ad\u034f',
      String.raw`pay\u{200b}pal\u{feff}\u{2060}\xad\u{34f}`,
    ],
    [
      'fillers that draw nothing are',
      '\u115f\u17b4\u180b\u3164\uffa0\u2800',
      String.raw`\u{115f}\u{17b4}\u{180b}\u{3164}\u{ffa0}\u{2800}`,
    ],
    ['tag characters are', 'ok\u{e0041}\u{e007f}', String.raw`ok\u{e0041}\u{e007f}`],
    ['variation selectors are', '❤\ufe0f\u{e0100}', String.raw`❤\u{fe0f}\u{e0100}`],
    [
      'private use, unassigned and noncharacters are',
      '\ue000\u0378\uffff\u{1fffe}',
      String.raw`\u{e000}\u{378}\u{ffff}\u{1fffe}`,
    ],
    ['lone surrogates are', 'a\ud800b\udfff', String.raw`a\u{d800}b\u{dfff}`],
    ['unusual spaces are', 'a\u00a0b\u3000c', String.raw`a\xa0b\u{3000}c`],
    ['the replacement character is, as it may stand for anything', '\ufffd', String.raw`\u{fffd}`],
    ['two accents are drawn, more are not', 'e\u0301\u0302\u0303\u0304', 'e\u0301\u0302\\u{303}\\u{304}'],
    ['accents without a letter are not drawn', '"\u0338=\u20dd', '"\\u{338}=\\u{20dd}'],
    ['vowels of Hangul that draw over others are not', '\u1100\u1161', 'ᄀ\\u{1161}'],
    ['three spaces are spaces', 'a   b', 'a   b'],
    ['more are counted', `a${' '.repeat(400)}; rm -rf ~`, 'a␠×400␠; rm -rf ~'],
    ['the count cannot run into digits of the text', '    00', '␠×4␠00'],
    ['the mark of the count is not taken from the text', '␠×400␠', String.raw`\u{2420}×400\u{2420}`],
    ['runs of what does not draw are counted', '\u200b'.repeat(500), String.raw`\u{200b*500}`],
    ['a backslash cannot begin an escape', String.raw`\x1b \u{202e} \\`, String.raw`\\x1b \\u{202e} \\\\`],
    ['right-to-left words stand in isolates', 'to שלום עולם 1', 'to \u2068שלום עולם\u2069 1'],
  ])('%s', (_, text, shown) => {
    expect(renderVisible(text)).toBe(shown);
  });

  test('sends ASCII alone where the locale knows no more', () => {
    expect(renderVisible('Größe 👍    x', ASCII)).toBe(String.raw`Gr\xf6\xdfe \u{1f44d}\s{4}x`);
  });

  test('shows different texts differently', () => {
    const odd = fc.string({
      unit: fc.constantFrom(
        '\\',
        'x',
        '1',
        'b',
        '\x1b',
        'u',
        '{',
        '}',
        '*',
        ' ',
        '4',
        '␠',
        '×',
        '\u200b',
        '\n',
        'n',
      ),
    });
    const isTold = (a: string, b: string): boolean =>
      renderVisible(a) !== renderVisible(b) && renderVisible(a, ASCII) !== renderVisible(b, ASCII);
    const property = fc.property(odd, odd, (a, b) => a === b || isTold(a, b));
    expect(fc.check(property, { numRuns: 5_000 })).toMatchObject({ failed: false });
  });

  test('sends nothing but glyphs, spaces and isolates of its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(renderVisible(text)).toMatch(/^[ \p{L}\p{M}\p{N}\p{P}\p{S}\u2068\u2069]*$/u);
        expect(renderVisible(text, ASCII)).toMatch(/^[ -~]*$/);
      }),
      { numRuns: 2_000 },
    );
  });
});
