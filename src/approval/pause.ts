import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Io } from '../io.ts';
import { quote } from '../policy/quote.ts';

type Outside = Pick<Io, 'folders' | 'uid'>;

/**
 * Whether a person refuses everything now. A console writes the file first and then tells every guard; a guard makes
 * itself known first and reads the file after, so that none is missed. What cannot be looked at counts as paused.
 */
export function readPause(io: Pick<Io, 'folders'>): boolean {
  try {
    lstatSync(nameFile(io));
    return true;
  } catch (error) {
    // Where its folder is none, there is no such file.
    return !(error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code)));
  }
}

/** Pauses, or lifts the pause, for guards that start later. Throws where it cannot, or the folder is not this user's. */
export function setPause(io: Outside, on: boolean): void {
  const { state } = io.folders;
  const file = nameFile(io);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const { uid } = statSync(state);
  if (io.uid !== null && uid !== io.uid) {
    throw new Error(`${quote(state, 1_000)} belongs to user ${uid}, not to ${io.uid}: remove it`);
  }
  if (!on) return rmSync(file, { force: true });
  const own = `${file}-${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(own, '', { mode: 0o600, flag: 'wx' });
    renameSync(own, file);
  } catch (error) {
    rmSync(own, { force: true });
    throw error;
  }
}

function nameFile({ folders }: Pick<Io, 'folders'>): string {
  return join(folders.state, 'paused');
}
