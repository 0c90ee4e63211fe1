import { basename } from 'node:path';
import { renderVisible } from '../approval/card/visible.ts';
import { parseLogName } from '../audit/folder.ts';
import { listAllLogs } from '../audit/places.ts';
import { unreadable } from '../audit/read/read-recorded.ts';
import { verifyLogs, type VerifiedFile } from '../audit/read/verify-logs.ts';
import { count } from '../console/words.ts';
import type { Io } from '../io.ts';
import { matchGlob } from '../policy/glob.ts';
import { createOwners } from '../policy/limit/owner.ts';
import { describeStdout } from './describe-stdout.ts';

export interface VerifyOptions {
  /** Paths; empty: all logs of this user. */
  readonly files: readonly string[];
  /** A name or a glob; null: all. */
  readonly server: string | null;
  readonly json: boolean;
}

/** Says whether the log is whole, and where it is not. Gives 1 where it is not. */
export function verifyLog({ files, server, json }: VerifyOptions, io: Io): number {
  const paths = listWanted(files, server, io);
  const now = { owners: createOwners(io), time: io.date().getTime() };
  const { chalk } = describeStdout(io, 160);
  let [lines, damaged] = [0, 0];
  for (const file of verifyLogs(paths, now)) {
    const isDamaged = file.damage !== null || file.problems.length > 0;
    lines += file.proof?.lines ?? 0;
    if (isDamaged) damaged++;
    const text = json ? `${renderJson(file)}\n` : renderFile(file, isDamaged ? chalk.red : chalk.dim);
    io.stdout.write(text);
  }
  if (!json) {
    const whole = `${count(paths.length, 'file')} of ${count(lines, 'line')}`;
    const verdict = damaged === 0 ? chalk.green('whole') : chalk.red(`${count(damaged, 'file')} damaged`);
    io.stdout.write(`${whole}: ${verdict}\n`);
  }
  return damaged === 0 ? 0 : 1;
}

function listWanted(files: readonly string[], server: string | null, io: Io): readonly string[] {
  try {
    if (files.length > 0) return files;
    const all = listAllLogs(io);
    // Names of files hold what of a server's name can stand there.
    return server === null
      ? all
      : all.filter((path) => matchGlob(server, parseLogName(basename(path))?.server ?? ''));
  } catch (error) {
    throw unreadable(error);
  }
}

/** Files without a word to say are counted at the end alone. */
function renderFile(
  { path, damage, problems, notes }: VerifiedFile,
  paint: (text: string) => string,
): string {
  const name = renderVisible(basename(path));
  const found = damage === null ? [] : [`line ${damage.line} ${damage.message}`];
  return [...found, ...problems, ...notes]
    .map((text) => `${paint(`${name}: ${renderVisible(text)}`)}\n`)
    .join('');
}

function renderJson({ path, proof, damage, problems, notes }: VerifiedFile): string {
  const { lines = 0, last = null } = proof ?? {};
  return JSON.stringify({ file: path, lines, last, damage, problems, notes });
}
