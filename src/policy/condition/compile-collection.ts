import { hasLoneSurrogate } from '../../wire/token.ts';
import type { JsonValue } from '../../wire/value.ts';
import { compileEquality } from './compile-equality.ts';
import { failMissing, type CompiledTest } from './compiled-test.ts';
import type { Literal, Truth } from './condition.ts';
import type { Purse } from './purse.ts';
import { mayReread, reread } from './reread.ts';
import { agree, judgeAll, judgeAny } from './truth.ts';

/** `contains`: a part of a string, or an element of a list. */
export function compileContains(literal: Literal): CompiledTest {
  const equals = compileEquality([literal]);
  const judge = (value: JsonValue): Truth => {
    if (value.kind === 'list') return judgeAny(value.items, equals);
    if (value.kind !== 'string' || literal.kind !== 'string' || hasLoneSurrogate(value.value))
      return 'unknown';
    return value.value.includes(literal.value);
  };
  return { judge: (value, purse) => judgeBoth(value, purse, judge), judgeMissing: failMissing };
}

/** `length`: characters of a string, elements of a list, keys of a map. */
export function compileLength(tests: readonly CompiledTest[]): CompiledTest {
  return {
    judge: (value, purse) =>
      judgeBoth(value, purse, (read) => {
        const length = measure(read);
        if (length === null) return 'unknown';
        const number: JsonValue = { kind: 'number', text: String(length) };
        return judgeAll(tests, (test) => test.judge(number, purse));
      }),
    judgeMissing: inherit(tests),
  };
}

/** `every`: each element of a list passes all tests. */
export function compileEvery(tests: readonly CompiledTest[]): CompiledTest {
  return {
    judge: (value, purse) =>
      value.kind === 'list' ? judgeAll(value.items, (item) => judgeElement(item, tests, purse)) : 'unknown',
    judgeMissing: inherit(tests),
  };
}

/** `some`: one element of a list passes all tests. */
export function compileSome(tests: readonly CompiledTest[]): CompiledTest {
  return {
    judge: (value, purse) =>
      value.kind === 'list' ? judgeAny(value.items, (item) => judgeElement(item, tests, purse)) : 'unknown',
    judgeMissing: inherit(tests),
  };
}

function judgeElement(item: JsonValue, tests: readonly CompiledTest[], purse: Purse): Truth {
  return judgeAll(tests, (test) => test.judge(item, purse));
}

/** Where one of the tests inside rules something out, so does the whole. */
function inherit(tests: readonly CompiledTest[]): CompiledTest['judgeMissing'] {
  const isNegative = tests.some((test) => test.judgeMissing(false) === 'unknown');
  return isNegative ? () => 'unknown' : failMissing;
}

/** Some servers take JSON in a string for the list or map it spells: what they would see must agree. */
function judgeBoth(value: JsonValue, purse: Purse, judge: (value: JsonValue) => Truth): Truth {
  const asIs = judge(value);
  if (asIs === 'unknown' || value.kind !== 'string' || !mayReread(value.value)) return asIs;
  if (!purse.spend(value.value.length)) return 'unknown';
  const inside = reread(value.value);
  if (inside === 'unclear') return 'unknown';
  return inside === null ? asIs : agree(asIs, judge(inside));
}

function measure(value: JsonValue): number | null {
  switch (value.kind) {
    case 'list':
      return value.items.length;
    case 'map':
      return value.entries.size;
    case 'string':
      return hasLoneSurrogate(value.value) ? null : countCharacters(value.value);
    default:
      return null;
  }
}

/** Code points of a text without half surrogate pairs. */
function countCharacters(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length; at++) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800) pairs++;
  }
  return text.length - pairs;
}
