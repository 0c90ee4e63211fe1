import { hasLoneSurrogate } from '../../wire/token.ts';
import type { JsonValue } from '../../wire/value.ts';
import { doubtMissing, failMissing, type CompiledTest } from './compiled-test.ts';
import type { Literal, Truth } from './condition.ts';
import { parseDecimal } from './decimal.ts';
import { negate } from './truth.ts';

/** `eq` and `in`. */
export function compileIn(literals: readonly Literal[]): CompiledTest {
  const hasNull = literals.some(({ kind }) => kind === 'null');
  return { judge: compileEquality(literals), judgeMissing: hasNull ? (isNull) => isNull : failMissing };
}

/** `ne` and `not_in`. What a server makes of a null is not known, so that nothing is ruled out where one stands. */
export function compileNotIn(literals: readonly Literal[]): CompiledTest {
  const equals = compileEquality(literals);
  return {
    judge: (value) => (value.kind === 'null' ? 'unknown' : negate(equals(value))),
    judgeMissing: doubtMissing,
  };
}

/**
 * Whether a value equals one of the literals, in the same time for one of them and for thousands. Unknown where one is
 * of another type, since servers convert: "5000" is a number to some, "yes" and 1 are true, and "none" is null.
 */
export function compileEquality(literals: readonly Literal[]): (value: JsonValue) => Truth {
  const strings = new Set(literals.flatMap((literal) => (literal.kind === 'string' ? literal.value : [])));
  const booleans = new Set(literals.flatMap((literal) => (literal.kind === 'boolean' ? literal.value : [])));
  const numbers = new Set(
    literals.flatMap((literal) => (literal.kind === 'number' ? spell(literal.text) : [])),
  );
  const hasNull = literals.some(({ kind }) => kind === 'null');
  const hasOther = (kind: JsonValue['kind']): boolean =>
    literals.some((literal) => literal.kind !== 'null' && literal.kind !== kind);
  const otherwise: Readonly<Record<JsonValue['kind'], Truth>> = {
    null: 'unknown',
    boolean: hasOther('boolean') ? 'unknown' : false,
    number: hasOther('number') || numbers.has(null) ? 'unknown' : false,
    string: hasOther('string') ? 'unknown' : false,
    list: hasOther('list') ? 'unknown' : false,
    map: hasOther('map') ? 'unknown' : false,
  };
  return (value) => {
    switch (value.kind) {
      case 'null':
        return hasNull || otherwise.null;
      case 'boolean':
        return booleans.has(value.value) || otherwise.boolean;
      case 'number': {
        const spelling = spell(value.text);
        if (spelling === null) return 'unknown';
        return numbers.has(spelling) || otherwise.number;
      }
      case 'string':
        if (strings.has(value.value)) return true;
        if (hasNull && isNullish(value.value)) return 'unknown';
        return strings.size > 0 && hasLoneSurrogate(value.value) ? 'unknown' : otherwise.string;
      case 'list':
      case 'map':
        return otherwise[value.kind];
    }
  };
}

/** One spelling for all that are the same number; null for one that cannot be read. */
function spell(text: string): string | null {
  const decimal = parseDecimal(text);
  return decimal === null ? null : `${decimal.sign}:${decimal.point}:${decimal.digits}`;
}

const NULLISH = new Set(['', 'null', 'none', 'nil', '~', 'undefined']);

/** What some servers read as null. */
function isNullish(text: string): boolean {
  return NULLISH.has(text.trim().toLowerCase());
}
