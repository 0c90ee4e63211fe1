import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { GuardError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { checkPrivateFolder, openPrivateFolder } from '../../approval/private-folder.ts';
import { quote } from '../../policy/quote.ts';
import { redactCommand } from '../../policy/secret/redact-command.ts';
import { toFileName } from '../../policy/server-name.ts';
import { PinLedger, type PinBook, type PinRecord } from './pin-book.ts';
import { parseHeader, parseRecord, renderHeader, renderRecord } from './pin-line.ts';

export type { PinBook, PinnedTool, PinRecord } from './pin-book.ts';

type Outside = Pick<Io, 'folders' | 'uid' | 'date'>;

/** Beyond it nothing is read, and nothing more written. */
const MOST_BYTES = 64 << 20;
/** The texts of definitions in one piece; beyond it their hashes alone are kept. */
const MOST_TEXT = 16 << 20;
const NEWLINE = 0x0a;
const FOREIGN = 'does not begin as a file of pins does';

export interface PinnedServer {
  readonly name: string;
  readonly command: readonly string[];
}

/** What is pinned of one server, in a file that only grows: two guards of one server never undo each other's. */
export interface PinStore {
  readonly file: string;
  /** An absent file is an empty book. Throws GuardError `failed` where the file cannot be read or trusted. */
  read(): PinBook;
  /** In one piece; what is known already is left out. Null when it is written, else why not. */
  write(records: readonly PinRecord[]): string | null;
  /** Forgets all of the server. */
  remove(): void;
}

/** The pins of a server of this name and command. Nothing is opened or made yet. */
export function openPinStore(io: Outside, server: PinnedServer): PinStore {
  return new PinFile(join(io.folders.state, 'pins', nameFile(server)), server, io);
}

/**
 * The pins of all servers; files of another kind are passed over, and those that cannot be read or trusted given to
 * `onUnusable`. Throws GuardError `failed` where the folder is not this user's alone.
 */
export function listPinStores(
  io: Outside,
  onUnusable: (error: GuardError) => void = () => {},
): (PinnedServer & { readonly store: PinStore })[] {
  const folder = join(io.folders.state, 'pins');
  return listNames(folder, io).flatMap((name) => {
    const file = join(folder, name);
    const server = name.endsWith('.jsonl') ? readServer(file, io, onUnusable) : null;
    return server === null ? [] : [{ ...server, store: new PinFile(file, server, io) }];
  });
}

class PinFile implements PinStore {
  readonly file: string;
  readonly #server: PinnedServer;
  readonly #io: Outside;

  constructor(file: string, server: PinnedServer, io: Outside) {
    this.file = file;
    this.#server = server;
    this.#io = io;
  }

  read(): PinBook {
    return this.#load().ledger;
  }

  write(records: readonly PinRecord[]): string | null {
    try {
      openPrivateFolder(join(this.file, '..'), this.#io);
      const { ledger, size, isTorn } = this.#load();
      const time = this.#io.date().toISOString();
      const lines = limitTexts(records)
        .filter((record) => ledger.add(record, time))
        .map((record) => renderRecord(record, time));
      if (lines.length === 0) return null;
      // A line that somebody could not finish must not swallow the next one.
      const head = size === 0 ? renderHeader(hideSecrets(this.#server)) : isTorn ? '\n' : '';
      const bytes = Buffer.from(head + lines.join(''));
      if (size + bytes.length > MOST_BYTES)
        return `${quote(this.file, 1_000)} would have more than ${MOST_BYTES} bytes`;
      return this.#append(bytes);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  remove(): void {
    rmSync(this.file, { force: true });
  }

  #append(bytes: Buffer): string | null {
    const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
    const fd = openSync(this.file, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
    try {
      return writeSync(fd, bytes) === bytes.length ? null : 'the disk is full';
    } finally {
      closeSync(fd);
    }
  }

  #load(): { ledger: PinLedger; size: number; isTorn: boolean } {
    const ledger = new PinLedger();
    checkFolder(join(this.file, '..'), this.#io);
    const bytes = readOwn(this.file, this.#io);
    const [header = '', ...lines] = bytes.toString().split('\n');
    if (bytes.length > 0 && parseHeader(header) === null) throw unusable(this.file, FOREIGN);
    for (const line of lines) {
      const read = line === '' ? null : parseRecord(line);
      if (read !== null) ledger.add(read.record, read.time);
    }
    return { ledger, size: bytes.length, isTorn: bytes.length > 0 && bytes.at(-1) !== NEWLINE };
  }
}

function limitTexts(records: readonly PinRecord[]): PinRecord[] {
  let left = MOST_TEXT;
  return records.map((record) => {
    if (!('definition' in record)) return record;
    left -= record.definition.text?.length ?? 0;
    return left >= 0 ? record : { ...record, definition: { ...record.definition, text: null } };
  });
}

/** A command line may hold a key or a password, and the file stays for years. */
function hideSecrets({ name, command }: PinnedServer): PinnedServer {
  return { name, command: redactCommand(command) };
}

/** By name and command, as it really is: another command may be another server. */
function nameFile({ name, command }: PinnedServer): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([name, ...command]))
    .digest('hex');
  return `${toFileName(name)}-${hash.slice(0, 16)}.jsonl`;
}

function listNames(folder: string, io: Outside): string[] {
  checkFolder(folder, io);
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw unusable(folder, `cannot be read (${codeOf(error)})`);
  }
}

/** Whoever may enter the folder may take a file of it away, and what is pinned with it. An absent folder is none. */
function checkFolder(folder: string, io: Outside): void {
  try {
    lstatSync(folder);
    checkPrivateFolder(folder, io);
  } catch (error) {
    if (isAbsent(error)) return;
    throw new GuardError('failed', error instanceof Error ? error.message : String(error), {
      hints: ['until then what is pinned cannot be told'],
    });
  }
}

function readServer(file: string, io: Outside, onUnusable: (error: GuardError) => void): PinnedServer | null {
  try {
    const bytes = readOwn(file, io);
    const header = parseHeader(bytes.toString('utf8', 0, Math.max(bytes.indexOf(NEWLINE), 0)));
    if (header === null && bytes.length > 0) throw unusable(file, FOREIGN);
    return header === null ? null : hideSecrets(header);
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    onUnusable(error);
    return null;
  }
}

/** The bytes of a file of this user's alone; empty where there is none. What is opened is what is looked at. */
function readOwn(file: string, { uid }: Outside): Buffer {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let fd: number;
  try {
    fd = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (isAbsent(error)) return Buffer.alloc(0);
    const code = codeOf(error);
    throw unusable(file, code === 'ELOOP' ? 'is a link' : `cannot be opened (${code})`);
  }
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) throw unusable(file, 'is no regular file');
    if (uid !== null && (found.uid !== uid || (found.mode & 0o077) !== 0))
      throw unusable(file, "is not this user's alone");
    if (found.size > MOST_BYTES) throw unusable(file, `has more than ${MOST_BYTES} bytes`);
    const bytes = Buffer.alloc(found.size);
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(fd);
  }
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return String(error instanceof Error && 'code' in error ? error.code : error);
}

function unusable(file: string, why: string): GuardError {
  return new GuardError('failed', `${quote(file, 1_000)} ${why}`, {
    hints: ['what is pinned there cannot be told; remove the file to begin anew'],
  });
}
