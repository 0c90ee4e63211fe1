import { compileContains, compileEvery, compileLength, compileSome } from './compile-collection.ts';
import { compileIn, compileNotIn } from './compile-equality.ts';
import { compileOrder } from './compile-order.ts';
import { compileMatches, compileOpposite, compileText } from './compile-text.ts';
import type { CompiledTest } from './compiled-test.ts';
import type { Test } from './condition.ts';
import type { Ground } from './ground.ts';
import { compileHost } from './host.ts';
import { LOOKUP, URL_READ } from './purse.ts';
import { compileRegex } from './regex.ts';
import { compileWithin } from './within.ts';

/** What tests of paths are compiled against. */
export interface Place {
  readonly ground: Ground;
  /** The folder of the policy file. */
  readonly folder: string;
}

/** Prepares one test. Throws where it is not sound, which reading the policy has ruled out. */
export function compileTest(test: Test, place: Place): CompiledTest {
  const compileAll = (tests: readonly Test[]): CompiledTest[] =>
    tests.map((inner) => compileTest(inner, place));
  switch (test.kind) {
    case 'eq':
      return compileIn([test.literal]);
    case 'ne':
      return compileNotIn([test.literal]);
    case 'in':
      return compileIn(test.literals);
    case 'not_in':
      return compileNotIn(test.literals);
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return compileOrder(test.kind, test.bound);
    case 'contains':
      return compileContains(test.literal);
    case 'not_contains':
      return compileOpposite(compileContains(test.literal));
    case 'length':
      return compileLength(compileAll(test.tests));
    case 'every':
      return compileEvery(compileAll(test.tests));
    case 'some':
      return compileSome(compileAll(test.tests));
    case 'exists':
      return { judge: () => test.wanted, judgeMissing: () => !test.wanted };
    default:
      return compileTextTest(test, place);
  }
}

type TextTest = Extract<
  Test,
  { kind: 'matches' | 'not_matches' | 'starts_with' | 'ends_with' | 'within' | 'host' }
>;

function compileTextTest(test: TextTest, { ground, folder }: Place): CompiledTest {
  switch (test.kind) {
    case 'matches':
      return compileMatches(compileRegex(test.pattern));
    case 'not_matches':
      return compileOpposite(compileMatches(compileRegex(test.pattern)));
    case 'starts_with':
      return compileText((text) => text.startsWith(test.text));
    case 'ends_with':
      return compileText((text) => text.endsWith(test.text));
    case 'within': {
      const isWithin = compileWithin(test.folders, ground, folder);
      const cost = LOOKUP * (test.folders.length + 1);
      return compileText((text, purse) => (purse.spend(cost) ? isWithin(text) : 'unknown'));
    }
    case 'host': {
      const isHost = compileHost(test.patterns);
      return compileText((text, purse) => (purse.spend(URL_READ + text.length) ? isHost(text) : 'unknown'));
    }
  }
}
