import { hasLoneSurrogate } from '../../wire/token.ts';
import { doubtMissing, failMissing, type CompiledTest } from './compiled-test.ts';
import type { Truth } from './condition.ts';
import type { Purse } from './purse.ts';
import type { Regex } from './regex.ts';
import { negate } from './truth.ts';

/** A test of strings alone. Half a surrogate pair is kept by some servers, and replaced or left out by others. */
export function compileText(judge: (text: string, purse: Purse) => Truth): CompiledTest {
  return {
    judge: (value, purse) => {
      if (value.kind !== 'string' || hasLoneSurrogate(value.value)) return 'unknown';
      return judge(value.value, purse);
    },
    judgeMissing: failMissing,
  };
}

/** `matches`: found anywhere. Unknown where looking for it may take too long. */
export function compileMatches(regex: Regex): CompiledTest {
  return compileText((text, purse) => {
    return purse.spend(text.length * weigh(regex)) ? regex.test(text) : 'unknown';
  });
}

/** The opposite of a test, which says nothing where there is nothing. */
export function compileOpposite(test: CompiledTest): CompiledTest {
  return { judge: (value, purse) => negate(test.judge(value, purse)), judgeMissing: doubtMissing };
}

/** The engine remembers where it was: a pattern that can be in few places costs the same for each character. */
const SMALL = 14;
const SMALL_WEIGHT = 2.5;

function weigh({ size }: Regex): number {
  return size <= SMALL ? SMALL_WEIGHT : size;
}
