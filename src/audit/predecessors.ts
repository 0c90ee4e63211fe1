import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Owners } from '../policy/limit/owner.ts';
import { listLogs, shortenServer, type LogName } from './folder.ts';
import { cutTorn, readEnds, type FileEnd, type LogEnds } from './log-ends.ts';

/** Files of one server that a new one looks at, and names at most. */
const MOST_SEEN = 32;
const MOST_NAMED = 8;

interface Run {
  readonly server: string;
  readonly owners: Owners;
}

/**
 * Ties a new file to those of the same server before it: the ends that no later file names yet, so that whoever cuts
 * one of them, or takes it away, is found out. What a run that is over could not finish is cut off.
 */
export function tieToPredecessors(folder: string, { server, owners }: Run): FileEnd[] {
  const files = listLogs(folder)
    .filter((log) => log.server === shortenServer(server))
    .slice(-MOST_SEEN)
    .toReversed();
  const named = new Set<string>();
  const ends: FileEnd[] = [];
  for (const { name } of files) {
    const found = lookAt(join(folder, name));
    if (found === null || found.server !== server) continue;
    const cut = found.torn > 0 && isOver(found, owners) ? heal(join(folder, name), found.torn) : 0;
    if (!named.has(`${name} ${found.last.hash}`) && ends.length < MOST_NAMED)
      ends.push({ file: name, ...found.last, cut });
    for (const end of found.previous) named.add(`${end.file} ${end.hash}`);
  }
  return ends;
}

/** Removes the logs of all servers that were last written before `before` (ms since the epoch), and that no run holds. */
export function removeOld(folder: string, before: number, owners: Owners): void {
  const files = listLogs(folder);
  const stamp = new Date(before).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  for (const log of files) {
    if (log.stamp > stamp) continue;
    const path = join(folder, log.name);
    const written = statSync(path, { throwIfNoEntry: false });
    if (written === undefined || written.mtimeMs >= before || isHeld(log, files, path, owners)) continue;
    rmSync(path, { force: true });
  }
}

/** A run holds the last of its files alone. */
function isHeld(
  { session, part }: LogName,
  files: readonly LogName[],
  path: string,
  owners: Owners,
): boolean {
  if (files.some((other) => other.session === session && other.part > part)) return false;
  const found = lookAt(path);
  return found !== null && !isOver(found, owners);
}

function isOver({ owner }: LogEnds, owners: Owners): boolean {
  return owner !== null && owners.isGone(owner) === true;
}

/** Of a file that cannot be read nothing is told here; `log --verify` tells. */
function lookAt(path: string): LogEnds | null {
  try {
    return readEnds(path);
  } catch {
    return null;
  }
}

function heal(path: string, torn: number): number {
  try {
    cutTorn(path, torn);
    return torn;
  } catch {
    return 0;
  }
}
