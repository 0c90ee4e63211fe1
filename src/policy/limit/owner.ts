import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Io } from '../../io.ts';

/** Who holds a place: a process, and when it was started, since ids are used again. */
export interface Owners {
  readonly own: string;
  /** Whether the process is gone; null where the system does not tell. */
  isGone(owner: string): boolean | null;
}

export function createOwners({ pid, platform }: Pick<Io, 'pid' | 'platform'>): Owners {
  const find = (id: number) => {
    try {
      const start = readStart(id, platform);
      return start === null ? null : digest(start);
    } catch {
      return 'unknown';
    }
  };
  return {
    own: `${pid}.${find(pid) ?? 'unknown'}`,
    isGone(owner) {
      const [id, start] = owner.split('.');
      const found = find(Number(id));
      return found === 'unknown' || start === 'unknown' ? null : found !== start;
    },
  };
}

/** When a process was started, in the system's words; null when it is gone. Throws where that cannot be told. */
function readStart(pid: number, platform: NodeJS.Platform): string | null {
  if (platform === 'win32') throw new Error('Windows tells of no start');
  if (platform !== 'linux') return readStartFromPs(pid);
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Behind the command's name, which may itself hold spaces and brackets.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return null;
    throw error;
  }
}

function readStartFromPs(pid: number): string | null {
  try {
    const options = { encoding: 'latin1', timeout: 2_000, env: { LC_ALL: 'C' } } as const;
    return execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], options).trim() || null;
  } catch (error) {
    // It says so with 1 when there is no such process.
    if (error instanceof Error && 'status' in error && error.status === 1) return null;
    throw error;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
