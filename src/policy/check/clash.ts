import { compileCondition } from '../condition/compile-condition.ts';
import type { ArgPath, Condition, Literal, Test } from '../condition/condition.ts';
import { compareDecimals, parseDecimal } from '../condition/decimal.ts';
import type { Ground } from '../condition/ground.ts';
import { renderTest } from './render-test.ts';
import { listTestKinds } from './test-types.ts';

export interface Clash {
  readonly path: ArgPath;
  /** `args.amount cannot be both gt 5 and lt 3`. */
  readonly why: string;
}

/** Tests of one condition that no value can pass together; null where none were found. */
export function findClash({ clauses }: Condition): Clash | null {
  const byPath = new Map<string, { path: ArgPath; tests: Test[] }>();
  for (const { path, tests } of clauses) {
    const key = JSON.stringify(path.steps);
    const known = byPath.get(key);
    if (known === undefined) byPath.set(key, { path, tests: [...tests] });
    else known.tests.push(...tests);
  }
  for (const { path, tests } of byPath.values()) {
    const words = clashOf(tests);
    if (words !== null) return { path, why: `${path.text} cannot be ${words}` };
  }
  return null;
}

/** In words that go on from "cannot be"; null where the tests may hold together. */
function clashOf(tests: readonly Test[]): string | null {
  for (const [index, test] of tests.entries()) {
    if (listTestKinds(test)?.length === 0)
      return `${renderTest(test)} for sure: a server may read a value of one kind as one of another`;
    const inner = clashWithin(test);
    if (inner !== null) return inner;
    const other = tests.slice(index + 1).find((one) => exclude(test, one) || exclude(one, test));
    if (other !== undefined) return `both ${renderTest(test)} and ${renderTest(other)}`;
  }
  const list = tests.find((test) => listCandidates(test) !== null);
  const candidates = list === undefined ? null : listCandidates(list);
  const others = tests.filter((test) => test !== list);
  if (list === undefined || candidates?.some((one) => passes(one, others)) !== false) return null;
  return `${renderTest(list)} and pass the other tests`;
}

/** Every element may be one of none, so only `some` and `length` need a value that passes. */
function clashWithin(test: Test): string | null {
  if (test.kind !== 'some' && test.kind !== 'length') return null;
  const inner = clashOf(test.tests);
  return inner === null
    ? null
    : `${renderTest(test)}: ${test.kind === 'some' ? 'no element' : 'no length'} is ${inner}`;
}

/** Whether no value passes both. */
function exclude(a: Test, b: Test): boolean {
  const [kinds, others] = [listTestKinds(a), listTestKinds(b)];
  // What is not there passes no other test.
  if (kinds === null || others === null) return kinds !== others;
  if (!kinds.some((kind) => others.includes(kind))) return true;
  if (isBelow(a) && isAbove(b)) return leavesNothing(b, a);
  const candidates = listCandidates(a);
  if (candidates !== null) return !candidates.some((candidate) => passes(candidate, [b]));
  if (a.kind === 'starts_with' && b.kind === a.kind)
    return !a.text.startsWith(b.text) && !b.text.startsWith(a.text);
  if (a.kind === 'ends_with' && b.kind === a.kind)
    return !a.text.endsWith(b.text) && !b.text.endsWith(a.text);
  return false;
}

type Bound = Test & { readonly bound: string };

function isBelow(test: Test): test is Bound {
  return test.kind === 'lt' || test.kind === 'lte';
}

function isAbove(test: Test): test is Bound {
  return test.kind === 'gt' || test.kind === 'gte';
}

function leavesNothing(above: Bound, below: Bound): boolean {
  const [low, high] = [parseDecimal(above.bound), parseDecimal(below.bound)];
  if (low === null || high === null) return false;
  const order = compareDecimals(low, high);
  return order > 0 || (order === 0 && (above.kind === 'gt' || below.kind === 'lt'));
}

/** The only values that can pass; null where they cannot be listed. */
function listCandidates(test: Test): readonly Literal[] | null {
  if (test.kind === 'eq') return [test.literal];
  return test.kind === 'in' ? test.literals : null;
}

/** Paths and hosts hang on the machine, so they are taken to pass. */
function passes(value: Literal, tests: readonly Test[]): boolean {
  const judged = tests.filter(({ kind }) => kind !== 'within' && kind !== 'host');
  const path: ArgPath = { text: 'args.x', steps: [{ kind: 'key', key: 'x' }] };
  const judge = compileCondition({ clauses: [{ path, tests: judged }] }, NOWHERE, '/');
  return judge({ args: { kind: 'map', entries: new Map([['x', value]]) }, schema: null }) !== false;
}

const NOWHERE: Ground = {
  cwd: '/',
  home: null,
  platform: 'linux',
  own: [],
  resolve: (path) => path,
  classify: () => ({ category: 'write', risk: 'medium', isSeen: false }),
};
