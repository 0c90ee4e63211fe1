import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Condition } from '../../src/policy/condition/condition.ts';
import { compilePolicy } from '../../src/policy/compile.ts';
import { decide } from '../../src/policy/decide.ts';
import { ACTIONS, type Action, type Evaluation, type Policy, type Rule } from '../../src/policy/policy.ts';
import { callOf, GROUND, limitOf, policyOf } from '../helpers/policy.ts';

/** One entry of a list: `when` names the argument that must be 1. */
interface Entry {
  readonly when: 'p' | 'q' | null;
  readonly action: Action | null;
  readonly limited: boolean;
}
type Tools = readonly (readonly [pattern: string, entries: readonly Entry[]])[];
interface File {
  readonly tools: Tools;
  readonly fallback: Action | null;
}
/** What makes each argument true, false or unknown. */
const VALUES = { true: 1, false: 2, unknown: '1' } as const;
type Args = Readonly<Record<'p' | 'q', keyof typeof VALUES>>;

const names = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B'), minLength: 1, maxLength: 3 });
const patterns = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', 'B', '*', '?'),
  minLength: 1,
  maxLength: 4,
});
const actions = fc.constantFrom(...ACTIONS);
const entries = fc.record<Entry>({
  when: fc.constantFrom('p', 'q', null),
  action: fc.option(actions),
  limited: fc.boolean(),
});
const tools: fc.Arbitrary<Tools> = fc.uniqueArray(
  fc.tuple(patterns, fc.array(entries, { minLength: 1, maxLength: 2 })),
  { selector: ([pattern]) => pattern, maxLength: 4 },
);
const files = fc.record<File>({ tools, fallback: fc.option(actions) });
const sets = fc.array(files, { minLength: 1, maxLength: 3 });
const truths = fc.constantFrom<Args['p']>('true', 'false', 'unknown');
const args = fc.record<Args>({ p: truths, q: truths });

// A hundred thousand cases take a while on a machine that does other work too.
describe('random policies and calls', { timeout: 240_000 }, () => {
  test('agree with an evaluator written from the prose', () => {
    check(100_000, fc.tuple(sets, names, args), ([set, name, call]) => {
      const { verdict, limits } = judge(set, name, call);
      const expected = judgeByHand(set, name, call);
      expect({ verdict, limits: limits.map((limit) => `${limit.layer} ${limit.rule}`).toSorted() }).toEqual(
        expected,
      );
    });
  });

  test('are decided alike in any order of the keys and of the added files', () => {
    check(20_000, fc.tuple(sets, names, args, fc.infiniteStream(fc.nat())), ([set, name, call, random]) => {
      const shuffle = <T>(list: readonly T[]): T[] =>
        list
          .map((item) => ({ item, at: Number(random.next().value) }))
          .sort((a, b) => a.at - b.at)
          .map(({ item }) => item);
      const named = set.map((file, index) => ({ ...file, name: `/${index}` }));
      const mixed = named.map((file) => ({ ...file, tools: shuffle(file.tools) }));
      const reordered = [...mixed.slice(0, 1), ...shuffle(mixed.slice(1))];
      expect(judge(reordered, name, call)).toEqual(judge(named, name, call));
    });
  });

  test('never become weaker by a deny under a new key', () => {
    check(20_000, fc.tuple(sets, names, args, patterns, entries), ([set, name, call, pattern, entry]) => {
      const added = addRule(set, pattern, { ...entry, action: 'deny' });
      const isWeaker = added !== null && isBelow(judge(added, name, call), judge(set, name, call));
      expect(isWeaker).toBe(false);
    });
  });

  test('never become weaker by an approval glob beside globs', () => {
    check(20_000, fc.tuple(sets, names, args, patterns, entries), ([set, name, call, pattern, entry]) => {
      const added = addRule(set, `${pattern}*`, { ...entry, action: 'require_approval' });
      const isBeside = set[0]?.tools.some(
        ([other, [first]]) =>
          /[*?]/.test(other) && fits(other, name) && first?.when === null && first.action !== null,
      );
      if (added === null || isBeside !== true) return;
      expect(isBelow(judge(added, name, call), judge(set, name, call))).toBe(false);
    });
  });

  test('never become weaker by another file', () => {
    check(20_000, fc.tuple(sets, names, args, files), ([set, name, call, file]) => {
      expect(isBelow(judge([...set, file], name, call), judge(set, name, call))).toBe(false);
    });
  });

  test('never become stricter by taking rate limits away', () => {
    check(20_000, fc.tuple(sets, names, args), ([set, name, call]) => {
      const isIdle = (entry: Entry): boolean => entry.action === null;
      const without = set.map((file) => ({
        ...file,
        tools: file.tools.map(
          ([pattern, list]) =>
            [
              pattern,
              list.filter((entry) => !isIdle(entry)).map((entry) => ({ ...entry, limited: false })),
            ] as const,
        ),
      }));
      const [before, after] = [judge(set, name, call), judge(without, name, call)];
      expect(after.verdict).toBe(before.verdict);
      expect(after.limits).toEqual([]);
    });
  });

  test('are, with an unknown argument, never decided weaker than with any known one', () => {
    check(20_000, fc.tuple(sets, names, args, fc.boolean()), ([set, name, call, isP]) => {
      const key = isP ? 'p' : 'q';
      const unknown = judge(set, name, { ...call, [key]: 'unknown' });
      for (const known of ['true', 'false'] as const) {
        const other = judge(set, name, { ...call, [key]: known });
        expect(isBelow(unknown, other)).toBe(false);
        expect(unknown.limits).toEqual(expect.arrayContaining([...other.limits]));
      }
    });
  });
});

function check<T>(numRuns: number, arbitrary: fc.Arbitrary<T>, property: (value: T) => void): void {
  fc.assert(fc.property(arbitrary, property), { numRuns });
}

function isBelow(after: Evaluation, before: Evaluation): boolean {
  return ACTIONS.indexOf(after.verdict) < ACTIONS.indexOf(before.verdict);
}

/** Null where the first file has the key already. */
function addRule(set: readonly File[], pattern: string, entry: Entry): File[] | null {
  const [first, ...rest] = set;
  if (first === undefined || first.tools.some(([other]) => other === pattern)) return null;
  return [{ ...first, tools: [...first.tools, [pattern, [entry]]] }, ...rest];
}

function judge(set: readonly (File & { readonly name?: string })[], name: string, call: Args): Evaluation {
  const [first, ...added] = set.map((file, index) => buildFile(file, file.name ?? `/${index}`));
  const compiled = compilePolicy(
    {
      layers: [
        { policy: first!, role: 'first' },
        ...added.map((policy) => ({ policy, role: 'added' }) as const),
      ],
      hash: 'h',
    },
    GROUND,
  );
  return decide(compiled, callOf(name, { p: VALUES[call.p], q: VALUES[call.q] }));
}

function buildFile({ tools: written, fallback }: File, file: string): Policy {
  const lists = written.map(([pattern, list]) => [
    pattern,
    list.map((entry, index) => buildRule(`${pattern}[${index}]`, entry)),
  ]);
  return {
    ...policyOf(Object.fromEntries(lists) as Record<string, Partial<Rule>[]>, { file }),
    default: { action: fallback ?? 'require_approval', written: fallback !== null },
  };
}

function buildRule(path: string, { when, action, limited }: Entry): Partial<Rule> {
  return { when: when === null ? null : isOne(when), action, limit: limited ? limitOf(path, 1) : null };
}

function isOne(key: string): Condition {
  const path = { text: `args.${key}`, steps: [{ kind: 'key', key }] } as const;
  return { clauses: [{ path, tests: [{ kind: 'eq', literal: { kind: 'number', text: '1' } }] }] };
}

function fits(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
}

/** Every way in which the unknown conditions may turn out, one by one; then the strictest, and the limits of all. */
function judgeByHand(set: readonly File[], name: string, call: Args): { verdict: Action; limits: string[] } {
  const outcomes = set.map((file, index) => judgeFile(file, name, call, index === 0));
  const limits = new Set(
    outcomes.flatMap((ways, index) => ways.flatMap((way) => way.limits.map((limit) => `/${index} ${limit}`))),
  );
  const verdict = strictest(outcomes.flatMap((ways) => ways.flatMap((way) => way.verdict ?? [])));
  return { verdict: verdict!, limits: [...limits].toSorted() };
}

interface Way {
  readonly verdict: Action | null;
  readonly limits: readonly string[];
}

function judgeFile({ tools: written, fallback }: File, name: string, call: Args, isFirst: boolean): Way[] {
  const near = written.filter(([pattern]) => fits(pattern.toLowerCase(), name.toLowerCase()));
  const unknowns = near.flatMap(([, list]) =>
    list.filter(({ when }) => when !== null && call[when] === 'unknown'),
  );
  return Array.from({ length: 2 ** unknowns.length }, (_, bits) => {
    const holds = (entry: Entry): boolean => {
      if (entry.when === null || call[entry.when] !== 'unknown') {
        return entry.when === null || call[entry.when] === 'true';
      }
      return ((bits >> unknowns.indexOf(entry)) & 1) === 1;
    };
    const taken = near.map(([pattern, list]) => ({
      pattern,
      entry: list.find((entry) => entry.action !== null && holds(entry)),
    }));
    const say = (isOf: (pattern: string) => boolean) =>
      taken.flatMap(({ pattern, entry }) => (isOf(pattern) ? (entry?.action ?? []) : []));
    const isGlob = (pattern: string): boolean => /[*?]/.test(pattern);
    const own =
      strictest(say((pattern) => pattern === name)) ??
      strictest(say((pattern) => isGlob(pattern) && fits(pattern, name))) ??
      fallback ??
      (isFirst ? 'require_approval' : null);
    const others = say((pattern) => !fits(pattern, name)).filter((action) => action !== 'allow');
    const limits = near.flatMap(([pattern, list]) =>
      list.flatMap((entry, index) => {
        const counts = entry.action === null ? holds(entry) : taken.some((one) => one.entry === entry);
        return entry.limited && counts ? [`${pattern}[${index}]`] : [];
      }),
    );
    return { verdict: strictest([...(own === null ? [] : [own]), ...others]) ?? null, limits };
  });
}

function strictest(list: readonly Action[]): Action | undefined {
  return ACTIONS.findLast((action) => list.includes(action));
}
