import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** `stty` by an absolute path: nothing that the working directory or PATH holds is run. */
const PLACES = ['/bin/stty', '/usr/bin/stty'];
const LIMIT_MS = 2_000;
const ENV = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };

/**
 * Keys one by one and unseen, with the signals of Ctrl+C and Ctrl+Z alive. Not raw mode: who sits there can always end
 * the guard and its client.
 */
const KEY_BY_KEY = ['-icanon', '-echo', 'min', '1', 'time', '0'];

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Whether lines are read and echoed: a full-screen program, or a line editor, has a terminal that does neither. */
export async function isCanonical(fd: number): Promise<boolean> {
  const words = (await stty(fd, ['-a'])).split(/[\s;]+/);
  return words.includes('icanon') && words.includes('echo');
}

/** All settings, in stty's own words. */
export async function readSettings(fd: number): Promise<string> {
  return (await stty(fd, ['-g'])).trim();
}

/** Columns and rows, 0 where the terminal does not know. */
export async function readSize(fd: number): Promise<Size> {
  const [rows = 0, columns = 0] = (await stty(fd, ['size'])).trim().split(' ').map(Number);
  return { columns, rows };
}

export async function setKeyByKey(fd: number): Promise<void> {
  await stty(fd, KEY_BY_KEY);
}

/**
 * Puts the settings back, unless they are no longer `ours`: then the terminal is somebody else's. Null: in any case. Synchronous, so that
 * no end of the guard comes in between. Signals are ignored: Ctrl+C must not end it half way, and SIGTTOU would stop
 * the whole group when it is in the background.
 */
export function restoreSettings(fd: number, saved: string, ours: string | null): void {
  const stty = findStty();
  const script = `trap '' TTOU INT QUIT HUP TSTP; [ -z "$2" ] || [ "$("$1" -g)" = "$2" ] && exec "$1" "$3"`;
  spawnSync('/bin/sh', ['-c', script, 'sh', stty, ours ?? '', saved], {
    stdio: [fd, 'ignore', 'ignore'],
    timeout: LIMIT_MS,
    env: ENV,
  });
}

function findStty(): string {
  const found = PLACES.find((place) => existsSync(place));
  if (found === undefined) throw new Error('there is no stty on this machine');
  return found;
}

async function stty(fd: number, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(findStty(), args, { stdio: [fd, 'pipe', 'ignore'], timeout: LIMIT_MS, env: ENV });
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(text);
      else reject(new Error(`stty ${args.join(' ')} failed`));
    });
  });
}
