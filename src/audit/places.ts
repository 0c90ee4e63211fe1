import { closeSync, constants, openSync, statSync, writeSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { readPrivateFile } from '../approval/read-private-file.ts';
import type { Io } from '../io.ts';
import { listLogs, locateLogs } from './folder.ts';

type Outside = Pick<Io, 'folders' | 'uid'>;

const MOST_BYTES = 64 << 10;

/** Remembers a folder of logs that a policy has named, so that whoever reads them need not know the policy. */
export function notePlace(folder: string, io: Outside): void {
  const line = `${JSON.stringify(folder)}\n`;
  if (readPlaces(io).includes(folder)) return;
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  const fd = openSync(nameFile(io), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
  try {
    writeSync(fd, line);
  } finally {
    closeSync(fd);
  }
}

/** The files that somebody names, or all of this user's. Throws where one that is named is not there. */
export function listWanted(files: readonly string[], io: Outside): readonly string[] {
  for (const file of files) statSync(file);
  return files.length === 0 ? listAllLogs(io) : files;
}

/** Every log file of this user, by the folders of logs that are known. Throws where one cannot be read. */
export function listAllLogs(io: Outside): string[] {
  const folders = new Set([locateLogs(io, null), ...readPlaces(io)]);
  return [...folders].flatMap((folder) => listLogs(folder).map(({ name }) => join(folder, name)));
}

function readPlaces(io: Outside): string[] {
  const text = readPrivateFile(nameFile(io), MOST_BYTES, io)?.toString() ?? '';
  return text.split('\n').flatMap((line) => readPlace(line) ?? []);
}

function readPlace(line: string): string | null {
  try {
    const folder: unknown = JSON.parse(line);
    return typeof folder === 'string' && isAbsolute(folder) ? folder : null;
  } catch {
    return null;
  }
}

function nameFile({ folders }: Outside): string {
  return join(folders.state, 'audit-folders');
}
