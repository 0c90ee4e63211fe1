import { lstatSync, mkdirSync } from 'node:fs';
import type { Io } from '../io.ts';
import { quote } from '../policy/quote.ts';

type Outside = Pick<Io, 'uid'>;

/**
 * Makes a folder that only this user can enter, and checks each time that it still is one. Throws, in words for a
 * person, where it is a link, somebody else's, or open to others.
 */
export function openPrivateFolder(path: string, io: Outside): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    // What stands in the way says more than the system's word for it.
    checkPrivateFolder(path, io);
    throw error;
  }
  checkPrivateFolder(path, io);
}

/** The check alone; throws in the same way, and where there is no folder. */
export function checkPrivateFolder(path: string, { uid }: Outside): void {
  const why = distrust(path, uid);
  if (why === null) return;
  throw new Error(
    `${quote(path, 1_000)} must be a folder of this user that nobody else can enter, and it ${why}`,
  );
}

function distrust(path: string, uid: number | null): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'is not there: start mcp-guard again';
  if (found.isSymbolicLink()) return 'is a link: remove it';
  if (!found.isDirectory()) return 'is a file: remove it';
  if (uid === null) return null;
  if (found.uid !== uid) return `belongs to user ${found.uid}: remove it`;
  return (found.mode & 0o077) === 0 ? null : 'is open to others: run chmod 700 on it';
}
