import { readFileSync } from 'node:fs';

/**
 * Whether the group is the user's own: of the same name, with no other member. Systems that give each user one create
 * files that it may write. Where the accounts cannot be read the answer is no.
 */
export function isPrivateGroup(gid: number, uid: number): boolean {
  try {
    return judgeGroup(gid, uid, readTable('/etc/passwd'), readTable('/etc/group'));
  } catch {
    return false;
  }
}

/** Judges lines of passwd (`name:x:uid:gid:…`) and group (`name:x:gid:members`), split at their colons. */
export function judgeGroup(
  gid: number,
  uid: number,
  users: readonly string[][],
  groups: readonly string[][],
): boolean {
  const name = users.find((user) => user[2] === String(uid))?.[0];
  const group = groups.find((candidate) => candidate[2] === String(gid));
  if (name === undefined || group === undefined || group[0] !== name) return false;
  const members = (group[3] ?? '').split(',').filter((member) => member !== '' && member !== name);
  const others = users.filter((user) => user[3] === String(gid) && user[0] !== name);
  return members.length === 0 && others.length === 0;
}

function readTable(path: string): string[][] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
}
