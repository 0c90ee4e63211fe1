import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixture, gone, Guard, makeHome, readLog, textOf } from '../helpers/guard.ts';

const ALLOW = 'version: 1\ndefault: allow\n';
const INITIALIZE = { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18' } };

function start(traits: readonly string[] = [], options: readonly string[] = []): Guard {
  const home = makeHome(ALLOW);
  return new Guard({ home, options, command: [process.execPath, fixture('server.js'), ...traits] });
}

async function pidOf(guard: Guard, what = 'pid'): Promise<number> {
  await guard.stderrHas(`${what} `);
  return Number(new RegExp(`${what} (\\d+)`).exec(guard.stderr)?.[1]);
}

describe('the end of the client', () => {
  test('ends a server that leaves at the end of its input, with its own exit code', async () => {
    const guard = start(['exit-7']);
    guard.send(INITIALIZE);
    await guard.answer(0);
    guard.end();
    expect(await guard.exit).toBe(7);
  });

  test('still delivers what the server says on its way out', async () => {
    const guard = start(['last-words']);
    guard.send(INITIALIZE);
    guard.end();
    expect(await guard.exit).toBe(0);
    expect(guard.messages.map(({ id, method }) => id ?? method)).toEqual([0, 'notifications/bye']);
  });

  test('ends a server that is deaf to it, as exit 0', async () => {
    const guard = start(['deaf-to-eof']);
    const pid = await pidOf(guard);
    guard.end();
    expect(await guard.exit).toBe(0);
    await gone(pid);
  });

  test('ends a server that is deaf to SIGTERM too, with all it started', async () => {
    const guard = start(['deaf-to-term', 'with-child']);
    const pids = [await pidOf(guard), await pidOf(guard, 'child')];
    guard.end();
    expect(await guard.exit).toBe(0);
    await Promise.all(pids.map(gone));
  });

  test('waits for answers that are owed', async () => {
    const guard = start();
    guard.send(INITIALIZE);
    guard.call(1, 'big', { bytes: 3_000_000 });
    guard.end();
    expect(textOf(await guard.answer(1))).toHaveLength(3_000_000);
    expect(await guard.exit).toBe(0);
  });

  test('without reading its output still ends the run', async () => {
    const guard = start();
    guard.child.stdout.pause();
    guard.call(1, 'big', { bytes: 20_000_000 });
    await guard.stderrHas('pid');
    const pid = await pidOf(guard);
    guard.child.kill('SIGTERM');
    expect(await guard.exit).toBe(143);
    await gone(pid);
  });

  test('a last line without a line end is a message when it is whole, and refused when it is not', async () => {
    const whole = start();
    whole.child.stdin.end(JSON.stringify(INITIALIZE));
    expect(await whole.answer(0)).toHaveProperty('result');
    const half = start();
    half.child.stdin.end('{"jsonrpc":"2.0","id":1,"method":"pi');
    expect(await half.answer(null)).toMatchObject({ error: { code: -32700 } });
    await Promise.all([whole.exit, half.exit]);
  });
});

describe('a signal to the guard', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s ends the server, and the exit code tells it',
    async (signal) => {
      const guard = start();
      const pid = await pidOf(guard);
      guard.child.kill(signal);
      expect(await guard.exit).toBe({ SIGTERM: 143, SIGINT: 130, SIGHUP: 129 }[signal]);
      await gone(pid);
    },
  );

  test('is followed by SIGKILL where the server does not listen', async () => {
    const guard = start(['deaf-to-term', 'with-child']);
    const pids = [await pidOf(guard), await pidOf(guard, 'child')];
    guard.child.kill('SIGTERM');
    expect(await guard.exit).toBe(137);
    await Promise.all(pids.map(gone));
  });

  test('SIGKILL leaves no server and no child of it behind', async () => {
    const guard = start(['deaf-to-term', 'with-child']);
    const pids = [await pidOf(guard), await pidOf(guard, 'child')];
    guard.child.kill('SIGKILL');
    expect(await guard.exit).toBe('SIGKILL');
    await Promise.all(pids.map(gone));
  });
});

describe('the end of the server', () => {
  test('with an exit code in the middle of a call answers the call and exits with the code', async () => {
    const guard = start();
    guard.call(1, 'silent');
    guard.call(2, 'exit', { code: 3 });
    expect(textOf(await guard.answer(1))).toContain('exit code 3');
    expect(await guard.answer(2)).toMatchObject({
      result: { isError: true, _meta: { 'io.github.mcp-guard/decision': { code: 'upstream_gone' } } },
    });
    expect(await guard.exit).toBe(3);
  });

  test('by a signal is told as 128 + its number', async () => {
    const guard = start();
    guard.call(1, 'die');
    expect(textOf(await guard.answer(1))).toContain('SIGKILL');
    expect(await guard.exit).toBe(137);
  });

  test('with half an answer keeps the half from the client and answers the call', async () => {
    const guard = start();
    guard.call(1, 'half-answer');
    expect(textOf(await guard.answer(1))).toContain('exit code 3');
    expect(await guard.exit).toBe(3);
    expect(guard.lines).toHaveLength(1);
  });

  test('is noticed though a child of it still holds its output open', async () => {
    const guard = start(['with-child', 'holding-stdout']);
    const child = await pidOf(guard, 'child');
    guard.call(1, 'exit', { code: 4 });
    expect(await guard.exit).toBe(4);
    await gone(child);
  });

  test('that only closes its output ends the run', async () => {
    const guard = start(['deaf-to-eof']);
    guard.call(1, 'close-output');
    expect(await guard.exit).toBe(0);
  });
});

describe('a server that cannot be started', () => {
  test.each([
    ['no such command', 'no-such-command-at-all', 127, 'no such command: "no-such-command-at-all"'],
    ['a file that cannot be executed', fixture('server.js'), 126, 'not executable'],
  ])('%s is told to the client and on stderr, and by the exit code', async (_, command, code, text) => {
    const guard = new Guard({ home: makeHome(ALLOW), command: [command] });
    guard.send(INITIALIZE);
    expect((await guard.answer(0)).error?.message).toContain(text);
    guard.end();
    expect(await guard.exit).toBe(code);
    expect(guard.stderr).toContain(text);
  });

  test('for want of a sound policy is not started at all', async () => {
    const home = makeHome('version: 1\ndefault: alow\n');
    const marker = join(home, 'started');
    const command = ['/bin/sh', '-c', `: > ${marker}`];
    const guard = new Guard({ home, command });
    guard.send(INITIALIZE);
    const { error } = await guard.answer(0);
    expect(error?.message).toContain('unknown action "alow"');
    guard.end();
    expect(await guard.exit).toBe(78);
    expect(guard.stderr).toContain('policy.yaml:2:10');
    expect(existsSync(marker)).toBe(false);
  });

  test('is told for two seconds after initialize, then the run ends by itself', async () => {
    const guard = new Guard({ home: makeHome(ALLOW), command: ['no-such-command-at-all'] });
    guard.send(INITIALIZE);
    await guard.answer(0);
    guard.send({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    await guard.answer(1);
    expect(await guard.exit).toBe(127);
  });
});

describe('large and slow', () => {
  test('an answer of 50 MB arrives whole', async () => {
    const guard = start();
    guard.call(1, 'big', { bytes: 50_000_000 });
    expect(textOf(await guard.answer(1))).toHaveLength(50_000_000);
    guard.end();
    expect(await guard.exit).toBe(0);
  });

  test('an answer beyond --max-answer is skipped, its call answered, and the next one passes', async () => {
    const guard = start([], ['--max-answer', '1']);
    guard.call(1, 'big', { bytes: 2_000_000 });
    guard.call(2, 'big', { bytes: 10 });
    expect(textOf(await guard.answer(1))).toContain('--max-answer');
    expect(textOf(await guard.answer(2))).toBe('xxxxxxxxxx');
    guard.end();
    expect(await guard.exit).toBe(0);
  });

  test('a line beyond 16 MiB is refused with its id, and the next one passes', async () => {
    const guard = start();
    guard.call(1, 'echo', { text: 'x'.repeat(17 << 20) });
    guard.call(2, 'echo');
    expect((await guard.answer(1)).error?.code).toBe(-32600);
    expect(textOf(await guard.answer(2))).toBe('{}');
    guard.end();
    expect(await guard.exit).toBe(0);
  });

  test('a server that never reads holds the client, and ends with it', async () => {
    const guard = start(['never-reads']);
    const pid = await pidOf(guard);
    for (let id = 0; id < 64; id++) guard.call(id, 'echo', { text: 'x'.repeat(1 << 17) });
    guard.child.kill('SIGTERM');
    expect(await guard.exit).toBe(143);
    await gone(pid);
  });
});

describe('the log', () => {
  test('holds one line for each call, with secrets masked, before the call is answered', async () => {
    const home = makeHome('version: 1\ndefault: deny\ntools: { echo: allow }\n');
    const guard = new Guard({
      home,
      options: ['--name', 'mq'],
      command: [process.execPath, fixture('server.js')],
    });
    guard.call(1, 'echo', { region: 'eu-west-1', password: 'hunter2' });
    guard.call('x', 'delete_broker', { id: 9 });
    await Promise.all([guard.answer(1), guard.answer('x')]);
    expect(readLog(home)).toMatchObject([
      {
        seq: 1,
        server: 'mq',
        event: 'call',
        id: 1,
        tool: 'echo',
        verdict: 'allow',
        code: 'allowed',
        rule: 'tools.echo',
        arguments: {
          region: 'eu-west-1',
          password: expect.stringMatching(/^\[redacted [0-9a-f]{12}\]$/) as string,
        },
      },
      {
        seq: 2,
        server: 'mq',
        event: 'call',
        id: 'x',
        tool: 'delete_broker',
        verdict: 'deny',
        code: 'denied',
        rule: 'default',
      },
    ]);
    guard.end();
    await guard.exit;
    expect(readLog(home)).toHaveLength(3);
  });

  test('that cannot be written refuses the call, and lets everything else flow', async () => {
    const home = makeHome(ALLOW);
    writeFileSync(join(home, 'state'), 'in the way');
    const guard = new Guard({ home, command: [process.execPath, fixture('server.js')] });
    guard.send(INITIALIZE);
    guard.call(1, 'echo');
    expect(await guard.answer(1)).toMatchObject({
      result: { _meta: { 'io.github.mcp-guard/decision': { code: 'audit_unavailable' } } },
    });
    expect(await guard.answer(0)).toHaveProperty('result');
    guard.end();
    await guard.exit;
  });
});

test('a client that reads no stderr and sends a signal does not keep the guard alive', async () => {
  const guard = start();
  guard.child.stderr.pause();
  guard.send(...Array.from({ length: 4_000 }, (_, line) => `no message ${line} ${'x'.repeat(200)}`));
  guard.send(INITIALIZE);
  await guard.answer(0);
  guard.child.kill('SIGTERM');
  await new Promise((resolve) => guard.child.once('exit', resolve));
  expect(guard.child.exitCode ?? guard.child.signalCode).not.toBeNull();
});

test('words for people never reach stdout', async () => {
  const guard = start(['noise']);
  guard.send(INITIALIZE);
  await guard.answer(0);
  guard.end();
  await guard.exit;
  expect(guard.lines).toHaveLength(1);
  expect(guard.stderr).toContain('Starting server...');
});

test('without a terminal a question is refused at once, in words that help', async () => {
  const guard = new Guard({
    home: makeHome('version: 1\n'),
    command: [process.execPath, fixture('server.js')],
  });
  guard.call(1, 'echo');
  const answer = await guard.answer(1);
  expect(answer).toMatchObject({
    result: { _meta: { 'io.github.mcp-guard/decision': { code: 'approval_unavailable', rule: 'default' } } },
  });
  expect(textOf(answer)).toContain('Tell your user');
  guard.end();
  await guard.exit;
});
