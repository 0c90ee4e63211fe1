import type { JsonValue } from '../../wire/value.ts';
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
    return (found, facts) =>
      isMasked(found, facts) ? 'unknown' : judgeFound(found, ready, new Purse(facts));
  });
  return (facts) => {
    if (facts.untold?.isWhole === true) return 'unknown';
    const found = find(facts);
    return found.kind === 'unclear' ? 'unknown' : judgeAll(compiled, (judge) => judge(found, facts));
  };
}

/** Whether a mask stands somewhere in the value: a test may come to anything then. */
function isMasked(found: Found, { untold }: Facts): boolean {
  if (untold === undefined || found.kind !== 'value') return false;
  const open: JsonValue[] = [found.value];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value.kind === 'string' && untold.isMask(value.value)) return true;
    if (value.kind === 'list') for (const item of value.items) open.push(item);
    if (value.kind === 'map') for (const item of value.entries.values()) open.push(item);
  }
  return false;
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
      return 'unknown';
  }
}

/** A default is there for the server, and not in the call: the policy may have meant either. */
function judgeExists(found: Found, wanted: boolean): Truth {
  if (found.kind === 'value') return wanted;
  return found.kind === 'missing' ? !wanted : 'unknown';
}
