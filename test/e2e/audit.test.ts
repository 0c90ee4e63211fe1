import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BIN, fixture, Guard, makeHome, readWholeLog } from '../helpers/guard.ts';

const SERVER = [process.execPath, fixture('server.js')];

function start(home: string): Guard {
  return new Guard({ home, options: ['--name', 'mq'], command: SERVER });
}

async function call(guard: Guard, id: number, args: object = { text: 'x' }): Promise<unknown> {
  guard.call(id, 'echo', args);
  const { result } = await guard.answer(id);
  const meta = result?.['_meta'] as Record<string, { code: string }> | undefined;
  return meta?.['io.github.mcp-guard/decision']?.code ?? 'ran';
}

function mcpGuard(home: string, ...args: string[]): { code: number; stdout: string } {
  const env = { ...process.env, MCP_GUARD_HOME: home, TZ: 'UTC', LANG: 'C.UTF-8' };
  try {
    return { code: 0, stdout: execFileSync(process.execPath, [BIN, ...args], { env, encoding: 'utf8' }) };
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string };
    return { code: status, stdout };
  }
}

describe('what becomes of the log while a guard runs', () => {
  test.each<[string, (folder: string, file: string) => void]>([
    ['its file is moved away', (_, file) => renameSync(file, `${file}.1`)],
    ['its file is deleted', (_, file) => rmSync(file)],
    ['its folder is deleted', (folder) => rmSync(folder, { recursive: true })],
    ['its file is emptied', (_, file) => writeFileSync(file, '')],
    ['somebody writes into it', (_, file) => appendFileSync(file, '{"event":"call"}\n')],
  ])('%s: the next call is in another file, which names the first', async (_, change) => {
    const home = makeHome('version: 1\ndefault: allow\n');
    const folder = join(home, 'state', 'audit');
    const guard = start(home);
    expect(await call(guard, 1)).toBe('ran');
    const [name = ''] = readdirSync(folder);
    change(folder, join(folder, name));
    expect(await call(guard, 2)).toBe('ran');
    const next = readdirSync(folder).find((one) => one.endsWith('.2.jsonl')) ?? '';
    const lines = readFileSync(join(folder, next), 'utf8').split('\n').filter(Boolean);
    expect(lines.map((line) => JSON.parse(line) as object).slice(0, 2)).toMatchObject([
      { event: 'start', part: 2, previous: [{ file: name }] },
      { event: 'call', id: 2 },
    ]);
  });

  test('its folder cannot be made: calls are refused, everything else flows, and calls run again when it can', async () => {
    const home = makeHome('version: 1\ndefault: allow\n');
    mkdirSync(join(home, 'state'), { mode: 0o700 });
    writeFileSync(join(home, 'state', 'audit'), 'in the way');
    const guard = start(home);
    expect(await call(guard, 1)).toBe('audit_unavailable');
    guard.send({ jsonrpc: '2.0', id: 'list', method: 'tools/list' });
    expect((await guard.answer('list')).result).toBeDefined();
    rmSync(join(home, 'state', 'audit'));
    expect(await call(guard, 2)).toBe('ran');
    expect(readWholeLog(home)).toMatchObject([
      { event: 'start' },
      { event: 'gap', calls: 1 },
      { event: 'call', id: 2 },
      ...readWholeLog(home).slice(3),
    ]);
    expect(guard.stderr.match(/the audit log cannot be written, so no call runs/g)).toHaveLength(1);
    await guard.stderrHas('the audit log can be written again');
  });

  test('a policy may do without it, which is said aloud', async () => {
    const home = makeHome('version: 1\ndefault: allow\naudit: { required: off }\n');
    mkdirSync(join(home, 'state'), { mode: 0o700 });
    writeFileSync(join(home, 'state', 'audit'), 'in the way');
    const guard = start(home);
    await guard.stderrHas('audit.required is off: calls run even when they cannot be logged');
    expect(await call(guard, 1)).toBe('ran');
    await guard.stderrHas('the audit log cannot be written, and calls run without it');
  });
});

describe('what a policy says of the log', () => {
  const SECRET = { text: 'x', password: 'swordfish' };
  test.each<[string, object, boolean]>([
    [
      'redacted',
      { arguments: { text: 'x', password: expect.stringMatching(/^\[redacted [0-9a-f]{12}\]$/) as string } },
      true,
    ],
    ['full', { arguments: SECRET }, true],
    ['hash', {}, true],
    ['none', {}, false],
  ])('arguments: %s', async (mode, told, hasHash) => {
    const home = makeHome(`version: 1\ndefault: allow\naudit: { arguments: ${mode} }\n`);
    expect(await call(start(home), 1, SECRET)).toBe('ran');
    const line = readWholeLog(home).find(({ event }) => event === 'call') ?? {};
    expect(line).toMatchObject(told);
    expect(['arguments' in line, 'argumentsHash' in line]).toEqual(['arguments' in told, hasHash]);
  });

  test('dir: the log stands there, for this user alone, and is found without the policy', async () => {
    const home = makeHome();
    const dir = join(home, 'logs');
    writeFileSync(
      join(home, 'config', 'policy.yaml'),
      `version: 1\ndefault: allow\naudit: { dir: ${dir} }\n`,
      { mode: 0o600 },
    );
    expect(await call(start(home), 1)).toBe('ran');
    const [name = ''] = readdirSync(dir);
    expect([statSync(dir).mode & 0o777, statSync(join(dir, name)).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(mcpGuard(home, 'log').stdout).toContain('echo');
  });
});

test('a changed line is found, and the program says so by its exit code', async () => {
  const home = makeHome('version: 1\ndefault: allow\n');
  const guard = start(home);
  await call(guard, 1);
  guard.end();
  await guard.exit;
  expect(mcpGuard(home, 'log', '--verify')).toEqual({ code: 0, stdout: '1 file of 4 lines: whole\n' });
  const folder = join(home, 'state', 'audit');
  const file = join(folder, readdirSync(folder)[0] ?? '');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"text":"x"', '"text":"y"'));
  const { code, stdout } = mcpGuard(home, 'log', '--verify');
  expect([code, stdout]).toEqual([1, expect.stringContaining('line 2 was changed')]);
});

test('log --follow tells calls as they come, over two runs, until it is interrupted', async () => {
  const home = makeHome('version: 1\ndefault: allow\n');
  const env = { ...process.env, MCP_GUARD_HOME: home, TZ: 'UTC' };
  const follow = spawn(process.execPath, [BIN, 'log', '--follow'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void follow.kill('SIGKILL'));
  const exit = new Promise((resolve) => follow.once('close', (code, signal) => resolve(code ?? signal)));
  let text = '';
  const heard = (words: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!words.test(text)) return;
        follow.stdout.off('data', look);
        resolve();
      };
      follow.stdout.on('data', look);
      look();
    });
  follow.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await heard(/decision/);
  for (const word of ['first', 'second']) {
    const guard = start(home);
    guard.call(1, 'echo', { text: word });
    await guard.answer(1);
    guard.end();
    await guard.exit;
  }
  await heard(/ends: exit code 0[^]* echo +allowed +ok [^]*ends: exit code 0/);
  follow.kill('SIGINT');
  expect(await exit).toBe(0);
});

test("an option behind the name of a subcommand is that one's, and what it lacks is said in the same voice", async () => {
  const home = makeHome('version: 1\ndefault: allow\ntools: { drop: deny }\n');
  const guard = start(home);
  await call(guard, 1, {});
  guard.call(2, 'drop', {});
  await guard.answer(2);
  guard.end();
  await guard.exit;
  const told = mcpGuard(home, 'log', 'stats', '--denied', '--json').stdout;
  expect(JSON.parse(told)).toMatchObject({ calls: 1, tools: [{ tool: 'drop', refused: 1 }] });
  const { status, stderr } = spawnSync(process.execPath, [BIN, 'log', 'show'], { encoding: 'utf8' });
  expect([status, stderr.split('\n')[0]]).toEqual([2, "mcp-guard: error: missing required argument 'id'"]);
});

test('suggest and replay read what a guard has written', async () => {
  const home = makeHome('version: 1\ndefault: allow\n');
  const guard = start(home);
  for (let id = 0; id < 4; id++) await call(guard, id, { text: id % 2 === 0 ? 'a' : 'b' });
  guard.end();
  await guard.exit;
  const file = join(home, 'suggested.yaml');
  expect(mcpGuard(home, 'suggest', '--write', file).code).toBe(0);
  expect(mcpGuard(home, 'validate', file).code).toBe(0);
  expect(mcpGuard(home, 'replay', '--policy', file).stdout).toContain('unchanged  4');
});
