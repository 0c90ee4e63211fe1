import type { Truth } from './condition.ts';

/** What is left of a claim that is denied. */
export function negate(truth: Truth): Truth {
  return truth === 'unknown' ? truth : !truth;
}

/** True where all hold; false wins, then unknown. What follows a false one is not judged. */
export function judgeAll<T>(items: Iterable<T>, judge: (item: T) => Truth): Truth {
  let all: Truth = true;
  for (const item of items) {
    const truth = judge(item);
    if (truth === false) return false;
    if (truth === 'unknown') all = truth;
  }
  return all;
}

/** True where one holds; true wins, then unknown. What follows a true one is not judged. */
export function judgeAny<T>(items: Iterable<T>, judge: (item: T) => Truth): Truth {
  let any: Truth = false;
  for (const item of items) {
    const truth = judge(item);
    if (truth === true) return true;
    if (truth === 'unknown') any = truth;
  }
  return any;
}

/** What holds under both readings of a value; where they differ it cannot be told which is the server's. */
export function agree(one: Truth, other: Truth): Truth {
  return one === other ? one : 'unknown';
}
