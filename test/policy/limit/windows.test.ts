import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Limit } from '../../../src/policy/policy.ts';
import { Windows, type Exceeded, type Place } from '../../../src/policy/limit/windows.ts';
import { limitOf } from '../../helpers/dialogue.ts';

function take(windows: Windows, limits: readonly Limit[], now: number, tool = 'a'): Place {
  const place = windows.reserve(limits, tool, now);
  if (place.kind === 'exceeded') throw new Error(`exceeded ${place.limit.rule}`);
  return place;
}

function refusal(
  windows: Windows,
  limits: readonly Limit[],
  now: number,
  tool = 'a',
): Omit<Exceeded, 'kind'> | null {
  const place = windows.reserve(limits, tool, now);
  if (place.kind === 'reserved') {
    place.release();
    return null;
  }
  return { limit: place.limit, retryAfterMs: place.retryAfterMs };
}

describe('a window', () => {
  test('has max places, and gives each back when its call is as old as the window', () => {
    const [windows, limit] = [new Windows(), limitOf('r', 2)];
    take(windows, [limit], 0).commit(0);
    take(windows, [limit], 1000).commit(1000);
    expect(refusal(windows, [limit], 1000)).toEqual({ limit, retryAfterMs: 59_000 });
    expect(refusal(windows, [limit], 59_999.5)).toEqual({ limit, retryAfterMs: 1 });
    expect(refusal(windows, [limit], 60_000)).toBeNull();
  });

  test('counts from the moment of forwarding, not of asking', () => {
    const [windows, limit] = [new Windows(), limitOf('r', 1)];
    take(windows, [limit], 0).commit(50_000);
    expect(refusal(windows, [limit], 60_000)).toEqual({ limit, retryAfterMs: 50_000 });
  });

  test('holds a place for a call that waits, and frees it when that will not run', () => {
    const [windows, limit] = [new Windows(), limitOf('r', 1)];
    const place = take(windows, [limit], 0);
    expect(refusal(windows, [limit], 100_000)).toEqual({ limit, retryAfterMs: null });
    place.release();
    expect(refusal(windows, [limit], 100_000)).toBeNull();
  });

  test('ends a place once', () => {
    const [windows, limit] = [new Windows(), limitOf('r', 1)];
    const place = take(windows, [limit], 0);
    place.commit(0);
    place.release();
    place.commit(5);
    expect(refusal(windows, [limit], 10)).toEqual({ limit, retryAfterMs: 59_990 });
  });

  test('lets a place go over a limit that asks, and counts it there', () => {
    const [windows, limit] = [new Windows(), limitOf('r', 1, 'require_approval')];
    expect(take(windows, [limit], 0)).toMatchObject({ overLimit: null });
    take(windows, [limit], 0).commit(1000);
    const over = take(windows, [limit], 2000);
    expect(over).toMatchObject({ overLimit: limit });
    over.commit(2000);
    expect(windows.state([limit], 'a', 61_999)).toEqual([
      { rule: 'r', max: 1, window: 60, left: 0, onExceed: 'require_approval' },
    ]);
  });
});

describe('several windows', () => {
  test('are taken all or none', () => {
    const [windows, wide, narrow] = [new Windows(), limitOf('wide', 5), limitOf('narrow', 1)];
    take(windows, [wide, narrow], 0).commit(0);
    expect(refusal(windows, [wide, narrow], 1)).toEqual({ limit: narrow, retryAfterMs: 59_999 });
    expect(windows.state([wide, narrow], 'a', 1).map(({ left }) => left)).toEqual([4, 0]);
  });

  test('refuse with the one that is full the longest', () => {
    const [windows, minute] = [new Windows(), limitOf('minute', 1)];
    const hour: Limit = { ...limitOf('hour', 1), windowMs: 3_600_000 };
    take(windows, [minute, hour], 0).commit(0);
    expect(refusal(windows, [minute, hour], 0)).toEqual({ limit: hour, retryAfterMs: 3_600_000 });
  });

  test('refuse when one denies, though another would ask', () => {
    const [windows, asks, denies] = [
      new Windows(),
      limitOf('asks', 1, 'require_approval'),
      limitOf('denies', 1),
    ];
    take(windows, [asks, denies], 0).commit(0);
    expect(refusal(windows, [asks, denies], 0)).toEqual({ limit: denies, retryAfterMs: 60_000 });
  });

  test('are one for each tool where the limit says so, in any case of its name', () => {
    const [windows, limit] = [new Windows(), { ...limitOf('r', 1), per: 'tool' } as const];
    take(windows, [limit], 0, 'a').commit(0);
    expect(refusal(windows, [limit], 0, 'b')).toBeNull();
    expect(refusal(windows, [limit], 0, 'A')).toEqual({ limit, retryAfterMs: 60_000 });
  });

  test('are bounded in number, and refuse beyond it', () => {
    const [windows, limit] = [new Windows(), { ...limitOf('r', 1), per: 'tool' } as const];
    for (let index = 0; index < 10_000; index++) take(windows, [limit], 0, `t${index}`).commit(0);
    expect(refusal(windows, [limit], 1, 'one-more')).toEqual({ limit, retryAfterMs: null });
    expect(refusal(windows, [limit], 60_000, 'one-more')).toBeNull();
  });
});

test('agrees with a list of times, whatever happens in whatever order', () => {
  const events = fc.array(
    fc.record({ wait: fc.nat(40), act: fc.constantFrom('reserve', 'commit', 'release'), which: fc.nat() }),
    { maxLength: 120 },
  );
  fc.assert(
    fc.property(events, fc.integer({ min: 1, max: 4 }), (list, max) => {
      const [windows, limit] = [new Windows(), { ...limitOf('r', max), windowMs: 100 }];
      const times: number[] = [];
      const waiting: Place[] = [];
      let now = 0;
      for (const { wait, act, which } of list) {
        now += wait;
        const used = times.filter((time) => now - time < 100).length + waiting.length;
        if (act === 'reserve') {
          const place = windows.reserve([limit], 'a', now);
          expect(place.kind).toBe(used < max ? 'reserved' : 'exceeded');
          if (place.kind === 'reserved') waiting.push(place);
          else if (place.retryAfterMs !== null) {
            const then = now + place.retryAfterMs;
            const usedAt = (at: number) => times.filter((time) => at - time < 100).length + waiting.length;
            expect([usedAt(then) < max, usedAt(then - 1) < max]).toEqual([true, false]);
          } else expect(waiting.length).toBe(max);
          continue;
        }
        const [place] = waiting.length === 0 ? [] : waiting.splice(which % waiting.length, 1);
        if (act === 'release') place?.release();
        else if (place !== undefined) {
          place.commit(now);
          times.push(now);
        }
        expect(times.filter((time) => now - time < 100).length).toBeLessThanOrEqual(max);
      }
    }),
    { numRuns: 1000 },
  );
});
