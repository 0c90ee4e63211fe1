import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { parseTime } from '../../src/commands/read-time.ts';

beforeAll(() => vi.stubEnv('TZ', 'Europe/Berlin'));
afterAll(() => void vi.unstubAllEnvs());

const NOW = Date.parse('2026-11-23T14:30:05Z');

test.each([
  ['30m', '2026-11-23T14:00:05Z'],
  ['90', '2026-11-23T14:28:35Z'],
  ['7d', '2026-11-16T14:30:05Z'],
  ['2026-11-20', '2026-11-20T00:00:00+01:00'],
  ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00Z'],
  ['9:05', '2026-11-23T09:05:00+01:00'],
])('%s is %s where the reader is in Berlin', (text, time) => {
  expect(parseTime(text, NOW)).toBe(Date.parse(time));
});

test.each(['', 'soon', '24:00', '11/20/2026', '1e3', '-1h', '20'.repeat(20)])('%j is no time', (text) => {
  expect(() => parseTime(text, NOW)).toThrow('are allowed');
});
