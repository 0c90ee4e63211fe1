import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Io } from '../io.ts';

/**
 * The bytes of a file that is this user's alone; null where it is anything else, is longer than `most` bytes, or
 * cannot be read. The opened file itself is looked at, and a named pipe does not block.
 */
export function readPrivateFile(path: string, most: number, { uid }: Pick<Io, 'uid'>): Buffer | null {
  let fd: number | null = null;
  try {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const found = fstatSync(fd);
    const isOwn = uid === null || (found.uid === uid && (found.mode & 0o077) === 0);
    if (!found.isFile() || !isOwn || found.size > most) return null;
    const bytes = Buffer.alloc(most);
    return bytes.subarray(0, readSync(fd, bytes));
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
