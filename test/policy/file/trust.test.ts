import { describe, expect, test } from 'vitest';
import { judgeGroup } from '../../../src/policy/file/private-group.ts';
import { distrustFile, distrustFolder } from '../../../src/policy/file/trust.ts';

const reader = { uid: 1000, isPrivateGroup: (gid: number) => gid === 1000 };

test.each([
  ['own file', { uid: 1000, gid: 100, mode: 0o644 }, true],
  ["root's file", { uid: 0, gid: 0, mode: 0o644 }, true],
  ['file of another user', { uid: 1001, gid: 1000, mode: 0o600 }, false],
  ['file that the private group can write', { uid: 1000, gid: 1000, mode: 0o664 }, true],
  ['file that a shared group can write', { uid: 1000, gid: 100, mode: 0o664 }, false],
  ['file that everybody can write', { uid: 1000, gid: 1000, mode: 0o646 }, false],
  ['sticky file that everybody can write', { uid: 1000, gid: 1000, mode: 0o1666 }, false],
])('trusts an %s: %j %j', (_, file, trusted) => {
  expect(distrustFile(file, reader) === null).toBe(trusted);
});

test.each([
  ['/tmp', { uid: 0, gid: 0, mode: 0o1777 }, true],
  ['a folder that everybody can write', { uid: 0, gid: 0, mode: 0o777 }, false],
  ['a sticky folder of another user', { uid: 1001, gid: 0, mode: 0o1777 }, false],
  ['a folder that the private group can write', { uid: 1000, gid: 1000, mode: 0o775 }, true],
])('trusts what lies in %s: %j %j', (_, folder, trusted) => {
  expect(distrustFolder(folder, reader) === null).toBe(trusted);
});

describe('a group is private', () => {
  const users = ['root:x:0:0', 'ann:x:1000:1000', 'bob:x:1001:1001'].map((line) => line.split(':'));
  const judge = (group: string, more: string[][] = []) =>
    judgeGroup(1000, 1000, [...users, ...more], [['root', 'x', '0', ''], group.split(':')]);

  test('when it has the name of the user and no other member', () => {
    expect([judge('ann:x:1000:'), judge('ann:x:1000:ann')]).toEqual([true, true]);
  });

  test('and not when somebody else is in it, as a member or by account, or when it has another name', () => {
    expect([
      judge('ann:x:1000:bob'),
      judge('ann:x:1000:', [['eve', 'x', '1002', '1000']]),
      judge('users:x:1000:'),
      judge('ann:x:1:'),
    ]).toEqual([false, false, false, false]);
  });
});
