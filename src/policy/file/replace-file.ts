import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Puts these bytes in the place of a file in one step: whoever reads sees all of the old or all of the new. Owner and
 * mode stay those of `old`. `isUnchanged` has the last word before the step; throws, and leaves everything as it was,
 * where it says no or the system does.
 */
export function replaceFile(path: string, bytes: Uint8Array, old: Stats, isUnchanged: () => boolean): void {
  const folder = dirname(path);
  const aside = join(folder, `.mcp-guard-${randomBytes(6).toString('hex')}.tmp`);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const fd = openSync(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    try {
      writeFileSync(fd, bytes);
      keepMode(fd, old);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    if (!isUnchanged()) throw new Error('the file changed since it was loaded');
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/** What the group may do is meant for that group alone. */
function keepMode(fd: number, { mode, gid }: Stats): void {
  const isSameGroup = fstatSync(fd).gid === gid || tryTo(() => fchownSync(fd, -1, gid));
  fchmodSync(fd, mode & (isSameGroup ? 0o777 : 0o707));
}

/** So that the new name is on the disk too. Some systems cannot; the file is whole all the same. */
function syncFolder(folder: string): void {
  tryTo(() => {
    const fd = openSync(folder, constants.O_RDONLY);
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  });
}

function tryTo(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
