import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutText, fitText, measureText } from '../../src/console/fit-text.ts';
import { SCREEN } from '../helpers/board-dialogue.ts';
import { show } from '../helpers/emulator.ts';

describe('a text in a column', () => {
  test.each([
    ['short', 8, 'short   '],
    ['just fits', 9, 'just fits'],
    ['is too long', 8, 'is too …'],
    ['東京都', 6, '東京都'],
    ['東京都庁', 6, '東京… '],
    ['a\x1b[2Jb', 6, String.raw`a\x1b…`],
    ['long', 1, '…'],
    ['long', 0, ''],
    ['', 3, '   '],
  ])('%j in %i cells', (text, width, shown) => {
    expect(fitText(text, width, SCREEN)).toBe(shown);
  });

  test('is cut with ASCII where the locale knows no more', () => {
    expect(cutText('is too long', 8, { ...SCREEN, charset: { ascii: true, wide: false } })).toBe('is too ~');
  });

  test('never takes more cells than it has, nor draws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), fc.nat(30), async (text, width) => {
        const { lines, isWrapped, title } = await show([`${fitText(text, width, SCREEN)}|`], 80);
        expect([lines.length, isWrapped, title]).toEqual([1, false, null]);
        expect(measureText(text, width, SCREEN)).toBeLessThanOrEqual(width);
      }),
      { numRuns: 40 },
    );
  });
});
