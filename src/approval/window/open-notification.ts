import { lstatSync } from 'node:fs';
import type { Io } from '../../io.ts';
import { findProgram } from './find-program.ts';
import { refuseWindow, startWindow, type Window } from './start-window.ts';
import { renderVisible } from '../card/visible.ts';

/** What a word on the desktop may name. Arguments are not among it: others see the screen too. */
export interface About {
  readonly server: string;
  readonly tool: string;
}

const TITLE = 'mcp-guard: a call waits for your answer';
const MOST_SHOWN = 200;
/** Constant: what it says comes in as arguments, which no AppleScript is read from. */
const SCRIPT = [
  'on run argv',
  'display notification (item 2 of argv) with title (item 1 of argv)',
  'end run',
].flatMap((line) => ['-e', line]);
const MARKUP: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** Says on the desktop that a question waits. */
export async function openNotification(about: About, io: Io): Promise<Window> {
  if (io.platform === 'win32') return refuseWindow('notifications are not supported on Windows');
  const name = io.platform === 'darwin' ? 'osascript' : 'notify-send';
  const file = findProgram(name, io);
  if (file === null) return refuseWindow(`no ${name} in PATH`);
  const body = `${show(about.tool)} on ${show(about.server)}; to answer: mcp-guard approvals`;
  const args =
    io.platform === 'darwin'
      ? [...SCRIPT, TITLE, body]
      : ['--app-name=mcp-guard', '--', TITLE, escapeBody(body)];
  return startWindow({ file, args, env: findBus(io), cwd: '/', isWindow: false });
}

function show(text: string): string {
  const visible = renderVisible(text.slice(0, MOST_SHOWN));
  return text.length > MOST_SHOWN ? `${visible}... (${text.length} characters)` : visible;
}

/** The body is markup, and notify-send reads backslashes in it as C does. */
function escapeBody(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll(/[&<>]/g, (sign) => MARKUP.get(sign) ?? '');
}

/** Clients start servers without the desktop's variables; its bus has a place of its own. */
function findBus({ env, uid }: Io): Io['env'] {
  if (env['DBUS_SESSION_BUS_ADDRESS'] !== undefined || uid === null) return env;
  const path = `/run/user/${uid}/bus`;
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isSocket() === true && found.uid === uid
    ? { ...env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` }
    : env;
}
