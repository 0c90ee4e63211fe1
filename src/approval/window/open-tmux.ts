import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import type { Io } from '../../io.ts';
import { findPane, type Pane, type Tmux } from './find-pane.ts';
import { findProgram } from './find-program.ts';
import { refuseWindow, startWindow, type Window } from './start-window.ts';

const LIMIT_MS = 2_000;
const OLDEST = { major: 3, minor: 2 };
const ENV = '/usr/bin/env';

/** Runs the command in a popup over the tmux pane that the client runs in. */
export async function openTmux(command: readonly string[], io: Io): Promise<Window> {
  const file = findProgram('tmux', io);
  if (file === null) return refuseWindow('no tmux in PATH');
  const run: Tmux = (args) => runTmux(file, args, io);
  const version = await run(['-V']);
  if (version === null || !hasPopups(version))
    return refuseWindow(`popups need tmux 3.2 or later, and here is ${version?.trim() ?? 'one that fails'}`);
  const pane = await findPane(io, run);
  if (pane === null) return refuseWindow('the client does not run in tmux');
  const client = await findClient(pane, run);
  if (client === null) return refuseWindow('nobody is attached to the tmux session of the client');
  const place = ['-c', client, '-t', pane.pane, '-d', '/', '-w', '90%', '-h', '80%'];
  const args = [
    '-S',
    pane.socket,
    'display-popup',
    '-E',
    ...place,
    ...wrapCommand(command, io).map(escapeArgument),
  ];
  return startWindow({ file, args, env: io.env, cwd: '/', isWindow: true });
}

/** tmux starts it with the environment of the tmux server, which may know nothing of the guard's. */
function wrapCommand(command: readonly string[], { env, cwd }: Io): string[] {
  const { HOME: home, MCP_GUARD_HOME: moved = '' } = env;
  return [
    ENV,
    // As it was meant where the guard was started.
    ...(moved === '' ? ['-u', 'MCP_GUARD_HOME'] : [`MCP_GUARD_HOME=${resolve(cwd, moved)}`]),
    ...(home === undefined ? [] : [`HOME=${home}`]),
    ...command,
  ];
}

/** An argument that ends in a semicolon ends the command for tmux. */
function escapeArgument(argument: string): string {
  return argument.replace(/;$/, String.raw`\;`);
}

/** `tmux 3.3a`, `tmux next-3.5`, `tmux openbsd-7.4`, which is numbered as its system. */
function hasPopups(version: string): boolean {
  const [, system, major, minor] = /^tmux (?:([a-z]+)-)?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return version.startsWith('tmux master');
  if (system === 'openbsd') return true;
  return Number(major) > OLDEST.major || (Number(major) === OLDEST.major && Number(minor) >= OLDEST.minor);
}

/** Where somebody looks at the pane's session: the terminal that was used last. */
async function findClient({ socket, pane }: Pane, tmux: Tmux): Promise<string | null> {
  const session = (await tmux(['-S', socket, 'display-message', '-p', '-t', pane, '#{session_id}']))?.trim();
  if (session === undefined || !/^\$\d+$/.test(session)) return null;
  const format = '#{client_control_mode} #{client_activity} #{client_name}';
  const listed = (await tmux(['-S', socket, 'list-clients', '-t', session, '-F', format])) ?? '';
  const clients = listed.split('\n').flatMap((line) => {
    // A client in control mode is a program, and draws no popups.
    const [, activity, name] = /^0? (\d+) (.+)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, activity: Number(activity) }];
  });
  return clients.toSorted((a, b) => b.activity - a.activity)[0]?.name ?? null;
}

function runTmux(file: string, args: readonly string[], { env }: Io): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { timeout: LIMIT_MS, cwd: '/', env };
    execFile(file, args, options, (error, stdout) => resolve(error === null ? stdout : null));
  });
}
