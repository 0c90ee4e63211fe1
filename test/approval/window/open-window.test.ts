import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWindow } from '../../../src/approval/window/open-window.ts';
import type { Io } from '../../../src/io.ts';
import { createFakeIo } from '../../helpers/fake-io.ts';

const ABOUT = { server: 'amazon-mq', tool: 'create_broker' };

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mcp-guard-test-'));
  mkdirSync(join(home, 'bin'));
  mkdirSync(join(home, 'cwd'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function outside(env: Record<string, string> = {}, platform: NodeJS.Platform = 'linux'): Io {
  const base = createFakeIo(home, { cwd: join(home, 'cwd'), env: { PATH: join(home, 'bin'), ...env } });
  return { ...base, platform };
}

/** A program that writes down what it was started with, and does what the script says. */
function install(name: string, script = 'exit 0', folder = 'bin'): void {
  const record = join(home, `${name}.started`);
  const text = `#!/bin/sh
{ for each in "$@"; do printf '<%s>\\n' "$each"; done; pwd; echo "$SEEN"; } > ${record}.new
/bin/mv ${record}.new ${record}
${script}
`;
  writeFileSync(join(home, folder, name), text, { mode: 0o755 });
}

/** What the program was started with, once it was. */
async function started(name: string): Promise<string[]> {
  const record = join(home, `${name}.started`);
  await new Promise<void>((resolve) => {
    const look = () => {
      if (!existsSync(record)) return;
      watcher.close();
      resolve();
    };
    const watcher = watch(home, look);
    look();
  });
  return readFileSync(record, 'utf8').trimEnd().split('\n');
}

/** Whether it has settled by now. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  return Promise.race([
    promise.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(resolve, false)),
  ]);
}

describe('a notification', () => {
  test('names the server and the tool, and stands for a while after the program that showed it', async () => {
    install('notify-send');
    const { why, ended } = await openWindow({ kind: 'notify' }, ABOUT, outside());
    expect(why).toBeNull();
    expect(await started('notify-send')).toEqual([
      '<--app-name=mcp-guard>',
      '<-->',
      '<mcp-guard: a call waits for your answer>',
      '<create_broker on amazon-mq; to answer: mcp-guard approvals>',
      '/',
    ]);
    expect(await isOver(ended)).toBe(false);
  });

  test.each<[string, string, string]>([
    ['markup', '<b>&amp;"</b>', '&lt;b&gt;&amp;amp;"&lt;/b&gt;'],
    ['escapes of C', String.raw`a\nb\101`, String.raw`a\\\\nb\\\\101`],
    ['what draws on a terminal', 'a\nb\u001b[2J\u202e', String.raw`a\\nb\\x1b[2J\\u{202e}`],
    ['options', '--icon=/etc/passwd', '--icon=/etc/passwd'],
    ['a name that has no end', 'x'.repeat(5_000), `${'x'.repeat(200)}... (5000 characters)`],
  ])('shows %s as text', async (_, tool, shown) => {
    install('notify-send');
    await openWindow({ kind: 'notify' }, { server: tool, tool }, outside());
    expect((await started('notify-send'))[3]).toBe(`<${shown} on ${shown}; to answer: mcp-guard approvals>`);
  });

  test('is given to AppleScript as data', async () => {
    install('osascript');
    const tool = 'x" & (do shell script "id") & "';
    await openWindow({ kind: 'notify' }, { server: '-e', tool }, outside({}, 'darwin'));
    expect(await started('osascript')).toEqual([
      '<-e>',
      '<on run argv>',
      '<-e>',
      '<display notification (item 2 of argv) with title (item 1 of argv)>',
      '<-e>',
      '<end run>',
      '<mcp-guard: a call waits for your answer>',
      `<${tool} on -e; to answer: mcp-guard approvals>`,
      '/',
    ]);
  });

  test('is said not to be there where the desktop refuses it', async () => {
    install('notify-send', 'exit 3');
    const { why, ended } = await openWindow({ kind: 'notify' }, ABOUT, outside());
    expect(why).toBe(`${join(home, 'bin', 'notify-send')}: it ended at once, with 3`);
    await ended;
  });

  test.each<[NodeJS.Platform, string]>([
    ['linux', 'no notify-send in PATH'],
    ['darwin', 'no osascript in PATH'],
    ['win32', 'notifications are not supported on Windows'],
  ])('cannot be had on %s: %s', async (platform, why) => {
    const window = await openWindow({ kind: 'notify' }, ABOUT, outside({}, platform));
    expect(window.why).toBe(why);
    await window.ended;
  });
});

describe('a command', () => {
  test('is started without a shell, in the environment and the folder of the guard', async () => {
    install('term');
    const argv = ['term', '-e', 'a b', '$(id)', '*', ''];
    const { why } = await openWindow({ kind: 'command', argv }, ABOUT, outside({ SEEN: 'yes' }));
    expect(why).toBeNull();
    expect(await started('term')).toEqual([
      '<-e>',
      '<a b>',
      '<$(id)>',
      '<*>',
      '<>',
      join(home, 'cwd'),
      'yes',
    ]);
  });

  test('is over when it ends with a complaint, however soon', async () => {
    install('term', `read line < ${join(home, 'end')}; exit 1`);
    execFileSync('mkfifo', [join(home, 'end')]);
    const { why, ended } = await openWindow({ kind: 'command', argv: ['term'] }, ABOUT, outside());
    expect([why, await isOver(ended)]).toEqual([null, false]);
    writeFileSync(join(home, 'end'), 'now\n');
    await ended;
  });

  test.each([
    ['is not there', ['none'], 'there is no program "none"; write its whole path'],
    ['stands in the working directory', ['./evil'], 'there is no program "./evil"; write its whole path'],
    [
      'stands in the working directory, which is in PATH',
      ['evil'],
      'there is no program "evil"; write its whole path',
    ],
    [
      'has a name of control characters',
      ['\u001b[2J'],
      String.raw`there is no program "\x1b[2J"; write its whole path`,
    ],
  ])('that %s is not started', async (_, argv, why) => {
    install('evil', 'exit 0', 'cwd');
    const path = `${join(home, 'cwd')}:.::${join(home, 'bin')}`;
    const window = await openWindow({ kind: 'command', argv }, ABOUT, outside({ PATH: path }));
    expect(window.why?.startsWith(why)).toBe(true);
    await window.ended;
    expect(existsSync(join(home, 'evil.started'))).toBe(false);
  });

  test('that no system can start is an answer, not a crash', async () => {
    writeFileSync(join(home, 'bin', 'junk'), '\u0000\u0001', { mode: 0o755 });
    for (const argv of [['junk'], [join(home, 'bin', 'junk'), 'a\0b'], []]) {
      const window = await openWindow({ kind: 'command', argv }, ABOUT, outside());
      expect(window.why).not.toBeNull();
      await window.ended;
    }
  });
});
