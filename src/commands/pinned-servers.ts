import { basename } from 'node:path';
import { listPinStores, type PinBook, type PinStore } from '../catalogue/pins/pin-store.ts';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import { quote } from '../policy/quote.ts';

/** A server whose tools are pinned. */
export interface KnownServer {
  readonly name: string;
  /** The name of its file, which no other has. */
  readonly id: string;
  readonly command: readonly string[];
  readonly store: PinStore;
  readonly book: PinBook;
}

/** The servers of that name or file; all of them where none is named. Tells which files cannot be used. Throws GuardError where there is none. */
export function findServers(name: string | undefined, io: Io): KnownServer[] {
  const warn = ({ message }: GuardError): unknown => io.stderr.write(`mcp-guard: warning: ${message}\n`);
  const servers = listPinStores(io, warn).map(({ name: own, command, store }) => {
    return { name: own, id: basename(store.file, '.jsonl'), command, store, book: store.read() };
  });
  if (name === undefined) return servers;
  const found = servers.filter((server) => server.name === name || server.id === name);
  if (found.length > 0) return found;
  throw new GuardError('usage', `nothing is pinned of a server ${quote(name)}`, {
    hints: [
      'mcp-guard pins list shows what is; a server is pinned when a client first lists its tools through run',
    ],
  });
}
