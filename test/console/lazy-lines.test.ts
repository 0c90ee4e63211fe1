import { describe, expect, test } from 'vitest';
import { LazyLines } from '../../src/console/lazy-lines.ts';

function* countUp(to: number, made: number[] = []): Generator<string> {
  for (let n = 0; n < to; n += 1) {
    made.push(n);
    yield `line ${n}`;
  }
}

describe('lazy lines', () => {
  test('are made when they are looked at, and once', () => {
    const made: number[] = [];
    const lines = new LazyLines(countUp(1e9, made));
    expect(lines.take(2, 2)).toEqual(['line 2', 'line 3']);
    expect(lines.take(0, 1)).toEqual(['line 0']);
    expect(made.length).toBeLessThan(10);
  });

  test('are counted where they are few', () => {
    expect(new LazyLines(countUp(4_000)).total(0)).toBe(4_000);
    const many = new LazyLines(countUp(20_000));
    expect(many.total(0)).toBe(Infinity);
    expect(many.total(19_000)).toBe(20_000);
    expect(new LazyLines(countUp(20_000)).count()).toBe(20_000);
  });

  test('end where making them fails, and say so', () => {
    const lines = new LazyLines(
      (function* () {
        yield 'one';
        throw new Error('odd');
      })(),
    );
    expect([lines.failure, lines.take(0, 9), lines.total(0), lines.failure]).toEqual([
      null,
      ['one'],
      1,
      'odd',
    ]);
  });
});
