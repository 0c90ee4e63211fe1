import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openTmux } from '../../../src/approval/window/open-tmux.ts';
import type { Io } from '../../../src/io.ts';
import { createFakeIo } from '../../helpers/fake-io.ts';
import { Pty } from '../../helpers/pty.ts';

const UID = process.getuid?.() ?? 0;
const PATH = process.env['PATH'] ?? '';
const hasTmux = PATH.split(':').some((folder) => existsSync(join(folder, 'tmux')));

/** A tmux server of its own, gone when the test is over. */
class Tmux {
  readonly home = mkdtempSync(join(tmpdir(), 'mcp-guard-test-'));
  readonly socket = join(this.home, `tmux-${UID}`, 'default');

  constructor() {
    mkdirSync(join(this.home, `tmux-${UID}`), { mode: 0o700 });
    onTestFinished(() => {
      try {
        this.run('kill-server');
      } catch {
        // Nothing was started, or it is gone.
      }
      rmSync(this.home, { recursive: true, force: true });
    });
  }

  run(...args: string[]): string {
    const env = { PATH, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
    return execFileSync('tmux', ['-S', this.socket, ...args], {
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  }

  /** A session that runs the script, and its pane. */
  start(script = 'cat'): string {
    this.run('-f', '/dev/null', 'new-session', '-d', '-s', 'work', '-x', '80', '-y', '24', script);
    return this.run('display-message', '-p', '-t', 'work', '#{pane_id}');
  }

  /** Somebody's terminal, attached to the session and drawn. */
  async attach(wanted = '[work]'): Promise<Pty> {
    const terminal = new Pty(['tmux', '-S', this.socket, 'attach-session', '-t', 'work'], { env: { PATH } });
    await terminal.waitFor(wanted);
    return terminal;
  }

  io(env: Record<string, string>, rest: Partial<Io> = {}): Io {
    return { ...createFakeIo(this.home, { env: { PATH, ...env } }), ...rest };
  }
}

/** A program that shows something in the popup until a key is pressed. */
function hello(says: string): string[] {
  return ['/bin/sh', '-c', `echo "${says}"; read -r _`];
}

describe.skipIf(!hasTmux)('a popup', () => {
  test('stands over the pane that the client runs in, until its program ends', async () => {
    const tmux = new Tmux();
    const pane = tmux.start();
    const terminal = await tmux.attach();
    const io = tmux.io({
      TMUX: `${tmux.socket},1,0`,
      TMUX_PANE: pane,
      MCP_GUARD_HOME: 'gu;ard;',
      HOME: '/ho me',
    });
    const { why, ended } = await openTmux(hello('[$MCP_GUARD_HOME] [$HOME] [$PWD]'), io);
    expect(why).toBeNull();
    await terminal.waitFor(`[${tmux.home}/gu;ard;] [/ho me] [/]`);
    expect(terminal.text).toMatch(/┌─+┐/);
    terminal.type('\r');
    await ended;
    await terminal.waitFor(() => !terminal.text.includes('gu;ard'));
  });

  test('is found from below, where the client kept TMUX to itself', async () => {
    const tmux = new Tmux();
    tmux.start(`env -i sh -c 'cat <&3 & echo $! > ${tmux.home}/pid; echo up; wait' 3<&0`);
    const terminal = await tmux.attach('up');
    const pid = Number(readFileSync(join(tmux.home, 'pid'), 'utf8'));
    // On systems without /proc the tmux server tells, which has a place of its own here.
    const platforms: NodeJS.Platform[] = process.platform === 'linux' ? ['linux', 'darwin'] : ['darwin'];
    for (const platform of platforms) {
      const io = tmux.io({ TMUX_TMPDIR: tmux.home }, { pid, platform });
      const { why, ended } = await openTmux(hello(`hello ${platform}`), io);
      expect(why).toBeNull();
      await terminal.waitFor(`hello ${platform}`);
      terminal.type('\r');
      await ended;
    }
  });

  test('is shown to the terminal that was used last', async () => {
    const tmux = new Tmux();
    const pane = tmux.start();
    const [first, second] = [await tmux.attach(), await tmux.attach()];
    // Times are whole seconds, and a terminal counts as used when it is attached.
    const used = () => new Set(tmux.run('list-clients', '-F', '#{client_activity}').split('\n')).size;
    const typing = setInterval(() => second.type('x'), 50);
    onTestFinished(() => clearInterval(typing));
    await expect.poll(used, { timeout: 4_000 }).toBe(2);
    clearInterval(typing);
    const { ended } = await openTmux(
      hello('over here'),
      tmux.io({ TMUX: `${tmux.socket},1,0`, TMUX_PANE: pane }),
    );
    await second.waitFor('over here');
    expect(first.text).not.toContain('over here');
    second.type('\r');
    await ended;
  });

  test('is none where another one stands', async () => {
    const tmux = new Tmux();
    const pane = tmux.start();
    const terminal = await tmux.attach();
    const io = tmux.io({ TMUX: `${tmux.socket},1,0`, TMUX_PANE: pane });
    const first = await openTmux(hello('the first'), io);
    await terminal.waitFor('the first');
    const second = await openTmux(hello('the second'), io);
    expect(second.why).toMatch(/tmux: it ended at once, with 0$/);
    await second.ended;
    terminal.type('\r');
    await first.ended;
  });

  test('is none where nobody is attached', async () => {
    const tmux = new Tmux();
    const pane = tmux.start();
    const { why } = await openTmux(hello('x'), tmux.io({ TMUX: `${tmux.socket},1,0`, TMUX_PANE: pane }));
    expect(why).toBe('nobody is attached to the tmux session of the client');
  });

  test.each<[string, (tmux: Tmux, pane: string) => Record<string, string>]>([
    ['there is no tmux', () => ({})],
    ['the socket is gone', ({ home }, pane) => ({ TMUX: `${home}/gone,1,0`, TMUX_PANE: pane })],
    ['the socket is a file', ({ home }, pane) => ({ TMUX: `${home}/file,1,0`, TMUX_PANE: pane })],
    [
      'the socket is relative',
      ({ socket }, pane) => ({ TMUX: `${relative('.', socket)},1,0`, TMUX_PANE: pane }),
    ],
    ['the pane is none', ({ socket }) => ({ TMUX: `${socket},1,0`, TMUX_PANE: '-t' })],
  ])('is none where %s', async (_, env) => {
    const tmux = new Tmux();
    const pane = tmux.start();
    writeFileSync(join(tmux.home, 'file'), '');
    const io = tmux.io({ TMUX_TMPDIR: join(tmux.home, 'none'), ...env(tmux, pane) }, { pid: 1 });
    const { why } = await openTmux(hello('x'), io);
    expect(why).toBe('the client does not run in tmux');
  });

  test("is none in somebody else's tmux", async () => {
    const tmux = new Tmux();
    const pane = tmux.start();
    const env = { TMUX: `${tmux.socket},1,0`, TMUX_PANE: pane };
    const { why } = await openTmux(hello('x'), tmux.io(env, { pid: 1, uid: UID + 1 }));
    expect(why).toBe('the client does not run in tmux');
  });
});

test.each<[string, string | null]>([
  ['tmux 2.9', 'popups need tmux 3.2 or later, and here is tmux 2.9'],
  ['tmux 3.1c', 'popups need tmux 3.2 or later, and here is tmux 3.1c'],
  ['nonsense', 'popups need tmux 3.2 or later, and here is nonsense'],
  ['tmux 3.2a', 'the client does not run in tmux'],
  ['tmux 4.0', 'the client does not run in tmux'],
  ['tmux next-3.6', 'the client does not run in tmux'],
  ['tmux master', 'the client does not run in tmux'],
  ['tmux openbsd-7.4', 'the client does not run in tmux'],
])('of %s it says: %s', async (version, says) => {
  const tmux = new Tmux();
  writeFileSync(join(tmux.home, 'tmux'), `#!/bin/sh\n[ "$1" = -V ] && echo '${version}'\n`, { mode: 0o755 });
  const io = { ...tmux.io({ PATH: tmux.home }, { pid: 1 }), cwd: '/' };
  expect((await openTmux(hello('x'), io)).why).toBe(says);
});

test('says that there is no tmux', async () => {
  const io = createFakeIo('/', { env: { PATH: '/none' } });
  expect((await openTmux(hello('x'), io)).why).toBe('no tmux in PATH');
});
