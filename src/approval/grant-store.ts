import { randomBytes } from 'node:crypto';
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Io } from '../io.ts';
import type { GrantBinding } from './grants.ts';
import { isFields, parseFields } from './hub/message-fields.ts';
import { checkPrivateFolder, openPrivateFolder } from './private-folder.ts';
import { readPrivateFile } from './read-private-file.ts';

/** A yes for a time, as it is kept for later runs of the same server. */
export interface StoredGrant {
  /** Twelve letters and digits. */
  readonly id: string;
  /** Wall clock, ms since the epoch. */
  readonly given: number;
  readonly until: number;
  /** The server's name, for people. */
  readonly server: string;
  readonly binding: GrantBinding;
  readonly scope: 'tool' | 'call';
}

type Outside = Pick<Io, 'folders' | 'uid' | 'date'>;

const ID = /^[a-z0-9]{12}$/;
const MOST_BYTES = 16 << 10;
/** No grant is given for longer, so one that says so was not written by this program. */
const LONGEST_MS = 30 * 86_400_000;

/** Keeps a grant in a file of its own, so that two guards never undo each other's. Throws where it cannot. */
export function storeGrant(io: Outside, grant: StoredGrant): void {
  const file = nameFile(io, grant.id);
  openPrivateFolder(join(io.folders.state, 'grants'), io);
  const text = `${JSON.stringify({ version: 1, ...grant })}\n`;
  if (Buffer.byteLength(text) > MOST_BYTES) throw new Error(`a grant has at most ${MOST_BYTES} bytes`);
  // Written aside and moved into place: nobody ever reads half a grant.
  const aside = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(aside, text, { mode: 0o600, flag: 'wx' });
    renameSync(aside, file);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/**
 * The grants that still hold. Files that are not this user's alone, or hold something else, are left alone. Throws where
 * the folder is not this user's alone.
 */
export function listStoredGrants(io: Outside): StoredGrant[] {
  const folder = join(io.folders.state, 'grants');
  const now = io.date().getTime();
  return listNames(folder, io).flatMap((name) => {
    const id = name.replace(/\.json$/, '');
    const grant =
      ID.test(id) && name.endsWith('.json')
        ? parseGrant(readPrivateFile(join(folder, name), MOST_BYTES, io))
        : null;
    // A clock that was set back must not bring an old grant to life again.
    if (grant === null || grant.id !== id || grant.given > now) return [];
    if (grant.until > now && grant.until - grant.given <= LONGEST_MS) return [grant];
    rmSync(join(folder, name), { force: true });
    return [];
  });
}

/** Ends a grant; false where there is none of that id. Throws where the folder is not this user's alone. */
export function removeStoredGrant(io: Outside, id: string): boolean {
  if (!listStoredGrants(io).some((grant) => grant.id === id)) return false;
  rmSync(nameFile(io, id), { force: true });
  return true;
}

function nameFile({ folders }: Outside, id: string): string {
  if (!ID.test(id)) throw new Error('the id of a grant is twelve letters and digits');
  return join(folders.state, 'grants', `${id}.json`);
}

function listNames(folder: string, io: Outside): string[] {
  try {
    const names = readdirSync(folder);
    checkPrivateFolder(folder, io);
    return names;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function parseGrant(bytes: Uint8Array | null): StoredGrant | null {
  const fields = bytes === null ? null : parseFields(bytes);
  if (fields === null || fields['version'] !== 1) return null;
  const { id, given, until, server, scope } = fields;
  const binding = readBinding(fields['binding']);
  if (typeof id !== 'string' || typeof server !== 'string' || binding === null) return null;
  if (typeof given !== 'number' || typeof until !== 'number') return null;
  return scope === 'tool' || scope === 'call' ? { id, given, until, server, binding, scope } : null;
}

function readBinding(value: unknown): GrantBinding | null {
  if (!isFields(value)) return null;
  const { server, tool, definition, rule, ruleText, digest } = value;
  if (typeof server !== 'string' || typeof tool !== 'string' || typeof rule !== 'string') return null;
  if (typeof ruleText !== 'string' || typeof digest !== 'string') return null;
  if (definition !== null && typeof definition !== 'string') return null;
  return { server, tool, definition, rule, ruleText, digest };
}
