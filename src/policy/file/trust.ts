import type { Stats } from 'node:fs';

/** What of a file or folder decides whom it can be trusted by. */
export type Owned = Pick<Stats, 'uid' | 'gid' | 'mode'>;

export interface Reader {
  readonly uid: number;
  readonly isPrivateGroup: (gid: number) => boolean;
}

const GROUP_WRITE = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/** Why somebody else could change the file, and what to do; null where nobody could. */
export function distrustFile(file: Owned, reader: Reader): Distrust | null {
  if (!isOwnOrRoots(file, reader))
    return { why: `belongs to user ${file.uid}`, mend: 'copy it, so that it is yours' };
  return isWritableByOthers(file, reader)
    ? { why: 'can be written by other users', mend: 'run: chmod go-w' }
    : null;
}

/** Why somebody else could replace what is in the folder, and what to do; null where nobody could. */
export function distrustFolder(folder: Owned, reader: Reader): Distrust | null {
  if (!isOwnOrRoots(folder, reader)) {
    return { why: `belongs to user ${folder.uid}`, mend: 'keep the policy in a folder of your own' };
  }
  // In a sticky folder, /tmp for one, only the owner of a file can replace it.
  if ((folder.mode & STICKY) !== 0 || !isWritableByOthers(folder, reader)) return null;
  return { why: 'can be written by other users', mend: 'run: chmod go-w' };
}

export interface Distrust {
  readonly why: string;
  readonly mend: string;
}

function isOwnOrRoots({ uid }: Owned, reader: Reader): boolean {
  return uid === reader.uid || uid === 0;
}

function isWritableByOthers({ mode, gid }: Owned, reader: Reader): boolean {
  if ((mode & OTHERS_WRITE) !== 0) return true;
  return (mode & GROUP_WRITE) !== 0 && !reader.isPrivateGroup(gid);
}
