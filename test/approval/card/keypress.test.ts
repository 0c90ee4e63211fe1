import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { awaitKey, readKeypress } from '../../../src/approval/card/keypress.ts';

/** What is read at which millisecond after the question came to stand; the keys that count. */
function press(...typed: readonly (readonly [at: number, text: string])[]): string[] {
  let state = awaitKey(0);
  const keys: string[] = [];
  for (let now = 0; now <= 5_000; now += 10) {
    const text = typed.find(([at]) => at === now)?.[1] ?? '';
    const [next, key] = readKeypress(state, Buffer.from(text), now);
    state = next;
    if (key !== null) keys.push(key);
  }
  return keys;
}

describe('which keys count', () => {
  test('one key after the quiet', () => expect(press([500, 'y'])).toEqual(['y']));
  test('one after another', () => expect(press([500, 'v'], [1_000, 'y'])).toEqual(['v', 'y']));
  test('a key within the quiet does not', () => expect(press([390, 'y'])).toEqual([]));
  test('typing on never becomes quiet', () => expect(press([300, 'y'], [600, 'y'], [900, 'y'])).toEqual([]));
  test('it does once the typing has stopped', () => expect(press([300, 'y'], [700, 'n'])).toEqual(['n']));
  test('pasted text does not', () => expect(press([1_000, 'yyyy'])).toEqual([]));
  test('nor when it comes in parts', () => expect(press([1_000, 'y'], [1_050, 'yyy'])).toEqual([]));
  test('an arrow key does not', () => expect(press([1_000, '\x1b[A'])).toEqual([]));
  test('nor does a letter outside ASCII', () => expect(press([1_000, 'ÿ'])).toEqual([]));
  test('a key held down does not', () => {
    const repeats = Array.from({ length: 40 }, (_, n) => [1_000 + n * 30, 'y'] as const);
    expect(press(...repeats)).toEqual([]);
  });

  test('nothing counts that has company within the times', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 30 }), (ticks) => {
        const times = ticks.map((tick) => tick * 10).sort((a, b) => a - b);
        const lonely = times.filter((time, index) => {
          const before = times.slice(0, index).every((other) => time - other >= 70) && time >= 400;
          const after = times.slice(index + 1).every((other) => other - time >= 70);
          return before && after;
        });
        expect(press(...times.map((time) => [time, 'y'] as const)).length).toBeLessThanOrEqual(lonely.length);
      }),
    );
  });
});
