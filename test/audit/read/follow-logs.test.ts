import { appendFileSync, readFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createAuditLog } from '../../../src/audit/log.ts';
import { listAllLogs } from '../../../src/audit/places.ts';
import { LogFollower } from '../../../src/audit/read/follow-logs.ts';
import type { LogSource } from '../../../src/audit/read/merge-records.ts';
import { callOf, LogHome, runOf } from '../../helpers/audit-log.ts';

function follow(
  home: LogHome,
  known: readonly LogSource[] = [],
): { poll: () => string[]; close: () => void } {
  const follower = new LogFollower(known, () => listAllLogs(home.io));
  const poll = (): string[] =>
    follower.poll().flatMap(({ event, fields }) => (event === 'call' ? [String(fields['id'])] : []));
  return { poll, close: () => follower.close() };
}

test('what is added is told once, over rotation, and from files that come later', () => {
  const home = new LogHome();
  const log = createAuditLog(home.io, runOf(), 1_500);
  const { poll, close } = follow(home);
  expect(poll()).toEqual([]);
  const told: string[] = [];
  for (let id = 0; id < 12; id++) {
    log.write([callOf({ id: String(id) })]);
    if (id % 3 === 0) told.push(...poll());
  }
  createAuditLog(home.io, runOf({ session: 'bbbb' })).write([callOf({ id: '"other"' })]);
  told.push(...poll(), ...poll());
  expect(home.paths.length).toBeGreaterThan(3);
  expect(new Set(told)).toEqual(new Set([...Array.from({ length: 12 }, (_, id) => String(id)), 'other']));
  expect(told).toHaveLength(13);
  close();
});

test.each<[string, (path: string) => void]>([
  ['moved away', (path) => renameSync(path, `${path}.old`)],
  ['deleted', (path) => rmSync(path)],
])('a file that is %s is read to its end first', (_, take) => {
  const home = new LogHome();
  const log = createAuditLog(home.io, runOf());
  log.write([callOf({ id: '1' })]);
  const { poll, close } = follow(home);
  expect(poll()).toEqual(['1']);
  log.write([callOf({ id: '2' })]);
  take(home.paths[0] ?? '');
  log.write([callOf({ id: '3' })]);
  expect(poll()).toEqual(['2', '3']);
  close();
});

test('what was read before is not told again', () => {
  const home = new LogHome();
  const log = createAuditLog(home.io, runOf());
  log.write([callOf({ id: '1' })]);
  const known = home.paths.map((path) => ({ path, from: statSync(path).size }));
  const { poll, close } = follow(home, known);
  expect(poll()).toEqual([]);
  log.write([callOf({ id: '2' })]);
  expect(poll()).toEqual(['2']);
  close();
});

test('of more files than are held open each line is told once, also one that came in two pieces', () => {
  const home = new LogHome();
  createAuditLog(home.io, runOf()).write([callOf({ id: '0' })]);
  const first = home.paths[0] ?? '';
  const end = readFileSync(first).subarray(-20);
  truncateSync(first, statSync(first).size - end.length);
  const { poll, close } = follow(home);
  expect(poll()).toEqual([]);
  for (let n = 1; n <= 70; n++)
    createAuditLog(home.io, runOf({ session: `s${n + 1}` })).write([callOf({ id: String(n) })]);
  const told = poll();
  appendFileSync(first, end);
  told.push(...poll(), ...poll());
  expect(told.toSorted((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 71 }, (_, n) => String(n)),
  );
  close();
});
