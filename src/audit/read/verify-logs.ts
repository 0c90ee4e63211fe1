import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Owners } from '../../policy/limit/owner.ts';
import { parseLogName, type LogName } from '../folder.ts';
import { readEnds, type FileEnd } from '../log-ends.ts';
import { readLines } from './read-lines.ts';
import { verifyFile, type Damage, type FileProof, type Witness } from './verify-file.ts';

/** One file as verification leaves it. */
export interface VerifiedFile {
  readonly path: string;
  /** Null where it cannot be read, which `problems` tells. */
  readonly proof: FileProof | null;
  readonly damage: Damage | null;
  /** Sentences: what else is wrong, and ends as damage. */
  readonly problems: readonly string[];
  /** Sentences: what cannot be told, or is worth knowing. */
  readonly notes: readonly string[];
}

interface Now {
  readonly owners: Owners;
  /** ms since the epoch. */
  readonly time: number;
}

const DAY_MS = 86_400_000;

/** Verifies files of the log, each by itself and against what the others say of it. */
export function* verifyLogs(paths: readonly string[], now: Now): Generator<VerifiedFile> {
  const witnesses = gatherWitnesses(paths);
  const continued = listContinued(paths);
  for (const path of paths) {
    try {
      const proof = verifyFile(readLines(path), witnesses.get(basename(path)) ?? []);
      yield judge(path, proof, { ...now, continued });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      yield { path, proof: null, damage: null, problems: [`cannot be read: ${why}`], notes: [] };
    }
  }
}

interface Known extends Now {
  /** The names of files that are followed by another one of the same run. */
  readonly continued: ReadonlySet<string>;
}

function judge(path: string, proof: FileProof, now: Known): VerifiedFile {
  const notes: string[] = [];
  const problems: string[] = [];
  for (const end of proof.previous) {
    if (end.cut > 0)
      notes.push(`${end.file} ended in ${end.cut} bytes of an unfinished line, which were cut off then`);
    if (existsSync(join(dirname(path), end.file))) continue;
    const isOld = isOlder(end, proof.keepDays, now.time);
    (isOld ? notes : problems).push(
      isOld
        ? `${end.file}, which it names, is gone: it was older than ${proof.keepDays} days`
        : `${end.file}, which it names, is missing`,
    );
  }
  const isHeld = proof.owner !== null && now.owners.isGone(proof.owner) !== true;
  const { damage } = proof;
  if (damage?.kind === 'cut' && isHeld && proof.last !== null) {
    return { path, proof, damage: null, problems, notes: [...notes, 'it is being written'] };
  }
  const hasNext = now.continued.has(basename(path));
  if (damage === null && proof.last?.event !== 'end' && !isHeld && !hasNext)
    notes.push(
      'its run did not come to an end of its own: it was killed, or the end of the file was cut off',
    );
  return { path, proof, damage, problems, notes };
}

function listContinued(paths: readonly string[]): ReadonlySet<string> {
  const names = paths.flatMap((path) => parseLogName(basename(path)) ?? []);
  const parts = new Set(names.map(({ session, part }) => `${session} ${part}`));
  const isContinued = ({ session, part }: LogName): boolean => parts.has(`${session} ${part + 1}`);
  return new Set(names.filter(isContinued).map(({ name }) => name));
}

function isOlder({ time }: FileEnd, keepDays: number | null, now: number): boolean {
  if (time === null || keepDays === null) return false;
  return Date.parse(time) + keepDays * DAY_MS < now;
}

/** What the first lines of all files say of the ends of others. */
function gatherWitnesses(paths: readonly string[]): ReadonlyMap<string, readonly Witness[]> {
  const witnesses = new Map<string, Witness[]>();
  for (const path of paths) {
    for (const { file, seq, hash } of readPrevious(path)) {
      if (seq === null || hash === null) continue;
      witnesses.set(file, [...(witnesses.get(file) ?? []), { file: basename(path), seq, hash }]);
    }
  }
  return witnesses;
}

function readPrevious(path: string): readonly FileEnd[] {
  try {
    return readEnds(path)?.previous ?? [];
  } catch {
    return [];
  }
}
