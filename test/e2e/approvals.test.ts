import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bundleFixtures } from '../helpers/bundle.ts';
import { AskingGuard } from '../helpers/asking-guard.ts';
import { Pty, type PtyOptions } from '../helpers/pty.ts';

const QUIET = 'nothing waits for an answer';
const STANDS = 'no answer in';
const ENTERED = '\x1b[?1049h';
const LEFT = '\x1b[?1049l';
const fixtures = bundleFixtures('approvals', 'asking-guard');

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'mcp-guard-console-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

function startGuard(home: string, server = 'mq'): Promise<AskingGuard> {
  return AskingGuard.start(fixtures.path('asking-guard'), home, server);
}

function open(home: string, args: readonly string[] = [], { env = {}, ...options }: PtyOptions = {}): Pty {
  const command = [process.execPath, fixtures.path('approvals'), ...args];
  return new Pty(command, { ...options, env: { MCP_GUARD_HOME: home, ...env } });
}

/** A shell line with the console in it as `$NODE $CONSOLE`. */
function script(home: string, line: string): Pty {
  const env = { MCP_GUARD_HOME: home, NODE: process.execPath, CONSOLE: fixtures.path('approvals') };
  return new Pty(['/bin/bash', '--norc', '-c', line], { env });
}

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** In a session of its own, so without a terminal, as a program calls it. */
async function run(home: string, args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [fixtures.path('approvals'), ...args], {
    env: { PATH: process.env['PATH'], MCP_GUARD_HOME: home },
    detached: true,
  });
  child.stdin.on('error', () => {}).end('y\n'.repeat(1_000));
  const [stdout, stderr, [code]] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

describe('the console', () => {
  test('shows the question of a guard, and takes its answer to it', async () => {
    const home = makeHome();
    const pty = open(home);
    await pty.waitFor('no guard runs');
    const guard = await startGuard(home);
    await pty.waitFor('12 allowed     3 refused');
    guard.tell({ ask: 'k', tool: 'drop', arguments: { name: 'orders' } });
    await pty.waitFor('run drop on mq?');
    await pty.waitFor('│ name: "orders"');
    expect(pty.raw).toContain('\x07');
    await pty.press('y', 'drop on mq: allowed once in a console');
    expect(await guard.hears('answer')).toEqual({
      answer: 'k',
      choice: { kind: 'yes', scope: 'once', lasts: { kind: 'session' } },
    });
    await pty.waitFor(QUIET);
    pty.type('q');
    expect(await pty.exit).toBe(0);
  });

  test('shows the questions of all guards, and says in which somebody looks', async () => {
    const home = makeHome();
    const [one, other] = [await startGuard(home, 'mq'), await startGuard(home, 'rabbit')];
    one.tell({ ask: 'a', tool: 'first' });
    const pty = open(home);
    await pty.waitFor('run first on mq?');
    other.tell({ ask: 'b', tool: 'second' });
    await pty.waitFor('  second');
    expect(pty.text).toContain('run first on mq?');
    pty.type('\x1b[B');
    await pty.waitFor('run second on rabbit?');
    expect(await other.hears('attend')).toEqual({ attend: 'b' });
    await pty.press('n', 'second on rabbit: refused in a console');
    await pty.waitFor('run first on mq?');
    expect(one.heard.filter((heard) => 'answer' in heard)).toEqual([]);
  });

  test('lets a question go that was answered elsewhere, and those of a guard that was killed', async () => {
    const home = makeHome();
    const guard = await startGuard(home);
    for (const key of ['a', 'b']) guard.tell({ ask: key, tool: `tool_${key}` });
    const pty = open(home);
    await pty.waitFor('run tool_a on mq?');
    guard.tell({ close: 'a', how: 'allowed once in the terminal' });
    await pty.waitFor('tool_a on mq: allowed once in the terminal');
    await pty.waitFor('run tool_b on mq?');
    guard.kill();
    await pty.waitFor('mq is gone, and its question with it');
    await pty.waitFor('no guard runs');
    expect(guard.heard.filter((heard) => 'answer' in heard)).toEqual([]);
  });

  test('has one answer where two look', async () => {
    const home = makeHome();
    const guard = await startGuard(home);
    guard.tell({ ask: 'a', tool: 'drop' });
    const [one, other] = [open(home), open(home)];
    await Promise.all([one.waitFor(STANDS), other.waitFor(STANDS)]);
    await one.press('y', 'allowed once in a console');
    await other.waitFor('allowed once in a console');
    expect(guard.heard.filter((heard) => 'answer' in heard)).toHaveLength(1);
  });

  test('pauses every guard with p, and lifts it with p and y', async () => {
    const home = makeHome();
    const [one, other] = [await startGuard(home, 'mq'), await startGuard(home, 'rabbit')];
    one.tell({ ask: 'a', tool: 'drop' });
    const pty = open(home);
    await pty.waitFor(STANDS);
    await pty.press('p', 'PAUSED: every guard refuses every call');
    const isOn = (heard: object): boolean => 'paused' in heard && heard.paused === true;
    await Promise.all([one.hears('paused', isOn), other.hears('paused', isOn)]);
    expect(existsSync(join(home, 'state', 'paused'))).toBe(true);
    await pty.press('p', 'Lift the pause?');
    await pty.press('y', STANDS);
    await one.hears('paused', (heard) => !isOn(heard));
    expect(existsSync(join(home, 'state', 'paused'))).toBe(false);
    await pty.waitFor(() => !pty.text.includes('PAUSED'));
  });

  test('is drawn anew at another size', async () => {
    const home = makeHome();
    const guard = await startGuard(home);
    guard.tell({ ask: 'a', tool: 'drop', arguments: { text: 'x'.repeat(60) } });
    const pty = open(home);
    await pty.waitFor(`"${'x'.repeat(60)}"`);
    pty.resize(40, 14);
    await pty.waitFor('»');
    expect(pty.text).toContain('run drop on mq?');
    await pty.press('n', 'refused in a console');
  });

  test('is text alone where the terminal can only print', async () => {
    const home = makeHome();
    const guard = await startGuard(home);
    guard.tell({ ask: 'a', tool: 'drop', arguments: { text: 'a\x1b[2J' } });
    const pty = open(home, [], { env: { TERM: 'dumb' } });
    await pty.waitFor('run drop on mq?');
    await pty.press('y', 'allowed once in a console');
    await guard.hears('answer');
    pty.type('q');
    expect(await pty.exit).toBe(0);
    expect(pty.raw).not.toContain('\x1b');
  });
});

describe('for one question', () => {
  test('it waits, takes the answer, leaves and says what came of it', async () => {
    const home = makeHome();
    const guard = await startGuard(home);
    const pty = open(home, ['--once']);
    await pty.waitFor(QUIET);
    for (const key of ['a', 'b']) guard.tell({ ask: key, tool: `tool_${key}` });
    await pty.waitFor(STANDS);
    await pty.press('n', 'mcp-guard: tool_a on mq: refused in a console');
    expect(await pty.exit).toBe(0);
    expect(guard.heard.filter((heard) => 'answer' in heard)).toHaveLength(1);
  });

  test('it leaves when that is closed elsewhere', async () => {
    const home = makeHome();
    const guard = await startGuard(home);
    guard.tell({ ask: 'a', tool: 'drop' });
    const pty = open(home, ['--once']);
    await pty.waitFor(STANDS);
    guard.tell({ close: 'a', how: 'the client gave the call up' });
    await pty.waitFor('mcp-guard: drop on mq: the client gave the call up');
    expect(await pty.exit).toBe(0);
  });
});

describe('what is typed elsewhere', () => {
  test('answers nothing: stdin is never read', async () => {
    const home = makeHome();
    const guard = await startGuard(home);
    guard.tell({ ask: 'a', tool: 'drop' });
    const pty = script(home, 'yes y | "$NODE" "$CONSOLE" --once; echo code ${PIPESTATUS[1]}');
    await pty.waitFor(STANDS);
    await pty.press('n', 'code 0');
    expect((await guard.hears('answer'))['choice']).toEqual({ kind: 'no', message: null });
  });

  test('answers nothing: keys from before the question are not for it', async () => {
    const home = makeHome();
    const guard = await startGuard(home);
    const pty = open(home);
    await pty.waitFor(QUIET);
    pty.type('y');
    guard.tell({ ask: 'a', tool: 'drop' });
    await pty.waitFor(STANDS);
    await pty.press('n', 'refused in a console');
    expect((await guard.hears('answer'))['choice']).toEqual({ kind: 'no', message: null });
  });

  test.each([
    ['pasted text', 'yyy'],
    ['Enter', '\r'],
    ['a pasted y', '\x1b[200~y\x1b[201~'],
    ['arrows', '\x1b[A\x1b[B'],
  ])('answers nothing: %s', async (_, keys) => {
    const home = makeHome();
    const guard = await startGuard(home);
    guard.tell({ ask: 'a', tool: 'drop' });
    const pty = open(home);
    await pty.waitFor(STANDS);
    pty.type(keys);
    await pty.press('n', 'refused in a console');
    expect((await guard.hears('answer'))['choice']).toEqual({ kind: 'no', message: null });
  });

  test('needs a terminal, and says what does not', async () => {
    const home = makeHome();
    expect(await run(home, [])).toEqual({
      code: 1,
      stdout: '',
      stderr: [
        'mcp-guard: error: approvals needs a terminal to show questions and read keys in: there is none here',
        'mcp-guard: hint: run it in a terminal window',
        'mcp-guard: hint: `mcp-guard approvals --list` prints what waits, wherever it runs\n',
      ].join('\n'),
    });
  });
});

describe('the terminal is as it was', () => {
  const line =
    '"$NODE" "$CONSOLE" & pid=$!; echo "is $pid"; fg >/dev/null; echo "left $? $(stty -a | grep -oE -- "-?(icanon|echo) " | xargs)"';

  function openInShell(home: string): Pty {
    return script(home, `set -m; ${line}`);
  }

  test.each<[end: string, code: number, act: (pty: Pty, pid: number) => void]>([
    ['q', 0, (pty) => pty.type('q')],
    ['Ctrl+C', 130, (pty) => pty.type('\x03')],
    ['SIGTERM', 143, (_, pid) => process.kill(pid, 'SIGTERM')],
    ['SIGHUP', 129, (_, pid) => process.kill(pid, 'SIGHUP')],
    ['a crash', 7, (_, pid) => process.kill(pid, 'SIGUSR2')],
  ])('after %s', async (_, code, act) => {
    const home = makeHome();
    const guard = await startGuard(home);
    guard.tell({ ask: 'a', tool: 'drop' });
    const pty = openInShell(home);
    await pty.waitFor(STANDS);
    const [, pid] = /is (\d+)/.exec(pty.raw) ?? [];
    act(pty, Number(pid));
    await pty.waitFor('left ');
    expect(pty.text).toMatch(new RegExp(`left ${code === 7 ? '[17]' : code} icanon echo`));
    expect(pty.raw.split(ENTERED)).toHaveLength(pty.raw.split(LEFT).length);
    expect(pty.raw.lastIndexOf('\x1b[?25h')).toBeGreaterThan(pty.raw.lastIndexOf('\x1b[?25l'));
    await guard.hears('consoles', (heard) => heard['consoles'] === 0);
    expect(guard.heard.filter((heard) => 'answer' in heard)).toEqual([]);
  });

  test('while it is stopped with Ctrl+Z, and it comes back with the question', async () => {
    const home = makeHome();
    const guard = await startGuard(home);
    guard.tell({ ask: 'a', tool: 'drop' });
    const pty = script(
      home,
      'set -m; "$NODE" "$CONSOLE"; echo "stopped $(stty -a | grep -oE -- "-?(icanon|echo) " | xargs)"; read -r; fg >/dev/null; echo "left $?"',
    );
    await pty.waitFor(STANDS);
    pty.type('\x1a');
    await pty.waitFor('stopped icanon echo');
    pty.type('\r');
    await pty.waitFor(() => pty.raw.split(ENTERED).length === 3);
    await pty.press('y', 'allowed once in a console');
    expect(await guard.hears('answer')).toMatchObject({ answer: 'a' });
    pty.type('q');
    await pty.waitFor('left 0');
  });

  test('and nobody is left behind when the window is closed', async () => {
    const home = makeHome();
    const guard = await startGuard(home);
    guard.tell({ ask: 'a', tool: 'drop' });
    const pty = open(home);
    await pty.waitFor(STANDS);
    pty.close();
    expect(await guard.hears('consoles', (heard) => heard['consoles'] === 0)).toEqual({ consoles: 0 });
  });
});

describe('without a screen', () => {
  test('what waits is listed, and nothing is answered', async () => {
    const home = makeHome();
    const guard = await startGuard(home);
    expect((await run(home, ['--list'])).stdout).toBe('nothing waits for an answer, 1 guard asked\n');
    guard.tell({
      ask: 'secret',
      tool: 'drop',
      profile: { category: 'destructive', risk: 'high', evidence: ['the verb "drop" takes something away'] },
      arguments: { password: 'hunter2', n: 1.5, text: 'a\u202eb' },
    });
    guard.tell({ ask: 'other', tool: 'purge', isLate: true });
    const pty = open(home);
    await pty.waitFor('  purge');
    const { code, stdout } = await run(home, ['--list']);
    expect([
      code,
      stdout.split('\n').map((line) => line.replace(/^[0-9a-f]{8} /, 'ID ').replaceAll(/ +/g, ' ')),
    ]).toEqual([
      0,
      [
        'ID SERVER TOOL RISK WAITS LEFT RULE',
        expect.stringMatching(/^ID mq drop high \d+ s \d+ s tools\.drop$/),
        expect.stringMatching(/^ID mq purge \d+ s late tools\.purge$/),
        '',
      ],
    ]);
    const json = (await run(home, ['--json'])).stdout;
    expect(json).not.toMatch(/[^\n -~]/);
    expect(JSON.parse(json)).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
        guard: guard.process.pid,
        server: 'mq',
        tool: 'drop',
        arguments: { password: '[redacted]', n: 1.5, text: 'a\u202eb' },
        rule: 'tools.drop',
        reason: null,
        category: 'destructive',
        risk: 'high',
        waitingMs: expect.any(Number) as number,
        expiresInMs: expect.any(Number) as number,
        late: false,
      },
      expect.objectContaining({ tool: 'purge', arguments: null, category: null, risk: null, late: true }),
    ]);
    expect(guard.heard.filter((heard) => 'answer' in heard)).toEqual([]);
  });

  test('remembered answers are listed and revoked', async () => {
    const home = makeHome();
    const guard = await startGuard(home);
    expect((await run(home, ['grants'])).stdout.replaceAll(/ +/g, ' ')).toBe(
      'ID SERVER TOOL COVERS LEFT RULE\ngranted00001 mq list_queues any call 4 calls default\n',
    );
    expect(JSON.parse((await run(home, ['grants', '--json'])).stdout)).toHaveLength(1);
    expect(await run(home, ['revoke', 'nobody', 'granted00001'])).toEqual({
      code: 1,
      stdout: 'revoked granted00001: list_queues on mq\n',
      stderr:
        'mcp-guard: error: no remembered answer has the id "nobody"\nmcp-guard: hint: `mcp-guard approvals grants` lists them\n',
    });
    expect(await guard.hears('revoke')).toEqual({ revoke: 'granted00001' });
    expect(await run(home, ['grants'])).toEqual({ code: 0, stdout: 'nothing is remembered\n', stderr: '' });
    expect(await run(home, ['revoke', '--all'])).toEqual({
      code: 0,
      stdout: 'nothing is remembered\n',
      stderr: '',
    });
  });
});
