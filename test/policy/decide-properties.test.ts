import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Condition } from '../../src/policy/condition/condition.ts';
import { compilePolicy } from '../../src/policy/compile.ts';
import { decide } from '../../src/policy/decide.ts';
import { ACTIONS, type Action, type Evaluation, type Policy, type Rule } from '../../src/policy/policy.ts';
import { RISKS, type Profile } from '../../src/policy/profile.ts';
import { callOf, GROUND, limitOf, policyOf } from '../helpers/policy.ts';

/** One entry of a list: `when` names the argument that must be 1. */
interface Entry {
  readonly when: 'p' | 'q' | null;
  readonly action: Action | null;
  readonly limited: boolean;
}
type Lists = readonly (readonly [key: string, entries: readonly Entry[]])[];
interface File {
  readonly tools: Lists;
  readonly categories: Lists;
  readonly risks: Lists;
  readonly fallback: Action | null;
}
/** What makes each argument true, false or unknown. */
const VALUES = { true: 1, false: 2, unknown: '1' } as const;
type Args = Readonly<Record<'p' | 'q', keyof typeof VALUES>>;
interface Call extends Args {
  readonly profile: Profile;
}

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
const listsOf = (key: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<Lists> =>
  fc.uniqueArray(fc.tuple(key, fc.array(entries, { minLength: 1, maxLength: 2 })), {
    selector: ([one]) => one,
    maxLength,
  });
// Few words, so that most rules fit.
const category = fc.constantFrom('read', 'destructive');
const risk = fc.constantFrom('low', 'critical');
const files = fc.record<File>({
  tools: listsOf(patterns, 4),
  categories: listsOf(category, 2),
  risks: listsOf(risk, 2),
  fallback: fc.option(actions),
});
const sets = fc.array(files, { minLength: 1, maxLength: 3 });
const truths = fc.constantFrom<Args['p']>('true', 'false', 'unknown');
const profile = fc.record<Profile>({ category, risk, isSeen: fc.boolean() });
const calls = fc.record<Call>({ p: truths, q: truths, profile });

// A hundred thousand cases take a while on a machine that does other work too.
describe('random policies and calls', { timeout: 240_000 }, () => {
  test('agree with an evaluator written from the prose', () => {
    check(100_000, fc.tuple(sets, names, calls), ([set, name, call]) => {
      const { verdict, limits } = judge(set, name, call);
      const expected = judgeByHand(set, name, call);
      expect({ verdict, limits: limits.map((limit) => `${limit.layer} ${limit.rule}`).toSorted() }).toEqual(
        expected,
      );
    });
  });

  test('are decided alike in any order of the keys and of the added files', () => {
    check(6_000, fc.tuple(sets, names, calls, fc.infiniteStream(fc.nat())), ([set, name, call, random]) => {
      const shuffle = <T>(list: readonly T[]): T[] =>
        list
          .map((item) => ({ item, at: Number(random.next().value) }))
          .sort((a, b) => a.at - b.at)
          .map(({ item }) => item);
      const named = set.map((file, index) => ({ ...file, name: `/${index}` }));
      const mixed = named.map((file) => ({
        ...file,
        tools: shuffle(file.tools),
        categories: shuffle(file.categories),
        risks: shuffle(file.risks),
      }));
      const reordered = [...mixed.slice(0, 1), ...shuffle(mixed.slice(1))];
      expect(judge(reordered, name, call)).toEqual(judge(named, name, call));
    });
  });

  test('never become weaker by a deny under a new key', () => {
    check(6_000, fc.tuple(sets, names, calls, patterns, entries), ([set, name, call, pattern, entry]) => {
      const added = addRule(set, pattern, { ...entry, action: 'deny' });
      const isWeaker = added !== null && isBelow(judge(added, name, call), judge(set, name, call));
      expect(isWeaker).toBe(false);
    });
  });

  test('never become weaker by an approval glob beside globs', () => {
    check(6_000, fc.tuple(sets, names, calls, patterns, entries), ([set, name, call, pattern, entry]) => {
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
    check(6_000, fc.tuple(sets, names, calls, files), ([set, name, call, file]) => {
      expect(isBelow(judge([...set, file], name, call), judge(set, name, call))).toBe(false);
    });
  });

  test('never become stricter by taking rate limits away', () => {
    check(6_000, fc.tuple(sets, names, calls), ([set, name, call]) => {
      const isIdle = (entry: Entry): boolean => entry.action === null;
      const without = mapEntries(set, (list) =>
        list.filter((entry) => !isIdle(entry)).map((entry) => ({ ...entry, limited: false })),
      );
      const [before, after] = [judge(set, name, call), judge(without, name, call)];
      expect(after.verdict).toBe(before.verdict);
      expect(after.limits).toEqual([]);
    });
  });

  test('are, with an unknown argument, never decided weaker than with any known one', () => {
    check(6_000, fc.tuple(sets, names, calls, fc.boolean()), ([set, name, call, isP]) => {
      const key = isP ? 'p' : 'q';
      const unknown = judge(set, name, { ...call, [key]: 'unknown' });
      for (const known of ['true', 'false'] as const) {
        const other = judge(set, name, { ...call, [key]: known });
        expect(isBelow(unknown, other)).toBe(false);
        expect(unknown.limits).toEqual(expect.arrayContaining([...other.limits]));
      }
    });
  });

  test('allow nothing by category or risk that was not seen, and say of it as without those allows', () => {
    check(6_000, fc.tuple(sets, names, calls), ([set, name, call]) => {
      const unseen = { ...call, profile: { ...call.profile, isSeen: false } };
      const { verdict, rule } = judge(set, name, unseen);
      expect(verdict === 'allow' && /^(?:categories|risks)/.test(rule)).toBe(false);
      const without = set.map((file) => ({ ...file, ...dropAllows(file) }));
      expect(verdict).toBe(judge(without, name, unseen).verdict);
    });
  });

  test('are never decided weaker where the definition was not seen', () => {
    check(6_000, fc.tuple(sets, names, calls), ([set, name, call]) => {
      const [seen, unseen] = [true, false].map((isSeen) =>
        judge(set, name, { ...call, profile: { ...call.profile, isSeen } }),
      );
      expect(isBelow(unseen!, seen!)).toBe(false);
    });
  });

  test('never get round the deny of a category or risk by a glob, only by an exact name', () => {
    check(6_000, fc.tuple(sets, names, calls, fc.boolean()), ([set, name, call, isRisk]) => {
      const [map, word] = isRisk
        ? (['risks', call.profile.risk] as const)
        : (['categories', call.profile.category] as const);
      const denied = addClass(set, { map, word }, [{ when: null, action: 'deny', limited: false }]);
      const isNamed = set[0]?.tools.some(([key]) => key === name) === true;
      expect(isNamed || judge(denied, name, call).verdict === 'deny').toBe(true);
    });
  });

  test('never become weaker by a deny of a category or risk', () => {
    check(6_000, fc.tuple(sets, names, calls, category, risk, entries, fc.boolean()), (one) => {
      const [set, name, call, aCategory, aRisk, entry, isRisk] = one;
      const place = isRisk
        ? ({ map: 'risks', word: aRisk } as const)
        : ({ map: 'categories', word: aCategory } as const);
      if (set[0]?.[place.map].some(([key]) => key === place.word) === true) return;
      const denied = addClass(set, place, [{ ...entry, action: 'deny' }]);
      expect(isBelow(judge(denied, name, call), judge(set, name, call))).toBe(false);
    });
  });

  test('become no weaker for a graver risk, where the rules for risks grow stricter with it', () => {
    const ladder = fc
      .array(actions, { minLength: 4, maxLength: 4 })
      .map((list) => list.toSorted((a, b) => ACTIONS.indexOf(a) - ACTIONS.indexOf(b)))
      .map((list): Lists =>
        RISKS.map((word, at) => [word, [{ when: null, action: list[at]!, limited: false }]]),
      );
    check(
      6_000,
      fc.tuple(sets, names, calls, ladder, fc.nat(3), fc.nat(3)),
      ([set, name, call, risks, a, b]) => {
        const laddered = set.map((file) => ({ ...file, risks }));
        const [mild, grave] = [Math.min(a, b), Math.max(a, b)].map((at) =>
          judge(laddered, name, { ...call, profile: { ...call.profile, risk: RISKS[at]!, isSeen: true } }),
        );
        expect(isBelow(grave!, mild!)).toBe(false);
      },
    );
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

interface Place {
  readonly map: 'categories' | 'risks';
  readonly word: string;
}

/** In place of what the first file says of the word. */
function addClass(set: readonly File[], { map, word }: Place, list: readonly Entry[]): File[] {
  const [first, ...rest] = set;
  if (first === undefined) return [];
  return [{ ...first, [map]: [...first[map].filter(([key]) => key !== word), [word, list]] }, ...rest];
}

function dropAllows({ categories, risks }: File): Pick<File, 'categories' | 'risks'> {
  const drop = (lists: Lists): Lists =>
    lists.map(([key, list]) => [key, list.filter(({ action }) => action !== 'allow')]);
  return { categories: drop(categories), risks: drop(risks) };
}

function mapEntries(set: readonly File[], change: (list: readonly Entry[]) => readonly Entry[]): File[] {
  const map = (lists: Lists): Lists => lists.map(([key, list]) => [key, change(list)]);
  return set.map((file) => ({
    ...file,
    tools: map(file.tools),
    categories: map(file.categories),
    risks: map(file.risks),
  }));
}

function judge(set: readonly (File & { readonly name?: string })[], name: string, call: Call): Evaluation {
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
  const query = callOf(name, { p: VALUES[call.p], q: VALUES[call.q] });
  return decide(compiled, { ...query, profile: call.profile });
}

function buildFile({ tools, categories, risks, fallback }: File, file: string): Policy {
  const build = (lists: Lists): Record<string, Partial<Rule>[]> =>
    Object.fromEntries(
      lists.map(([key, list]) => [key, list.map((entry, index) => buildRule(`${key}[${index}]`, entry))]),
    );
  return {
    ...policyOf(build(tools), { file, rules: { categories: build(categories), risks: build(risks) } }),
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
function judgeByHand(set: readonly File[], name: string, call: Call): { verdict: Action; limits: string[] } {
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

function judgeFile(file: File, name: string, call: Call, isFirst: boolean): Way[] {
  const near = file.tools.filter(([pattern]) => fits(pattern.toLowerCase(), name.toLowerCase()));
  const { profile: tool } = call;
  const classes = [
    ...file.categories.filter(([word]) => word === tool.category),
    ...file.risks.filter(([word]) => word === tool.risk),
  ];
  const unknowns = [...near, ...classes].flatMap(([, list]) =>
    list.filter(({ when }) => when !== null && call[when] === 'unknown'),
  );
  return Array.from({ length: 2 ** unknowns.length }, (_, bits) => {
    const holds = (entry: Entry): boolean => {
      if (entry.when === null || call[entry.when] !== 'unknown') {
        return entry.when === null || call[entry.when] === 'true';
      }
      return ((bits >> unknowns.indexOf(entry)) & 1) === 1;
    };
    const named = near.map((list) => judgeList(list, holds));
    // An allow of a category or risk does not hold for a tool whose definition nobody has seen.
    const classed = classes.map((list) =>
      judgeList(list, holds, ({ action }) => tool.isSeen || action !== 'allow'),
    );
    const say = (isOf: (pattern: string) => boolean) =>
      named.flatMap(({ key, action }) => (isOf(key) ? (action ?? []) : []));
    const isGlob = (pattern: string): boolean => /[*?]/.test(pattern);
    const byClass = strictest(classed.flatMap(({ action }) => action ?? []));
    const own =
      strictest(say((pattern) => pattern === name)) ??
      (byClass === 'deny' ? 'deny' : undefined) ??
      strictest(say((pattern) => isGlob(pattern) && fits(pattern, name))) ??
      byClass ??
      file.fallback ??
      (isFirst ? 'require_approval' : null);
    const others = say((pattern) => !fits(pattern, name)).filter((action) => action !== 'allow');
    const limits = [...named, ...classed].flatMap((one) => one.limits);
    return { verdict: strictest([...(own === null ? [] : [own]), ...others]) ?? null, limits };
  });
}

interface Taken {
  readonly key: string;
  readonly action: Action | null;
  readonly limits: readonly string[];
}

/** The first entry that decides, and the limits of what holds up to it; those that only limit hold behind it too. */
function judgeList(
  [key, list]: Lists[number],
  holds: (entry: Entry) => boolean,
  mayDecide: (entry: Entry) => boolean = () => true,
): Taken {
  const at = list.findIndex((entry) => entry.action !== null && holds(entry) && mayDecide(entry));
  const limits = list.flatMap((entry, index) => {
    const isReached = entry.action === null || at === -1 || index <= at;
    return entry.limited && holds(entry) && isReached ? [`${key}[${index}]`] : [];
  });
  return { key, action: list[at]?.action ?? null, limits };
}

function strictest(list: readonly Action[]): Action | undefined {
  return ACTIONS.findLast((action) => list.includes(action));
}
