import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseArgPath } from '../../../src/policy/condition/arg-path.ts';
import type { AppliedLimit, Limit } from '../../../src/policy/policy.ts';
import type { Broken, MachinePlace, MachineWindows } from '../../../src/policy/limit/machine.ts';
import { Windows, type Exceeded, type Place } from '../../../src/policy/limit/windows.ts';
import { appliedOf, callOf, limitOf } from '../../helpers/policy.ts';

type Limits = readonly AppliedLimit[];

function countOf(rule: string, max: number, rest: Partial<AppliedLimit> = {}): AppliedLimit {
  return { ...appliedOf(limitOf(rule, max)), ...rest };
}

/** At most `max` in sum in 60 s. */
function sumOf(max: string, path = 'args.amount', rest: Partial<Limit> = {}): AppliedLimit {
  const of = parseArgPath(path);
  if (of === null) throw new Error(`no path: ${path}`);
  return { ...countOf('sum', 1), measure: { kind: 'sum', of, max }, ...rest };
}

function take(windows: Windows, limits: Limits, now: number, query = callOf('a')): Place {
  const place = windows.reserve(limits, query, now);
  if (place.kind !== 'reserved') throw new Error(`${place.kind} ${place.limit.rule}`);
  return place;
}

/** Why there is no place; one that there is, is given back. */
function refusal(windows: Windows, limits: Limits, now: number, query = callOf('a')): Exceeded | null {
  const place = windows.reserve(limits, query, now);
  if (place.kind !== 'reserved') return place;
  place.release();
  return null;
}

function exceeded(limit: AppliedLimit, retryAfterMs: number | null): Exceeded {
  return { kind: 'exceeded', limit, retryAfterMs };
}

describe('a window', () => {
  test('has max places, and gives each back when its call is as old as the window', () => {
    const [windows, limit] = [new Windows(null), countOf('r', 2)];
    take(windows, [limit], 0).commit(0);
    take(windows, [limit], 1000).commit(1000);
    expect(refusal(windows, [limit], 1000)).toEqual(exceeded(limit, 59_000));
    expect(refusal(windows, [limit], 59_999.5)).toEqual(exceeded(limit, 1));
    expect(refusal(windows, [limit], 60_000)).toBeNull();
  });

  test('counts from the moment of forwarding, not of asking', () => {
    const [windows, limit] = [new Windows(null), countOf('r', 1)];
    take(windows, [limit], 0).commit(50_000);
    expect(refusal(windows, [limit], 60_000)).toEqual(exceeded(limit, 50_000));
  });

  test('holds a place for a call that waits, and frees it when that will not run', () => {
    const [windows, limit] = [new Windows(null), countOf('r', 1)];
    const place = take(windows, [limit], 0);
    expect(refusal(windows, [limit], 100_000)).toEqual(exceeded(limit, null));
    place.release();
    expect(refusal(windows, [limit], 100_000)).toBeNull();
  });

  test('ends a place once', () => {
    const [windows, limit] = [new Windows(null), countOf('r', 1)];
    const place = take(windows, [limit], 0);
    expect(place.commit(0)).toBeNull();
    place.release();
    expect(place.commit(5)).toBeNull();
    expect(refusal(windows, [limit], 10)).toEqual(exceeded(limit, 59_990));
  });

  test('lets a place go over a limit that asks, and counts it there', () => {
    const [windows, limit] = [new Windows(null), countOf('r', 1, { onExceed: 'require_approval' })];
    expect(take(windows, [limit], 0)).toMatchObject({ overLimit: null });
    take(windows, [limit], 0).commit(1000);
    const over = take(windows, [limit], 2000);
    expect(over).toMatchObject({ overLimit: limit });
    over.commit(2000);
    expect(windows.state([limit], callOf('a'), 61_999)).toEqual([
      {
        rule: 'r',
        layer: 'policy.yaml',
        max: 1,
        window: 60,
        left: 0,
        onExceed: 'require_approval',
        scope: 'session',
        kind: 'calls',
      },
    ]);
  });
});

describe('a window of a limit that a saved policy changes', () => {
  test('goes on counting, with the new max and the new length', () => {
    const [windows, limit] = [new Windows(null), countOf('r', 3)];
    for (const at of [0, 1000, 2000]) take(windows, [limit], at).commit(at);
    const wider = countOf('r', 4);
    expect(windows.state([wider], callOf('a'), 2000)).toMatchObject([{ left: 1 }]);
    const shorter = countOf('r', 3, { windowMs: 10_000 });
    expect(refusal(windows, [shorter], 9999)).toEqual(exceeded(shorter, 1));
    expect(windows.state([countOf('r', 2)], callOf('a'), 11_000)).toMatchObject([{ left: 0 }]);
    expect(windows.state([shorter], callOf('a'), 11_000)).toMatchObject([{ left: 2 }]);
  });

  test('is another one in another file, for another argument and under another rule', () => {
    const windows = new Windows(null);
    const limit = sumOf('1');
    take(windows, [limit], 0, callOf('a', { amount: 1 })).commit(0);
    const query = callOf('a', { amount: 1, price: 1 });
    expect(refusal(windows, [sumOf('1', 'args.amount', { rule: 'other' })], 0, query)).toBeNull();
    expect(refusal(windows, [{ ...limit, layer: 'other.yaml' }], 0, query)).toBeNull();
    expect(refusal(windows, [sumOf('1', 'args.price')], 0, query)).toBeNull();
    expect(refusal(windows, [countOf('sum', 1)], 0, query)).toBeNull();
    expect(refusal(windows, [sumOf('1')], 0, query)).toEqual(exceeded(sumOf('1'), 60_000));
  });
});

describe('a limit of a sum', () => {
  test('adds up exactly, in whatever way the numbers are written', () => {
    const [windows, limit] = [new Windows(null), sumOf('0.3')];
    take(windows, [limit], 0, callOf('a', '{"amount":0.1}')).commit(0);
    take(windows, [limit], 10, callOf('a', '{"amount":2e-1}')).commit(10);
    expect(windows.state([limit], callOf('a'), 20)).toMatchObject([{ max: '0.3', left: '0', kind: 'sum' }]);
    expect(refusal(windows, [limit], 20, callOf('a', '{"amount":1e-30}'))).toEqual(exceeded(limit, 59_980));
    expect(refusal(windows, [limit], 20, callOf('a', '{"amount":0.100000000000000000000000000001}'))).toEqual(
      exceeded(limit, 59_990),
    );
    expect(refusal(windows, [limit], 20, callOf('a', '{"amount":-0.0}'))).toBeNull();
    expect(refusal(windows, [limit], 60_000, callOf('a', '{"amount":0.1}'))).toBeNull();
  });

  test('keeps what numbers past 2^53 differ in', () => {
    const [windows, limit] = [new Windows(null), sumOf('9007199254740993')];
    take(windows, [limit], 0, callOf('a', '{"amount":9007199254740992}')).commit(0);
    expect(windows.state([limit], callOf('a'), 0)).toMatchObject([{ left: '1' }]);
  });

  test('refuses what alone is more than it allows, and says so', () => {
    const [windows, limit] = [new Windows(null), sumOf('50.5')];
    const why = 'args.amount alone is more than the limit of 50.5 allows at any time';
    for (const amount of ['50.51', '1e300', '99999999999999999999999999']) {
      const query = callOf('a', `{"amount":${amount}}`);
      expect(refusal(windows, [limit], 0, query)).toEqual({ kind: 'too-large', limit, why });
    }
    const asks = sumOf('50.5', 'args.amount', { onExceed: 'require_approval' });
    expect(take(windows, [asks], 0, callOf('a', { amount: 51 }))).toMatchObject({ overLimit: asks });
  });

  test.each([
    ['no arguments at all', undefined, 'args.amount is missing'],
    ['no such argument', '{}', 'args.amount is missing'],
    ['text', '{"amount":"5"}', 'args.amount is no number'],
    ['null', '{"amount":null}', 'args.amount is no number'],
    ['a boolean', '{"amount":true}', 'args.amount is no number'],
    ['a list', '{"amount":[5]}', 'args.amount is no number'],
    ['a negative number', '{"amount":-1}', 'args.amount is negative'],
    ['a huge negative number', '{"amount":-1e300}', 'args.amount is negative'],
    [
      'more digits than are counted',
      '{"amount":1e-31}',
      'args.amount has more than 30 digits behind the point, which are not counted',
    ],
    [
      'a key that servers may take for it',
      '{"amount":1,"Amount":1000}',
      'args.amount cannot be told: servers may read its name or its place in different ways',
    ],
  ])('refuses %s, even where a person would be asked beyond it', (_, args, why) => {
    const limit = sumOf('10', 'args.amount', { onExceed: 'require_approval' });
    expect(refusal(new Windows(null), [limit], 0, callOf('a', args))).toEqual({
      kind: 'unsummable',
      limit,
      why,
    });
  });

  test('takes no default of the schema for what a call does not say', () => {
    const schema = Buffer.from('{"properties":{"amount":{"default":1}}}');
    const limit = sumOf('10');
    expect(refusal(new Windows(null), [limit], 0, { ...callOf('a', {}), schema })).toEqual({
      kind: 'unsummable',
      limit,
      why: 'args.amount is missing',
    });
  });

  test('finds the argument where it stands', () => {
    const [windows, limit] = [new Windows(null), sumOf('5', 'args.items[1]["a b"]')];
    take(windows, [limit], 0, callOf('a', { items: [1, { 'a b': 4 }] })).commit(0);
    expect(windows.state([limit], callOf('a'), 0)).toMatchObject([{ left: '1' }]);
  });
});

describe('several windows', () => {
  test('are taken all or none', () => {
    const [windows, wide, narrow] = [new Windows(null), countOf('wide', 5), countOf('narrow', 1)];
    take(windows, [wide, narrow], 0).commit(0);
    expect(refusal(windows, [wide, narrow], 1)).toEqual(exceeded(narrow, 59_999));
    expect(windows.state([wide, narrow], callOf('a'), 1).map(({ left }) => left)).toEqual([4, 0]);
  });

  test('refuse with the one that is full the longest', () => {
    const [windows, minute] = [new Windows(null), countOf('minute', 1)];
    const hour = countOf('hour', 1, { windowMs: 3_600_000 });
    take(windows, [minute, hour], 0).commit(0);
    expect(refusal(windows, [minute, hour], 0)).toEqual(exceeded(hour, 3_600_000));
  });

  test('refuse when one denies, though another would ask', () => {
    const windows = new Windows(null);
    const asks = countOf('asks', 1, { onExceed: 'require_approval' });
    const denies = countOf('denies', 1);
    take(windows, [asks, denies], 0).commit(0);
    expect(refusal(windows, [asks, denies], 0)).toEqual(exceeded(denies, 60_000));
  });

  test('are one for each tool where the limit says so, in any case of its name', () => {
    const [windows, limit] = [new Windows(null), countOf('r', 1, { per: 'tool' })];
    take(windows, [limit], 0).commit(0);
    expect(refusal(windows, [limit], 0, callOf('b'))).toBeNull();
    expect(refusal(windows, [limit], 0, callOf('A'))).toEqual(exceeded(limit, 60_000));
  });

  test('are bounded in number, and refuse beyond it', () => {
    const [windows, limit] = [new Windows(null), countOf('r', 1, { per: 'tool' })];
    for (let index = 0; index < 10_000; index++) take(windows, [limit], 0, callOf(`t${index}`)).commit(0);
    expect(refusal(windows, [limit], 1, callOf('one-more'))).toEqual(exceeded(limit, null));
    expect(refusal(windows, [limit], 60_000, callOf('one-more'))).toBeNull();
  });
});

describe('windows of all guards', () => {
  const limit = countOf('machine', 3, { scope: 'machine' });
  const session = countOf('session', 3);

  test('refuse where there are none', () => {
    const why = 'there is nothing in which all guards count together';
    expect(refusal(new Windows(null), [limit], 0)).toEqual({ kind: 'broken', limit, why });
    expect(new Windows(null).state([limit], callOf('a'), 0)).toMatchObject([{ left: 3 }]);
  });

  test('refuse where they are broken, and then have nothing left', () => {
    const broken: Broken = { kind: 'broken', why: 'it is' };
    const windows = new Windows({ look: () => broken, take: () => broken });
    expect(refusal(windows, [session, limit], 0)).toEqual({ kind: 'broken', limit, why: 'it is' });
    expect(windows.state([session, limit], callOf('a'), 0).map(({ left }) => left)).toEqual([3, 0]);
  });

  test('are given back where another one is taken by somebody quicker', () => {
    const machine = new FakeMachine();
    const other = countOf('other', 3, { scope: 'machine' });
    machine.full.add(other.rule);
    const windows = new Windows(machine);
    expect(refusal(windows, [session, limit, other], 0)).toEqual(exceeded(other, 7));
    expect(machine.said).toEqual(['take machine', 'take other', 'release machine']);
    expect(windows.state([session], callOf('a'), 0)).toMatchObject([{ left: 3 }]);
  });

  test('are gone over where somebody was quicker and the limit asks', () => {
    const machine = new FakeMachine();
    const asks: AppliedLimit = { ...limit, onExceed: 'require_approval' };
    machine.full.add(asks.rule);
    const place = take(new Windows(machine), [asks], 0);
    expect(place).toMatchObject({ overLimit: asks });
    expect(machine.said).toEqual(['take machine', 'take machine over']);
  });

  test('refuse the call when it cannot be counted, and free what was not', () => {
    const machine = new FakeMachine();
    const [first, second] = ['first', 'second'].map((rule) => ({ ...limit, rule }));
    machine.uncounted = 'second';
    const windows = new Windows(machine);
    const third = { ...limit, rule: 'third' };
    const place = take(windows, [session, first!, second!, third], 0);
    expect(place.commit(5)).toBe('the disk is full');
    expect(machine.said.slice(3)).toEqual(['commit first', 'commit second', 'release third']);
    expect(windows.state([session], callOf('a'), 5)).toMatchObject([{ left: 3 }]);
    place.release();
    expect(machine.said).toHaveLength(6);
  });
});

/** Has room when it is looked at; by then the `full` ones are taken. */
class FakeMachine implements MachineWindows {
  readonly said: string[] = [];
  readonly full = new Set<string>();
  uncounted: string | null = null;

  look() {
    return { kind: 'standing', left: 1n, waitMs: 0 } as const;
  }

  take({ limit: { rule } }: { readonly limit: AppliedLimit }, isOver: boolean) {
    this.said.push(`take ${rule}${isOver ? ' over' : ''}`);
    if (this.full.has(rule) && !isOver) return { kind: 'full', waitMs: 7 } as const;
    return {
      kind: 'taken',
      commit: () => {
        this.said.push(`commit ${rule}`);
        return this.uncounted === rule ? 'the disk is full' : null;
      },
      release: () => this.said.push(`release ${rule}`),
    } satisfies MachinePlace;
  }
}

test('agrees with a list of times and amounts, whatever happens in whatever order', () => {
  const act = fc.constantFrom('reserve', 'commit', 'release');
  // A zero in most of them, so that some are whole.
  const event = fc.record({ wait: fc.nat(40), act, which: fc.nat(), amount: fc.nat(35) });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 120 }), fc.integer({ min: 1, max: 40 }), (list, max) => {
      const [windows, limit] = [new Windows(null), sumOf(`${max / 10}`, 'args.n', { windowMs: 100 })];
      const counted: { at: number; amount: number }[] = [];
      const waiting: { place: Place; amount: number }[] = [];
      const sum = (entries: readonly { amount: number }[]) =>
        entries.reduce((all, { amount }) => all + amount, 0);
      const used = (at: number) => sum(counted.filter((entry) => at - entry.at < 100)) + sum(waiting);
      let now = 0;
      for (const { wait, act, which, amount } of list) {
        now += wait;
        if (act === 'reserve') {
          const place = windows.reserve([limit], callOf('a', `{"n":${amount}e-1}`), now);
          const fits = used(now) + amount <= max;
          expect(place.kind).toBe(fits ? 'reserved' : amount > max ? 'too-large' : 'exceeded');
          if (place.kind === 'reserved') waiting.push({ place, amount });
          if (place.kind !== 'exceeded') continue;
          if (place.retryAfterMs === null) expect(sum(waiting) + amount).toBeGreaterThan(max);
          else {
            const then = now + place.retryAfterMs;
            expect([used(then) + amount <= max, used(then - 1) + amount <= max]).toEqual([true, false]);
          }
          continue;
        }
        const [ended] = waiting.length === 0 ? [] : waiting.splice(which % waiting.length, 1);
        if (ended === undefined) continue;
        if (act === 'release') ended.place.release();
        else {
          expect(ended.place.commit(now)).toBeNull();
          counted.push({ at: now, amount: ended.amount });
        }
        expect(sum(counted.filter((entry) => now - entry.at < 100))).toBeLessThanOrEqual(max);
      }
    }),
    { numRuns: 1000 },
  );
});
