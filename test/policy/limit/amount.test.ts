import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_PLACES, readUnits, renderUnits } from '../../../src/policy/limit/amount.ts';

const ONE = 10n ** BigInt(MOST_PLACES);

test.each([
  ['0', 0n],
  ['-0', 0n],
  ['0e999', 0n],
  ['1', ONE],
  ['1.50', (3n * ONE) / 2n],
  ['1E+2', 100n * ONE],
  ['1e-30', 1n],
  ['99999999999999999999', 99_999_999_999_999_999_999n * ONE],
  ['1e-31', null],
  ['1e20', null],
  ['1e999999999', null],
  ['-1', null],
  ['', null],
  ['0x10', null],
  ['.5', null],
  ['1_000', null],
])('%j is %s units', (text, units) => {
  expect(readUnits(text)).toBe(units);
});

test('writes every number of units so that it is read as the same', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n * ONE - 1n }), (units) => {
      expect(readUnits(renderUnits(units))).toBe(units);
    }),
  );
});
