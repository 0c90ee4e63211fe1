import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
  type Stats,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Io } from '../../io.ts';
import { isPrivateGroup } from './private-group.ts';
import { escapeUnseen, quote } from '../quote.ts';
import { distrustFile, distrustFolder, type Distrust, type Reader } from './trust.ts';

/** A policy beyond this is a mistake, or a device that never ends. */
export const MOST_BYTES = 1 << 20;
const MOST_LINKS = 40;

/** Why a file is not read as a policy. */
export class Unreadable extends Error {
  readonly code: string;
  readonly hint: string | null;

  constructor(code: string, message: string, hint: string | null = null) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/**
 * The bytes of a regular file that nobody but this user and root can have written. What is judged is the open file, so
 * nothing can be put in its place in between. Never blocks; throws Unreadable.
 */
export function readTrusted(path: string, io: Pick<Io, 'uid'>): Buffer {
  const reader = io.uid === null ? null : createReader(io.uid);
  // Opening some devices does something, a tape for one, so the name is looked at first; the open file counts.
  requireRegular(look(path, () => statSync(path)));
  const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;
  const fd = look(path, () => openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  try {
    const stats = fstatSync(fd);
    requireRegular(stats);
    if (reader !== null) {
      refuseDistrusted(path, 'the file', distrustFile(stats, reader));
      checkFolders(path, stats, reader);
    }
    return readAll(fd, stats);
  } finally {
    closeSync(fd);
  }
}

function createReader(uid: number): Reader {
  return { uid, isPrivateGroup: (gid) => isPrivateGroup(gid, uid) };
}

function look<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new Unreadable('file_missing', 'there is no such file', hintOf(path));
    throw new Unreadable('file_unreadable', `the file cannot be read (${code})`);
  }
}

function hintOf(path: string): string | null {
  return path.includes('~') ? 'no shell was there to read ~ as your home: write the whole path' : null;
}

function requireRegular(stats: Stats): void {
  if (stats.isFile()) return;
  const kind = stats.isDirectory() ? 'a folder' : 'no regular file';
  throw new Unreadable('not_regular', `this is ${kind}, and a policy is a regular file`);
}

/** As sshd does: whoever can write to a folder on the way can put another file there. Links are followed one by one. */
function checkFolders(path: string, opened: Stats, reader: Reader): void {
  let current = resolve(path);
  for (let links = 0; links <= MOST_LINKS; links++) {
    const folder = dirname(current);
    const real = realpathSync(folder);
    for (const each of new Set([...listUpwards(folder), ...listUpwards(real)])) {
      refuseDistrusted(each, `the folder ${quote(each)}`, distrustFolder(statSync(each), reader));
    }
    const stats = lstatSync(current);
    if (!stats.isSymbolicLink()) {
      if (stats.dev === opened.dev && stats.ino === opened.ino) return;
      throw new Unreadable('file_changed', 'the file was replaced while it was read', 'try again');
    }
    current = resolve(real, readlinkSync(current));
  }
  throw new Unreadable('file_unreadable', 'too many links lead to the file');
}

function listUpwards(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...listUpwards(above)];
}

function refuseDistrusted(path: string, what: string, distrust: Distrust | null): void {
  if (distrust === null) return;
  const mend = distrust.mend.startsWith('run') ? `${distrust.mend} ${escapeUnseen(path)}` : distrust.mend;
  throw new Unreadable('not_trusted', `${what} ${distrust.why}, who could change what is allowed`, mend);
}

function readAll(fd: number, { size }: Stats): Buffer {
  const tooLarge = new Unreadable('too_large', `the file has more than ${MOST_BYTES} bytes`);
  if (size > MOST_BYTES) throw tooLarge;
  const bytes = Buffer.alloc(MOST_BYTES + 1);
  let length = 0;
  for (;;) {
    const count = readSync(fd, bytes, length, bytes.length - length, null);
    if (count === 0) return bytes.subarray(0, length);
    length += count;
    if (length > MOST_BYTES) throw tooLarge;
  }
}
