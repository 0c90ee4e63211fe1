import { renameSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createAuditLog } from '../../../src/audit/log.ts';
import { listAllLogs } from '../../../src/audit/places.ts';
import { LogFollower } from '../../../src/audit/read/follow-logs.ts';
import { callOf, LogHome, runOf } from '../../helpers/audit-log.ts';

function follow(home: LogHome): { poll: () => (string | null)[]; close: () => void } {
  const follower = new LogFollower([], () => listAllLogs(home.io));
  const poll = (): string[] =>
    follower.poll().flatMap(({ event, fields }) => (event === 'call' ? [String(fields['id'])] : []));
  return { poll, close: () => follower.close() };
}

test('what is added is told once, over rotation, and from files that come later', () => {
  const home = new LogHome();
  const log = createAuditLog(home.io, runOf(), 1_500);
  const { poll, close } = follow(home);
  expect(poll()).toEqual([]);
  const told: (string | null)[] = [];
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
