import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BIN, fixture, Guard, makeHome, readLog } from '../helpers/guard.ts';
import { Pty } from '../helpers/pty.ts';

const PATH = process.env['PATH'] ?? '';
const hasTmux = PATH.split(':').some((folder) => existsSync(join(folder, 'tmux')));
const SERVER = [process.execPath, fixture('server.js')];

function policy(open: string, timeout = '30s'): string {
  return `version: 1
default: allow
approval: { channels: [console], timeout: ${timeout}, open: ${open} }
tools:
  # of the makers
  make: require_approval # to be seen
`;
}

/** A person's terminal with tmux in it, and a client in that, which starts the guard and calls at once. */
function openClient(home: string): Pty {
  const socket = join(home, 'tmux');
  const tmux = ['tmux', '-S', socket, '-f', '/dev/null'];
  onTestFinished(() => {
    try {
      execFileSync('tmux', ['-S', socket, 'kill-server'], { stdio: 'pipe' });
    } catch {
      // It has ended with its last window.
    }
  });
  const client = [process.execPath, fixture('tmux-client.js'), BIN, fixture('server.js')];
  return new Pty([...tmux, 'new-session', '--', ...client], { env: { MCP_GUARD_HOME: home, HOME: home } });
}

function listCodes(home: string): unknown[] {
  return readLog(home).flatMap(({ event, code, approver }) =>
    event === 'call' ? [[code, approver ?? null]] : [],
  );
}

describe.skipIf(!hasTmux)('a question opens a popup over the client in tmux', () => {
  test('in which a yes lets the call run, and which is gone with it', async () => {
    const home = makeHome(policy('tmux'));
    const terminal = openClient(home);
    await terminal.waitFor('mcp-guard: run make on mq?');
    expect(terminal.text).toMatch(/┌─+┐/);
    await terminal.press('y', 'answer: {"name":"ci"}');
    await terminal.waitFor(() => !terminal.text.includes('run make on mq?'));
    expect(listCodes(home)).toEqual([['approved', 'console']]);
  });

  test('in which "always" writes the rule that it shows, and nothing else', async () => {
    const home = makeHome(policy('tmux'));
    const file = join(home, 'config', 'policy.yaml');
    const before = readFileSync(file, 'utf8');
    const terminal = openClient(home);
    await terminal.waitFor('mcp-guard: run make on mq?');
    await terminal.press('a', 'make: allow # to be seen');
    expect(readFileSync(file, 'utf8')).toBe(before);
    await terminal.press('y', 'answer: {"name":"ci"}');
    expect(readFileSync(file, 'utf8')).toBe(before.replace('make: require_approval', 'make: allow'));
  });

  test('in which a no keeps the call from the server', async () => {
    const home = makeHome(policy('tmux'));
    const terminal = openClient(home);
    await terminal.waitFor('mcp-guard: run make on mq?');
    await terminal.press('n', 'answer: ');
    expect(terminal.text).toContain('did not run make');
    expect(listCodes(home)).toEqual([['approval_denied', 'console']]);
  });
});

describe('where no window can be had', () => {
  test.each([
    ['tmux', /no window was opened for the question: (no tmux in PATH|the client does not run in tmux)/],
    ['notify', /no window was opened for the question: no notify-send in PATH/],
    [
      '[nothing, -e]',
      /no window was opened for the question: there is no program "nothing"; write its whole path/,
    ],
  ])('of %s the call is refused at once, with the reason on stderr', async (open, why) => {
    const home = makeHome(policy(open));
    const guard = new Guard({ home, command: SERVER, env: { PATH: home, TMUX: '', TMUX_PANE: '' } });
    guard.call(1, 'make');
    expect(await guard.answer(1)).toMatchObject({
      result: { isError: true, _meta: { 'io.github.mcp-guard/decision': { code: 'approval_unavailable' } } },
    });
    expect(guard.stderr).toMatch(why);
  });
});

test('a notification keeps the question waiting for whoever comes', async () => {
  const home = makeHome(policy('notify', '2s'));
  const shown = join(home, 'shown');
  writeFileSync(join(home, 'notify-send'), `#!/bin/sh\necho "$4" > ${shown}\n`, { mode: 0o755 });
  const guard = new Guard({ home, command: SERVER, env: { PATH: home } });
  guard.call(1, 'make', { name: 'secret' });
  expect(await guard.answer(1)).toMatchObject({
    result: { _meta: { 'io.github.mcp-guard/decision': { code: 'approval_timeout' } } },
  });
  expect(readFileSync(shown, 'utf8')).toBe('make on server; to answer: mcp-guard approvals\n');
});

test('a command whose window waits does not keep the guard from ending', async () => {
  const home = makeHome(policy('[/bin/sh, -c, "echo $$ > $MCP_GUARD_HOME/pid; exec sleep 600"]'));
  const guard = new Guard({ home, command: SERVER });
  guard.call(1, 'make');
  await expect
    .poll(() => existsSync(join(home, 'pid')) && readFileSync(join(home, 'pid'), 'utf8'))
    .toMatch(/\d\n/);
  guard.child.stdin.end();
  expect(await guard.exit).toBe(0);
  // The window is its own: nobody takes it from a person's screen.
  expect(process.kill(Number(readFileSync(join(home, 'pid'), 'utf8')), 'SIGKILL')).toBe(true);
});
