import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Io } from '../../io.ts';
import { quote } from '../../policy/quote.ts';
import { parseFields } from './message-fields.ts';
import { checkPrivateFolder, openPrivateFolder } from '../private-folder.ts';
import { readPrivateFile } from '../read-private-file.ts';

/** Where one guard can be reached, and the token that shows who may. */
export interface Endpoint {
  /** Eight letters and digits. */
  readonly id: string;
  /** The path of its socket, or the name of its pipe on Windows. */
  readonly address: string;
  /** 32 bytes, hexadecimal. */
  readonly token: string;
}

type Outside = Pick<Io, 'folders' | 'uid' | 'platform'>;

/** Some systems bind 103 bytes at most, and Node cuts longer names without a word. */
const LONGEST_ADDRESS = 103;
const MOST_BYTES = 4_096;
const NAME = /^([0-9a-z]{8})\.(json|sock)$/;
const TOKEN = /^[0-9a-f]{64}$/;
/** A younger socket that nobody has made known may be one of a guard that is just starting. */
const FRESH_MS = 10_000;

/** The folder in which guards make themselves known, made where it is missing. Throws where it is not this user's alone. */
export function openGuardsFolder(io: Outside): string {
  const folder = nameFolder(io);
  openPrivateFolder(folder, io);
  return folder;
}

/** Throws where the folder is missing, or not this user's alone any more. */
export function checkGuardsFolder(io: Outside): void {
  checkPrivateFolder(nameFolder(io), io);
}

/** A new place to listen at, not known to anybody yet. Throws where the folder cannot be trusted, or its path is too long. */
export function createEndpoint(io: Outside): Endpoint {
  openGuardsFolder(io);
  const id = randomBytes(4).toString('hex');
  const address = nameAddress(id, io);
  const length = Buffer.byteLength(address);
  if (io.platform !== 'win32' && length > LONGEST_ADDRESS) {
    throw new Error(
      `the path of the socket, ${quote(address, 1_000)}, has ${length} bytes, and ${LONGEST_ADDRESS} are the most: ` +
        'name a shorter folder with MCP_GUARD_HOME, for clients and terminals alike',
    );
  }
  return { id, address, token: randomBytes(32).toString('hex') };
}

/** Makes a guard that already listens known to consoles. */
export function publishEndpoint({ id, token }: Endpoint, io: Outside & Pick<Io, 'pid'>): void {
  const file = join(openGuardsFolder(io), `${id}.json`);
  writeFileSync(file, JSON.stringify({ version: 1, pid: io.pid, token }), { mode: 0o600, flag: 'wx' });
}

/** Takes a guard's two files away, where they are this user's. Never throws. */
export function removeEndpoint({ id }: Pick<Endpoint, 'id'>, io: Outside): void {
  for (const ending of ['json', 'sock']) {
    const path = join(nameFolder(io), `${id}.${ending}`);
    try {
      const found = lstatSync(path);
      const isOwn = io.uid === null || found.uid === io.uid;
      if (isOwn && (found.isFile() || found.isSocket())) rmSync(path);
    } catch {
      // Gone already; what cannot be removed is tried again by the next console.
    }
  }
}

/** Every guard that has made itself known. Throws where the folder cannot be trusted; files that cannot are passed over. */
export function listEndpoints(io: Outside): Endpoint[] {
  checkGuardsFolder(io);
  return listIds('json', io).flatMap((id) => {
    const token = readToken(id, io);
    return token === null ? [] : [{ id, token, address: nameAddress(id, io) }];
  });
}

/** Where sockets stand that nobody has made known for a while: of guards that were killed as they started, or ended. */
export function listOrphans(io: Outside & Pick<Io, 'date'>): Pick<Endpoint, 'id' | 'address'>[] {
  checkGuardsFolder(io);
  return listIds('sock', io).flatMap((id) => {
    const address = nameAddress(id, io);
    const found = lstatSync(address, { throwIfNoEntry: false });
    const isOld = found?.isSocket() === true && io.date().getTime() - found.mtimeMs > FRESH_MS;
    return isOld && readToken(id, io) === null ? [{ id, address }] : [];
  });
}

function nameFolder({ folders }: Outside): string {
  return join(folders.state, 'guards');
}

function nameAddress(id: string, io: Outside): string {
  return io.platform === 'win32' ? `\\\\.\\pipe\\mcp-guard-${id}` : join(nameFolder(io), `${id}.sock`);
}

function listIds(kind: 'json' | 'sock', io: Outside): string[] {
  return readdirSync(nameFolder(io)).flatMap((name) => {
    const [, id, ending] = NAME.exec(name) ?? [];
    return id !== undefined && ending === kind ? [id] : [];
  });
}

function readToken(id: string, io: Outside): string | null {
  const bytes = readPrivateFile(join(nameFolder(io), `${id}.json`), MOST_BYTES, io);
  const { version, token } = (bytes === null ? null : parseFields(bytes)) ?? {};
  return version === 1 && typeof token === 'string' && TOKEN.test(token) ? token : null;
}
