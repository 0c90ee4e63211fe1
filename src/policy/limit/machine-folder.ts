import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Io } from '../../io.ts';
import { escapeUnseen } from '../quote.ts';
import { Unusable } from './unusable.ts';

type Outside = Pick<Io, 'uid' | 'date'>;

/** A file of a limit, open. */
export interface LimitFile {
  readonly fd: number;
  readonly path: string;
  readonly generation: number;
}

/**
 * Opens the newest of a limit's files, which stand in a folder of its own. `first` is what a limit that was never
 * counted begins with. Throws Unusable where anything is there that this user's guards did not make.
 */
export function openNewest(folder: string, first: () => Buffer, io: Outside): LimitFile {
  const limits = dirname(folder);
  openFolder(dirname(limits), 0o022, io);
  openFolder(limits, 0o077, io);
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const newest = listGenerations(folder, io).at(-1);
    if (newest === undefined) {
      createFirst(folder, first(), io);
      continue;
    }
    const file = openGeneration(folder, newest, io);
    if (file !== null) return file;
  }
  throw new Unusable(folder, `${escapeUnseen(folder)} cannot be filled`);
}

/**
 * Makes the file that goes on from a sealed one. Every guard that met the seal may try, since all would write the same,
 * and the first one wins. The sealed file stays until the next but one: a folder listed meanwhile shows one of them.
 */
export function createNext(folder: string, sealed: number, content: Buffer, io: Outside): void {
  const aside = nameAside(folder);
  try {
    writeWhole(aside, content);
    tryUnless('EEXIST', () => linkSync(aside, nameFile(folder, sealed + 1)));
  } finally {
    rmSync(aside, { force: true });
  }
  for (const generation of listGenerations(folder, io)) {
    if (generation < sealed) rmSync(nameFile(folder, generation), { force: true });
  }
  removeLeft(folder, io);
}

const MOST_ATTEMPTS = 20;
const NAME = /^([1-9]\d{0,8})\.log$/;
/** What a guard that was killed while it wrote has left goes after this time. */
const LEFT_MS = 3_600_000;

/** The whole folder comes into being in one step: where it is, it holds a file, and counting never begins anew. */
function createFirst(folder: string, content: Buffer, io: Outside): void {
  const limits = dirname(folder);
  removeLeft(limits, io);
  const aside = nameAside(limits);
  mkdirSync(aside, { mode: 0o700 });
  try {
    writeWhole(nameFile(aside, 1), content);
    renameSync(aside, folder);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    // Another guard was quicker; anything else shows when the folder is listed next.
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) throw error;
  }
}

/** Ascending; none where there is no folder. */
function listGenerations(folder: string, io: Outside): number[] {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return [];
  const why = found.isDirectory() ? distrust(found, 0o077, io) : 'is no folder';
  if (why !== null) throw new Unusable(folder, `${escapeUnseen(folder)} ${why}`);
  const names = tryUnless('ENOENT', () => readdirSync(folder)) ?? [];
  return names.flatMap((name) => Number(NAME.exec(name)?.[1] ?? [])).toSorted((a, b) => a - b);
}

/** Null where it is not there any more. */
function openGeneration(folder: string, generation: number, io: Outside): LimitFile | null {
  const path = nameFile(folder, generation);
  const fd = openNoLink(path, folder);
  if (fd === null) return null;
  const found = fstatSync(fd);
  const why = found.isFile() ? distrust(found, 0o077, io) : 'is no regular file';
  if (why === null) return { fd, path, generation };
  closeSync(fd);
  throw new Unusable(folder, `${escapeUnseen(path)} ${why}`);
}

function openNoLink(path: string, folder: string): number | null {
  const { O_RDWR, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    return openSync(path, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const code = readCode(error);
    if (code === 'ENOENT' && lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
    const words = MENDABLE.get(code);
    if (words === undefined) throw error;
    throw new Unusable(folder, `${escapeUnseen(path)} ${words}`);
  }
}

const MENDABLE: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'may not be read and written'],
  ['EPERM', 'may not be read and written'],
  ['EISDIR', 'is no regular file'],
  ['ELOOP', 'is a link'],
  ['EMLINK', 'is a link'],
  ['ENOENT', 'is a link'],
  ['ENXIO', 'is no regular file'],
]);

/** Made where it is missing. */
function openFolder(path: string, forbidden: number, io: Outside): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return;
  }
  const why = found.isDirectory() ? distrust(found, forbidden, io) : 'is no folder';
  if (why === null) return;
  const shown = escapeUnseen(path);
  const mend = why === OPEN ? `run chmod 700 ${shown}` : 'move it away';
  throw new Unusable(path, `${shown} ${why}`, mend);
}

const OPEN = 'is open to other users';

function distrust({ uid, mode }: Stats, forbidden: number, io: Outside): string | null {
  if (io.uid === null) return null;
  if (uid !== io.uid) return `belongs to user ${uid}`;
  return (mode & forbidden) === 0 ? null : OPEN;
}

function writeWhole(path: string, content: Buffer): void {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    for (let written = 0; written < content.length;) written += writeSync(fd, content, written);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function removeLeft(folder: string, io: Outside): void {
  for (const name of readdirSync(folder)) {
    if (!/^\.[0-9a-f]{16}\.tmp$/.test(name)) continue;
    const path = join(folder, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found !== undefined && io.date().getTime() - found.mtimeMs > LEFT_MS) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

function nameAside(folder: string): string {
  return join(folder, `.${randomBytes(8).toString('hex')}.tmp`);
}

function nameFile(folder: string, generation: number): string {
  return join(folder, `${generation}.log`);
}

function tryUnless<T>(code: string, act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (readCode(error) === code) return null;
    throw error;
  }
}

function readCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
