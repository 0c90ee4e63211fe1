import { randomBytes } from 'node:crypto';
import { linkSync, lstatSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPrivateFile } from '../approval/read-private-file.ts';
import type { Io } from '../io.ts';
import { quote } from '../policy/quote.ts';
import { openLogFolder } from './folder.ts';

const LENGTH = 32;

/**
 * The key of the hashes in this user's logs, made when it is first needed. It stands outside the folder of the logs, so
 * that whoever is given these cannot try what a short secret was. Throws where it cannot be kept or trusted.
 */
export function openAuditKey(io: Pick<Io, 'folders' | 'uid'>): Buffer {
  const { state } = io.folders;
  const file = join(state, 'audit.key');
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) {
    openLogFolder(state, io);
    makeKey(file);
  }
  const key = readPrivateFile(file, LENGTH, io);
  if (key?.length === LENGTH) return key;
  throw new Error(`${quote(file, 1_000)} is no key of this user's alone: remove it, and another one is made`);
}

/** Written aside and linked into place: of two guards that start at once both take the one that was there first. */
function makeKey(file: string): void {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(aside, randomBytes(LENGTH), { mode: 0o600, flag: 'wx' });
    place(aside, file);
  } finally {
    rmSync(aside, { force: true });
  }
}

function place(aside: string, file: string): void {
  try {
    linkSync(aside, file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    // Some file systems have no links.
    renameSync(aside, file);
  }
}
