import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addDecimals,
  compareDecimals,
  parseDecimal,
  renderDecimal,
  subtractDecimals,
  ZERO,
  type Decimal,
} from '../../../src/policy/condition/decimal.ts';

const parse = (text: string): Decimal => parseDecimal(text) ?? expect.fail(`${text} is a number`);
const compare = (a: string, b: string): number => compareDecimals(parse(a), parse(b));

test.each([
  ['0', '-0', 0],
  ['0', '0e999999999999', 0],
  ['0.000', '-0.0e-5', 0],
  ['100', '1E+2', 0],
  ['100', '1.00e2', 0],
  ['0.1', '1e-1', 0],
  ['0.1', '0.10000000000000000000000000000001', -1],
  ['9007199254740993', '9007199254740992', 1],
  ['9007199254740993', '9007199254740993.0', 0],
  ['-9007199254740993', '-9007199254740992', -1],
  ['1e400', '1e401', -1],
  ['1e400', '9'.repeat(400), 1],
  ['-1e400', '1', -1],
  ['1e-400', '0', 1],
  ['-1e-400', '0', -1],
  ['1e999999999999', '9e999999999998', 1],
  ['1e9007199254740993', '10e9007199254740992', 0],
  ['1e9007199254740993', '1e9007199254740992', 1],
  [`1e${'9'.repeat(1_000)}`, `1e${'9'.repeat(999)}8`, 1],
  [`1e-${'9'.repeat(1_000)}`, `1e-${'9'.repeat(999)}8`, -1],
  [`1e${'0'.repeat(5_000)}2`, '100', 0],
  ['2', '10', -1],
  ['-2', '-10', 1],
  ['15', '151', -1],
  ['1.5', '1.51', -1],
  ['-1.5', '-1.51', 1],
])('compares %s with %s', (a, b, order) => {
  expect(compare(a, b)).toBe(order);
  expect(compare(b, a)).toBe(-order + 0);
});

test.each([
  '',
  '-',
  '+1',
  '01',
  '-01',
  '.5',
  '1.',
  '1e',
  '1e+',
  '1e1.5',
  '0x10',
  '1_000',
  ' 1',
  '1 ',
  'NaN',
  'Infinity',
  '１',
  '1e5e5',
  '--1',
  `1e${'9'.repeat(1_001)}`,
])('reads no number in %j', (text) => {
  expect(parseDecimal(text)).toBe(null);
});

const written = fc
  .tuple(
    fc.boolean(),
    fc.bigInt({ min: 0n, max: 10n ** 40n }),
    fc.string({ unit: fc.constantFrom('0', '1', '2', '5', '9'), maxLength: 30 }),
    fc.integer({ min: -60, max: 60 }),
  )
  .map(([isNegative, whole, fraction, exponent]) => ({
    text: `${isNegative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}${exponent === 0 ? '' : `e${exponent}`}`,
    // Times ten to the 100th.
    scaled:
      (isNegative ? -1n : 1n) *
      BigInt(`${whole}${fraction}`) *
      10n ** BigInt(100 + exponent - fraction.length),
  }));

test('orders numbers as integers of one scale are ordered', () => {
  fc.assert(
    fc.property(written, written, (a, b) => {
      expect(compare(a.text, b.text)).toBe(a.scaled < b.scaled ? -1 : a.scaled > b.scaled ? 1 : 0);
    }),
    { numRuns: 2000 },
  );
});

test('gives equal numbers one form', () => {
  fc.assert(
    fc.property(written, fc.nat(20), ({ text }, zeros) => {
      const [mantissa = '', exponent = '0'] = text.split('e');
      const padded = `${mantissa}${mantissa.includes('.') ? '' : '.'}${'0'.repeat(zeros + 1)}e${exponent}`;
      expect(parse(padded)).toEqual(parse(text));
    }),
  );
});

test('adds and takes away without rounding', () => {
  fc.assert(
    fc.property(written, written, (a, b) => {
      const [one, other] = [parse(a.text), parse(b.text)];
      expect(addDecimals(one, other)).toEqual(parse(`${a.scaled + b.scaled}e-100`));
      expect(subtractDecimals(one, other)).toEqual(parse(`${a.scaled - b.scaled}e-100`));
    }),
    { numRuns: 1000 },
  );
});

test('adds nothing that is too far from the point', () => {
  expect(addDecimals(parse('1e400'), parse('1'))).toBe(null);
  expect(addDecimals(parse('1e399'), parse('1e-400'))).not.toBe(null);
  expect(addDecimals(parse('1'), parse('1e-401'))).toBe(null);
  expect(addDecimals(parse('1e999999999999'), ZERO)).toBe(null);
  expect(subtractDecimals(ZERO, parse('1e9007199254740993'))).toBe(null);
});

test.each([
  ['0', '0'],
  ['-0.00', '0'],
  ['1E+2', '100'],
  ['12.50', '12.5'],
  ['-0.001', '-0.001'],
  ['1e-7', '1e-7'],
  ['123e-10', '1.23e-8'],
  ['1e20', '100000000000000000000'],
  ['1e21', '1e21'],
  ['-12345e30', '-1.2345e34'],
  ['1e9007199254740993', '1e9007199254740993'],
])('shows %s as %s', (text, shown) => {
  expect(renderDecimal(parse(text))).toBe(shown);
});

test('reads back what it shows', () => {
  fc.assert(
    fc.property(written, ({ text }) => {
      expect(parse(renderDecimal(parse(text)))).toEqual(parse(text));
    }),
  );
});

test('takes time that grows with the text alone', () => {
  const texts = [
    '1e999999999999',
    '9'.repeat(1e6),
    `0.${'0'.repeat(1e6)}1`,
    `${'1'.repeat(5e5)}.${'1'.repeat(5e5)}`,
    `1${'0'.repeat(1e6)}`,
    `1e${'0'.repeat(1e6)}1`,
  ];
  const start = performance.now();
  for (const text of texts) expect(compare(text, text)).toBe(0);
  expect(performance.now() - start).toBeLessThan(3_000);
});
