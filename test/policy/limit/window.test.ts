import { expect, test } from 'vitest';
import { Window } from '../../../src/policy/limit/window.ts';

const room = (max: bigint) => ({ max, windowMs: 100 });

test('says when an amount fits, not only when the next one leaves', () => {
  const window = new Window();
  for (const [amount, at] of [
    [3n, 0],
    [1n, 10],
    [4n, 20],
  ] as const) {
    window.wait(amount);
    window.commit(amount, at);
  }
  expect([1n, 3n, 4n, 5n, 9n].map((amount) => window.waitMs(amount, room(8n), 50))).toEqual([
    50,
    50,
    60,
    70,
    null,
  ]);
});

test('keeps its memory bounded, and then frees a part later, never earlier', () => {
  const window = new Window(4);
  for (let at = 0; at < 10; at++) window.add(1n, at);
  expect([...window.list(100, 10)]).toEqual([
    { at: 5, amount: 6n },
    { at: 7, amount: 2n },
    { at: 8, amount: 1n },
    { at: 9, amount: 1n },
  ]);
  expect([99, 104, 105, 107, 108, 109].map((now) => window.left(room(10n), now))).toEqual([
    0n,
    0n,
    6n,
    8n,
    9n,
    10n,
  ]);
});

test('counts what comes with an earlier time as of the last one', () => {
  const window = new Window();
  window.add(1n, 50);
  window.add(1n, 20);
  expect([...window.list(100, 60)]).toEqual([
    { at: 50, amount: 1n },
    { at: 50, amount: 1n },
  ]);
});
