import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Io } from '../../io.ts';

/** Where a process stands in the job control of its terminal. */
export interface Job {
  readonly isForeground: boolean;
  /** Names its terminal; null where it has none. */
  readonly terminal: string | null;
}

const PS = '/bin/ps';
const PS_LIMIT_MS = 2_000;

/** Looks up this process. Throws where the system does not tell. */
export async function readJob({ platform, pid }: Pick<Io, 'platform' | 'pid'>): Promise<Job> {
  if (platform === 'linux') {
    const fields = await readStat(pid);
    const [group, terminal, foreground] = [fields[2], fields[4], fields[5]];
    return { isForeground: group === foreground, terminal: terminal === '0' ? null : `tty${terminal}` };
  }
  const [group, foreground, terminal = '?'] = (await ps(['-o', 'pgid=,tpgid=,tty='], pid))
    .trim()
    .split(/\s+/);
  const hasTerminal = /^[A-Za-z0-9/]+$/.test(terminal);
  return { isForeground: group === foreground, terminal: hasTerminal ? terminal.replaceAll('/', '-') : null };
}

/** When a process was started, in words that no later process of the same id repeats; null when it is gone. */
export async function readStart(platform: NodeJS.Platform, pid: number): Promise<string | null> {
  try {
    const start =
      platform === 'linux' ? (await readStat(pid))[19] : (await ps(['-o', 'lstart='], pid)).trim();
    return start === undefined || start === '' ? null : start;
  } catch {
    return null;
  }
}

/** The fields of /proc/PID/stat behind the command's name, which may itself hold spaces and brackets. */
async function readStat(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

async function ps(format: readonly string[], pid: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: PS_LIMIT_MS, env: { LC_ALL: 'C' } };
    execFile(PS, [...format, '-p', String(pid)], options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new Error('ps failed', { cause: error }));
    });
  });
}
