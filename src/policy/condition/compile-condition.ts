import { compileTest, type Place } from './compile-test.ts';
import type { CompiledTest } from './compiled-test.ts';
import type { Clause, Condition, Truth } from './condition.ts';
import { compilePath, type Facts, type Found } from './find-value.ts';
import type { Ground } from './ground.ts';
import { Purse } from './purse.ts';
import { agree, judgeAll } from './truth.ts';

export type { Facts } from './find-value.ts';

/** Whether a condition holds. All that is asked about one call is asked with one and the same `facts`. */
export type Judge = (facts: Facts) => Truth;

/**
 * Prepares a condition, so that judging it is quick and touches nothing but what `ground` resolves. `folder` is that of
 * the policy file. Patterns must have been found sound, and the regex engine be loaded.
 */
export function compileCondition(condition: Condition, ground: Ground, folder: string): Judge {
  const clauses = condition.clauses.map((clause) => compileClause(clause, { ground, folder }));
  return (facts) => judgeAll(clauses, (judge) => judge(facts));
}

function compileClause({ path, tests }: Clause, place: Place): Judge {
  const find = compilePath(path);
  const compiled = tests.map((test): ((found: Found, facts: Facts) => Truth) => {
    if (test.kind === 'exists') return (found) => judgeExists(found, test.wanted);
    const ready = compileTest(test, place);
    const isOfSize = test.kind === 'length';
    return (found, facts) => judgeFound(isOfSize ? seeSize(found) : found, ready, new Purse(facts));
  });
  return (facts) => {
    const found = find(facts);
    return found.kind === 'unclear' ? 'unknown' : judgeAll(compiled, (judge) => judge(found, facts));
  };
}

function judgeFound(found: Found, test: CompiledTest, purse: Purse): Truth {
  switch (found.kind) {
    case 'value':
    case 'default':
      return test.judge(found.value, purse);
    case 'perhaps':
      return agree(test.judge(found.value, purse), test.judgeMissing(false));
    case 'missing':
      return test.judgeMissing(found.isNull);
    case 'unclear':
    case 'untold':
      return 'unknown';
  }
}

/** How long a list is does not hang on what the elements are; of a map, two keys may stand under one mask. */
function seeSize(found: Found): Found {
  const isTold = found.kind === 'untold' && found.value.kind === 'list';
  return isTold ? { kind: 'value', value: found.value } : found;
}

/** A default is there for the server, and not in the call: the policy may have meant either. */
function judgeExists(found: Found, wanted: boolean): Truth {
  if (found.kind === 'value' || found.kind === 'untold') return wanted;
  return found.kind === 'missing' ? !wanted : 'unknown';
}
