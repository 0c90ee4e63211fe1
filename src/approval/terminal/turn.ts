import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Io } from '../../io.ts';
import { readStart } from './job.ts';
import { openPrivateFolder } from '../private-folder.ts';

/** The right to ask on one terminal, held by one guard at a time. */
export interface Turn {
  /** Lets the next guard ask. Never rejects. */
  end(): Promise<void>;
}

type Outside = Pick<Io, 'folders' | 'pid' | 'platform' | 'uid'>;

/**
 * Takes the turn for this terminal; null while another guard has it. The file holds the process that has it and when
 * that was started, so the turn of a guard that was killed is taken over. Throws where the folder cannot be trusted.
 */
export async function takeTurn(terminal: string, io: Outside): Promise<Turn | null> {
  const folder = join(io.folders.state, 'turns');
  openPrivateFolder(folder, io);
  const path = join(folder, terminal);
  const owner = JSON.stringify({ pid: io.pid, start: await readStart(io.platform, io.pid) });
  // Written aside and linked into place: nobody ever reads half a file.
  const own = join(folder, `.${terminal}-${io.pid}-${randomBytes(6).toString('hex')}`);
  await writeFile(own, owner, { mode: 0o600, flag: 'wx' });
  try {
    if (!(await tryLink(own, path))) {
      await clearStale(path, `${own}-stale`, io);
      if (!(await tryLink(own, path))) return null;
    }
  } finally {
    await rm(own, { force: true });
  }
  return { end: async () => endTurn(path, owner) };
}

async function tryLink(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Two guards may find the same dead one: what was moved away is looked at again, and put back if it lives. */
async function clearStale(path: string, aside: string, io: Outside): Promise<void> {
  if (await isHeld(path, io)) return;
  try {
    await rename(path, aside);
    if (await isHeld(aside, io)) await tryLink(aside, path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function isHeld(path: string, { platform }: Outside): Promise<boolean> {
  const owner = readOwner(await readFile(path, 'utf8').catch(() => ''));
  return owner !== null && (await readStart(platform, owner.pid)) === owner.start;
}

function readOwner(text: string): { pid: number; start: string } | null {
  try {
    const { pid, start } = JSON.parse(text) as { pid?: unknown; start?: unknown };
    return typeof pid === 'number' && Number.isSafeInteger(pid) && typeof start === 'string'
      ? { pid, start }
      : null;
  } catch {
    return null;
  }
}

async function endTurn(path: string, owner: string): Promise<void> {
  try {
    if ((await readFile(path, 'utf8')) === owner) await rm(path);
  } catch {
    // Gone already, or taken over: not ours to remove.
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
