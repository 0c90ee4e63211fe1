import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FlushLimit } from '../../src/relay/flush-limit.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  ['that closed its input has ten seconds', false, 10_000],
  ['that sent a signal has half a second', true, 500],
])('a client %s for the last of the output, from when the server has ended too', (_, isBySignal, ms) => {
  const limit = new FlushLimit(() => isBySignal);
  limit.end('client');
  limit.end('client');
  vi.advanceTimersByTime(60_000);
  expect(limit.signal.aborted).toBe(false);
  limit.end('server');
  vi.advanceTimersByTime(ms - 1);
  limit.end('client');
  expect(limit.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(limit.signal.aborted).toBe(true);
});

test('a client that stays has all the time it wants, and nothing is left running at the end', () => {
  const limit = new FlushLimit(() => false);
  limit.end('server');
  vi.advanceTimersByTime(60_000);
  expect(limit.signal.aborted).toBe(false);
  limit.end('client');
  limit.clear();
  expect(vi.getTimerCount()).toBe(0);
});
