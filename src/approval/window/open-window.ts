import { fileURLToPath } from 'node:url';
import type { Io } from '../../io.ts';
import type { Opening } from '../../policy/policy.ts';
import { quote } from '../../policy/quote.ts';
import { findProgram } from './find-program.ts';
import { openNotification, type About } from './open-notification.ts';
import { openTmux } from './open-tmux.ts';
import { refuseWindow, startWindow, type Window } from './start-window.ts';

// The bundle lies in dist/, next to bin/.
const GUARD = fileURLToPath(new URL('../bin/mcp-guard.js', import.meta.url));

/** Starts what makes a person look at a question. Never rejects; `why` says why it could not. */
export async function openWindow(opening: Opening, about: About, io: Io): Promise<Window> {
  try {
    switch (opening.kind) {
      case 'tmux':
        return await openTmux([io.execPath, GUARD, 'approvals', '--once'], io);
      case 'notify':
        return await openNotification(about, io);
      case 'command':
        return await openCommand(opening.argv, io);
    }
  } catch (error) {
    return refuseWindow(error instanceof Error ? error.message : String(error));
  }
}

async function openCommand([name = '', ...args]: readonly string[], io: Io): Promise<Window> {
  const file = findProgram(name, io);
  if (file !== null) return startWindow({ file, args, env: io.env, cwd: io.cwd, isWindow: false });
  const hint = /[/\\]/.test(name)
    ? 'write its whole path'
    : 'write its whole path, as clients start servers with a short PATH';
  return refuseWindow(`there is no program ${quote(name)}; ${hint}`);
}
