import { lstatSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Io } from '../../io.ts';
import { listAncestors, readVariables } from './ancestors.ts';

/** A pane of tmux, and the server it is in. */
export interface Pane {
  readonly socket: string;
  /** `%5` */
  readonly pane: string;
}

/** Runs one command of tmux and gives what it says; null where it fails. */
export type Tmux = (args: readonly string[]) => Promise<string | null>;

const NAMES = ['TMUX', 'TMUX_PANE'];

/**
 * The pane that this process, or one of those that started it, runs in; null where there is none. Clients start servers
 * without TMUX, so the processes above are asked for theirs, and where these do not tell, the usual tmux server.
 */
export async function findPane(io: Io, tmux: Tmux): Promise<Pane | null> {
  const own = readPane(new Map(NAMES.flatMap((name) => [[name, io.env[name] ?? '']])), io);
  if (own !== null) return own;
  const ancestors = await listAncestors(io);
  for (const pid of io.platform === 'linux' ? ancestors : []) {
    const pane = readPane(await readVariables(pid, NAMES), io);
    if (pane !== null) return pane;
  }
  return matchPane(ancestors, io, tmux);
}

/** `TMUX` is the socket, the server's process and a session's number: `/tmp/tmux-1000/default,3512,0`. */
function readPane(variables: ReadonlyMap<string, string>, io: Pick<Io, 'uid'>): Pane | null {
  const [, socket = ''] = /^(.*),\d+,\d+$/s.exec(variables.get('TMUX') ?? '') ?? [];
  return checkPane(socket, variables.get('TMUX_PANE') ?? '', io);
}

async function matchPane(ancestors: readonly number[], io: Io, tmux: Tmux): Promise<Pane | null> {
  const listed = (await tmux(['list-panes', '-a', '-F', '#{pane_pid} #{pane_id} #{socket_path}'])) ?? '';
  const panes = listed.split('\n').flatMap((line) => {
    const [, pid, pane = '', socket = ''] = /^(\d+) (%\d+) (.+)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), pane, socket }];
  });
  for (const ancestor of ancestors) {
    const found = panes.find(({ pid }) => pid === ancestor);
    if (found !== undefined) return checkPane(found.socket, found.pane, io);
  }
  return null;
}

/** Whoever owns the server behind the socket sees what is shown there. */
function checkPane(socket: string, pane: string, { uid }: Pick<Io, 'uid'>): Pane | null {
  if (!isAbsolute(socket) || !/^%\d+$/.test(pane)) return null;
  const found = lstatSync(socket, { throwIfNoEntry: false });
  return found?.isSocket() === true && found.uid === uid ? { socket, pane } : null;
}
