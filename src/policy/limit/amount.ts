import { parseDecimal, renderDecimal, type Decimal } from '../condition/decimal.ts';

/** Digits behind the point that are counted; an amount with more of them cannot be summed. */
export const MOST_PLACES = 30;
/** Digits before the point that the `max` of a sum may have. */
export const MOST_WHOLE = 20;

/** A decimal that is not negative as units; null where the text is none, or has more digits than are counted. */
export function readUnits(text: string): bigint | null {
  const decimal = parseDecimal(text);
  return decimal === null || decimal.sign === -1 || isHuge(decimal) ? null : countUnits(decimal);
}

/**
 * The number in whole units of the last place that is counted, so that sums are exact; null where it has digits behind
 * that. Not for huge ones.
 */
export function countUnits({ sign, digits, point }: Decimal): bigint | null {
  if (sign === 0) return 0n;
  if (Number(point) - digits.length < -MOST_PLACES) return null;
  const size = BigInt(digits.padEnd(Number(point) + MOST_PLACES, '0'));
  return sign === -1 ? -size : size;
}

/** Whether the number has more digits before the point than any `max` has. */
export function isHuge({ sign, point }: Decimal): boolean {
  return sign === 1 && point > MOST_WHOLE;
}

/** Units as the decimal they are. */
export function renderUnits(units: bigint): string {
  const size = (units < 0n ? -units : units).toString();
  const digits = size.replace(/0+$/, '');
  if (digits === '') return '0';
  return renderDecimal({ sign: units < 0n ? -1 : 1, digits, point: size.length - MOST_PLACES });
}
