import { spawn } from 'node:child_process';
import type { Io } from '../io.ts';

/**
 * Ends the server's process group when the guard can no longer do it, even killed by SIGKILL: half of the servers
 * tried do not leave by themselves when their stdin closes. A shell that waits on a pipe costs 0.4 MB; a second Node
 * would cost forty. It ignores the signals that reach the guard's own group and closes what it inherited, so that it
 * holds nobody's pipe open. Containers, and children that made a session of their own, survive.
 */
const SCRIPT = [
  "trap '' HUP INT TERM QUIT",
  'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-',
  'IFS= read -r group || exit 0',
  'IFS= read -r word',
  '[ "$word" = done ] && exit 0',
  'kill -TERM "-$group" || exit 0',
  'sleep 1',
  'kill -KILL "-$group"',
].join('; ');

export interface Watcher {
  /** Names the group to end; to be called in the tick of its start. */
  watch(group: number): void;
  /** The group has ended, nothing is left to do. */
  release(): void;
}

/** Starts the watcher, before the server so that no moment is unwatched. Does nothing on Windows, which has no groups. */
export function startWatcher(io: Io): Watcher {
  if (io.platform === 'win32') return { watch() {}, release() {} };
  const child = spawn('/bin/sh', ['-c', SCRIPT], {
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // A machine without /bin/sh runs unwatched; an EPIPE means the watcher was killed, and there is nobody to tell.
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return {
    watch: (group) => void child.stdin.write(`${group}\n`),
    release: () => void child.stdin.end('done\n'),
  };
}
