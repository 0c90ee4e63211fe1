import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseRate, Rate } from '../../../src/audit/suggest/rate.ts';

const SECOND = 1_000;

test.each([
  ['one call', { minute: 1, hour: 1 }, { max: 2, window: '1h' }],
  ['a few in an hour', { minute: 3, hour: 5 }, { max: 8, window: '1h' }],
  ['as many as still count as few', { minute: 20, hour: 20 }, { max: 30, window: '1h' }],
  ['a busy minute', { minute: 9, hour: 200 }, { max: 15, window: '1m' }],
  ['some hundreds', { minute: 333, hour: 2_000 }, { max: 500, window: '1m' }],
  ['more than any limit can be', { minute: 90_000, hour: 90_000 }, null],
])('%s comes to a limit with room for half as much again', (_, peaks, limit) => {
  expect(chooseRate(peaks)).toEqual(limit);
});

test('the most calls of one session are counted, wherever they begin', () => {
  const rate = new Rate();
  for (const at of [0, 50, 70, 100, 109]) rate.add('one', at * SECOND);
  for (const at of [110, 111]) rate.add('two', at * SECOND);
  expect(rate.peaks).toEqual({ minute: 4, hour: 5 });
});

test('a clock that is set back makes no window longer', () => {
  const rate = new Rate();
  for (const at of [100, 50, 101]) rate.add('one', at * SECOND);
  expect(rate.peaks).toEqual({ minute: 3, hour: 3 });
});

test('the peaks are those that counting every window would find', () => {
  const calls = fc.array(fc.tuple(fc.constantFrom('one', 'two'), fc.nat(7_300)), { maxLength: 60 });
  fc.assert(
    fc.property(calls, (unsorted) => {
      const sorted = unsorted.toSorted(([, a], [, b]) => a - b);
      const rate = new Rate();
      for (const [session, at] of sorted) rate.add(session, at * SECOND);
      const count = (seconds: number): number =>
        Math.max(
          0,
          ...sorted.map(
            ([session, at]) =>
              sorted.filter(([other, before]) => other === session && before <= at && before >= at - seconds)
                .length,
          ),
        );
      expect(rate.peaks).toEqual({ minute: count(60), hour: count(3_600) });
    }),
  );
});

test('a limit is a round figure above the peak', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60_000 }), (peak) => {
      const { max } = chooseRate({ minute: peak, hour: peak }) ?? { max: 0 };
      expect(max).toBeGreaterThanOrEqual(Math.max(peak * 1.5, peak + 1));
      expect(max).toBeLessThanOrEqual(Math.max(peak * 2.25, peak + 1));
      expect(String(max)).toMatch(/^[1-9]\d?0*$/);
    }),
  );
});
