import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Io } from '../io.ts';
import type { Entry } from './entry.ts';
import { renderEntry, type LineContext } from './render-entry.ts';

/** Where entries go before the calls they tell of. */
export interface AuditLog {
  /** Writes all of them, in one piece, or none; null when they are written, else why not. */
  write(entries: readonly Entry[]): string | null;
  close(): void;
}

/**
 * The log of one run: one JSON object a line in `<state>/audit/`, readable by this user alone. The file is made with
 * the first entry, because some clients start a server once just to look at it.
 */
export function createAuditLog(io: Io, context: LineContext): AuditLog {
  let file: OpenFile | null = null;
  let seq = 0;
  const close = (): void => {
    if (file !== null) closeSync(file.fd);
    file = null;
  };
  return {
    write(entries) {
      // A run that did nothing leaves no file behind.
      if (file === null && entries.every((entry) => entry.event === 'end')) return null;
      try {
        if (file !== null && fstatSync(file.fd).nlink === 0) close();
        file ??= openFile(io, context);
        const time = io.date().toISOString();
        const text = entries.map((entry, index) => renderEntry(entry, context, time, seq + index)).join('');
        append(file, Buffer.from(text));
        seq += entries.length;
        return null;
      } catch (error) {
        return explain(error);
      }
    },
    close,
  };
}

interface OpenFile {
  readonly fd: number;
  /** Bytes of whole lines. */
  size: number;
}

function openFile(io: Io, { server, session }: LineContext): OpenFile {
  const folder = join(io.folders.state, 'audit');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder`);
  if (io.uid !== null && (found.uid !== io.uid || (found.mode & 0o022) !== 0)) {
    throw new Error(`${folder} belongs to another user or can be written by others`);
  }
  const stamp = io
    .date()
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, '');
  // The name is the user's to choose, the folder is not.
  const path = join(
    folder,
    `${stamp}-${server.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 100)}-${session}.jsonl`,
  );
  const { O_WRONLY, O_CREAT, O_EXCL, O_APPEND, O_NOFOLLOW } = constants;
  return { fd: openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW, 0o600), size: 0 };
}

/** `writeSync` may write less than all without a word; a torn line would make the next one unreadable too. */
function append(file: OpenFile, bytes: Buffer): void {
  try {
    let written = 0;
    while (written < bytes.length) written += writeSync(file.fd, bytes, written);
  } catch (error) {
    ftruncateSync(file.fd, file.size);
    throw error;
  }
  file.size += bytes.length;
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^(\w+): /, '$1, ') : String(error);
}
