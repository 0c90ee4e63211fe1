import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Io } from '../../io.ts';

const PS = '/bin/ps';
const PS_LIMIT_MS = 2_000;
/** Deeper than processes nest; a table that changes while it is read could even hold a circle. */
const MOST = 64;

type Outside = Pick<Io, 'pid' | 'platform'>;

/** The processes that started this one, the nearest first. Empty where the system does not tell. */
export async function listAncestors({ pid, platform }: Outside): Promise<number[]> {
  const parents = platform === 'linux' ? null : await readTable();
  const ancestors: number[] = [];
  let current = pid;
  while (ancestors.length < MOST) {
    const parent = parents === null ? await readParent(current) : parents.get(current);
    if (parent === undefined || parent <= 1) break;
    ancestors.push(parent);
    current = parent;
  }
  return ancestors;
}

/** A variable that the process was started with; null where it has none, or is not this user's. */
export async function readVariables(pid: number, names: readonly string[]): Promise<Map<string, string>> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const variables = text.split('\0').map((line): [string, string] => {
    const at = line.indexOf('=');
    return [line.slice(0, Math.max(0, at)), line.slice(at + 1)];
  });
  return new Map(variables.filter(([name]) => names.includes(name)));
}

/** The command's name, in brackets, may itself hold spaces and brackets. */
async function readParent(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  const parent = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  return Number.isSafeInteger(parent) ? parent : undefined;
}

async function readTable(): Promise<ReadonlyMap<number, number>> {
  const text = await new Promise<string>((resolve) => {
    const options = { timeout: PS_LIMIT_MS, env: { LC_ALL: 'C' }, maxBuffer: 16 << 20 };
    execFile(PS, ['-axo', 'pid=,ppid='], options, (error, stdout) => resolve(error === null ? stdout : ''));
  });
  return new Map(
    text.split('\n').flatMap((line): [number, number][] => {
      const [pid, parent] = line.trim().split(/\s+/).map(Number);
      return pid !== undefined && parent !== undefined && Number.isSafeInteger(parent) ? [[pid, parent]] : [];
    }),
  );
}
