import { expect, test } from 'vitest';
import { SleepWatch } from '../../src/relay/sleep-watch.ts';

test('a sleep is noticed once, small steps of the clock and its setting back are none', () => {
  const clocks = { wall: 1_000_000, now: 0 };
  const watch = new SleepWatch({ now: () => clocks.now, date: () => new Date(clocks.wall) });
  const look = (wallMs: number, nowMs: number): number => {
    clocks.wall += wallMs;
    clocks.now += nowMs;
    return watch.look(clocks.now);
  };
  expect(look(10_000, 10_000)).toBe(0);
  expect(look(14_000, 10_000)).toBe(0);
  expect(look(3_610_000, 10_000)).toBe(3_604_000);
  expect(look(10_000, 10_000)).toBe(0);
  expect(look(-3_600_000, 0)).toBe(0);
  expect(look(10_000, 10_000)).toBe(0);
});
