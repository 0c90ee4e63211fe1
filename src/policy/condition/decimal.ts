/**
 * A number as it is written, of any size: `sign` times 0.DIGITS times ten to the `point`. `digits` has no zero at
 * either end, so that equal numbers have one form; zero has none at all.
 */
export interface Decimal {
  readonly sign: -1 | 0 | 1;
  readonly digits: string;
  /** A bigint only beyond the safe integers, where an exponent is written out that far. */
  readonly point: number | bigint;
}

export const ZERO: Decimal = { sign: 0, digits: '', point: 0 };

/** Digits an exponent may have: reading them takes more than linear time, and no number is meant that needs them. */
const MOST_EXPONENT = 1_000;
/** How far from the point sums are counted. */
const MOST_SUMMED = 400;

/**
 * Reads the text of a JSON number in linear time, whatever its exponent; null where it is none, or its exponent has
 * more than 1,000 digits.
 */
export function parseDecimal(text: string): Decimal | null {
  const isNegative = text.charCodeAt(0) === MINUS;
  const start = isNegative ? 1 : 0;
  const whole = skipDigits(text, start);
  // JSON has no number without a digit before the point, and none with a zero before others.
  if (whole === start || (text.charCodeAt(start) === ZERO_DIGIT && whole > start + 1)) return null;
  const hasFraction = text.charCodeAt(whole) === POINT;
  const end = hasFraction ? skipDigits(text, whole + 1) : whole;
  if (hasFraction && end === whole + 1) return null;
  const exponent = readExponent(text, end);
  if (exponent === null) return null;
  const written = text.slice(start, whole) + (hasFraction ? text.slice(whole + 1, end) : '');
  const first = skipZeros(written);
  if (first === written.length) return ZERO;
  return {
    sign: isNegative ? -1 : 1,
    digits: written.slice(first, findLastDigit(written)),
    point: shift(exponent, whole - start - first),
  };
}

/** Below zero where `a` is less than `b`, above where it is more; zero where they are the same number. */
export function compareDecimals(a: Decimal, b: Decimal): -1 | 0 | 1 {
  if (a.sign !== b.sign) return a.sign < b.sign ? -1 : 1;
  if (a.sign === 0) return 0;
  const { sign } = a;
  const opposite = sign === 1 ? -1 : 1;
  if (a.point < b.point) return opposite;
  if (a.point > b.point) return sign;
  // Without zeros at the end, the shorter of two that begin alike is the smaller one, as for words.
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? opposite : sign;
}

/** The exact sum; null where one of them has digits further than 400 places from the point. */
export function addDecimals(a: Decimal, b: Decimal): Decimal | null {
  if (!isSummable(a) || !isSummable(b)) return null;
  const places = Math.max(countPlaces(a), countPlaces(b));
  return unscale(scale(a, places) + scale(b, places), places);
}

/** `a` less `b`, as `addDecimals`. */
export function subtractDecimals(a: Decimal, b: Decimal): Decimal | null {
  return addDecimals(a, { ...b, sign: b.sign === 0 ? 0 : b.sign === 1 ? -1 : 1 });
}

/** The number as JSON writes it, without an exponent where it is short so. */
export function renderDecimal({ sign, digits, point }: Decimal): string {
  if (sign === 0) return '0';
  const minus = sign === -1 ? '-' : '';
  if (typeof point === 'bigint' || point > 21 || point < -5) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${minus}${digits.slice(0, 1)}${fraction}e${String(shift(point, -1))}`;
  }
  if (point <= 0) return `${minus}0.${'0'.repeat(-point)}${digits}`;
  const whole = digits.slice(0, point).padEnd(point, '0');
  return digits.length > point ? `${minus}${whole}.${digits.slice(point)}` : `${minus}${whole}`;
}

const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO_DIGIT = 0x30;

/** The exponent at the end of the text, 0 where there is none; null where something else stands there. */
function readExponent(text: string, at: number): number | bigint | null {
  if (at === text.length) return 0;
  if ((text.charCodeAt(at) | 0x20) !== 0x65) return null;
  const sign = text.charCodeAt(at + 1);
  const start = sign === MINUS || sign === PLUS ? at + 2 : at + 1;
  const end = skipDigits(text, start);
  if (end === start || end !== text.length) return null;
  const digits = text.slice(start);
  const first = skipZeros(digits);
  if (digits.length - first > MOST_EXPONENT) return null;
  const size = digits.length - first > 15 ? BigInt(digits) : Number(digits);
  return sign === MINUS ? -size : size;
}

/** `point` moved by some places, a number again wherever it is a safe one. */
function shift(point: number | bigint, by: number): number | bigint {
  const short = Number(point) + by;
  if (typeof point === 'number' && Number.isSafeInteger(short)) return short;
  const moved = BigInt(point) + BigInt(by);
  return Number.isSafeInteger(Number(moved)) ? Number(moved) : moved;
}

function skipDigits(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code >= 0x30 && code <= 0x39; code = text.charCodeAt(at)) at++;
  return at;
}

function skipZeros(text: string): number {
  let at = 0;
  while (text.charCodeAt(at) === ZERO_DIGIT) at++;
  return at;
}

/** Behind the last digit that is no zero. */
function findLastDigit(text: string): number {
  let end = text.length;
  while (text.charCodeAt(end - 1) === ZERO_DIGIT) end--;
  return end;
}

function isSummable({ digits, point }: Decimal): boolean {
  return point <= MOST_SUMMED && Number(point) - digits.length >= -MOST_SUMMED;
}

/** Digits behind the point. */
function countPlaces({ digits, point }: Decimal): number {
  return Math.max(0, digits.length - Number(point));
}

function scale({ sign, digits, point }: Decimal, places: number): bigint {
  if (sign === 0) return 0n;
  const size = BigInt(digits.padEnd(Number(point) + places, '0'));
  return sign === -1 ? -size : size;
}

function unscale(sum: bigint, places: number): Decimal {
  if (sum === 0n) return ZERO;
  const written = (sum < 0n ? -sum : sum).toString();
  const digits = written.slice(0, findLastDigit(written));
  return { sign: sum < 0n ? -1 : 1, digits, point: written.length - places };
}
