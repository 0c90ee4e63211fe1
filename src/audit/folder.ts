import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Io } from '../io.ts';
import { quote } from '../policy/quote.ts';

/** What the name of a log file says: when it was begun, whose it is, and which of its run's files. */
export interface LogName {
  readonly name: string;
  /** `20261123T174159Z`. */
  readonly stamp: string;
  /** The server's name, as far as it can stand in a file's name. */
  readonly server: string;
  readonly session: string;
  /** From 1 on. */
  readonly part: number;
}

const NAME = /^(\d{8}T\d{6}Z)-(.+)-([0-9a-z]{1,32})(?:\.(\d{1,6}))?\.jsonl$/;
const LONGEST_SERVER = 100;

/** Where logs are: as the policy says, else in the state folder. */
export function locateLogs({ folders }: Pick<Io, 'folders'>, dir: string | null): string {
  return dir ?? join(folders.state, 'audit');
}

/**
 * Makes the folder where it is missing. Throws, in words for a person, where it is a link, somebody else's, or can be
 * written by others: whoever writes there could take a file away, or put one in its place.
 */
export function openLogFolder(folder: string, { uid }: Pick<Io, 'uid'>): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new Error(`${quote(folder, 1_000)} is not a folder`);
  if (uid !== null && (found.uid !== uid || (found.mode & 0o022) !== 0))
    throw new Error(`${quote(folder, 1_000)} belongs to another user or can be written by others`);
}

/** The name of a file that is begun now. Names sort in the order of time. */
export function nameLog(date: Date, server: string, session: string, part: number): string {
  const stamp = date.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${stamp}-${shortenServer(server)}-${session}${part === 1 ? '' : `.${part}`}.jsonl`;
}

/** The server's name is the user's to choose, the folder is not. */
export function shortenServer(server: string): string {
  return server.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, LONGEST_SERVER) || '_';
}

/** Null for a name that no log has. */
export function parseLogName(name: string): LogName | null {
  const [, stamp, server, session, part] = NAME.exec(name) ?? [];
  if (stamp === undefined || server === undefined || session === undefined) return null;
  return { name, stamp, server, session, part: Number(part ?? 1) };
}

/** The logs in a folder, the oldest first; none where there is no folder. Throws where it cannot be read. */
export function listLogs(folder: string): LogName[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => parseLogName(name) ?? [])
      .toSorted((a, b) => compare(a.stamp, b.stamp) || compare(a.session, b.session) || a.part - b.part);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
