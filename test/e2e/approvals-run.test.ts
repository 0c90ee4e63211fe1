import { describe, expect, test } from 'vitest';
import { BIN, fixture, Guard, makeHome, readLog, textOf } from '../helpers/guard.ts';
import { Pty } from '../helpers/pty.ts';

const codeOf = (answer: { result?: Record<string, unknown> }): unknown =>
  (answer.result?.['_meta'] as Record<string, { code: string }> | undefined)?.['io.github.mcp-guard/decision']
    ?.code;

/** A guard without a terminal, and the real console on one of its own. */
async function start(): Promise<{ home: string; guard: Guard; console: Pty }> {
  const home = makeHome('version: 1\ntools: { received: allow }\n');
  const guard = new Guard({
    home,
    options: ['--name', 'mq'],
    command: [process.execPath, fixture('server.js')],
  });
  const console = new Pty([process.execPath, BIN, 'approvals'], { env: { MCP_GUARD_HOME: home } });
  await console.waitFor('1 guard');
  return { home, guard, console };
}

async function end(guard: Guard): Promise<void> {
  guard.end();
  await guard.exit;
}

async function countEchoes(guard: Guard): Promise<number> {
  guard.call('received', 'received');
  const lines = JSON.parse(textOf(await guard.answer('received'))) as string[];
  return lines.filter((line) => line.includes('"name":"echo"')).length;
}

describe('the console in front of a real guard', () => {
  test('lets a call run after one key, and the next identical one waits for its own', async () => {
    const { home, guard, console } = await start();
    guard.call(1, 'echo', { n: 1 });
    guard.call(2, 'echo', { n: 1 });
    await console.waitFor('2 such calls wait');
    await console.press('y', 'allowed once in a console');
    expect(textOf(await guard.answer(1))).toBe('{"n":1}');
    await console.press('n', 'refused in a console');
    expect(codeOf(await guard.answer(2))).toBe('approval_denied');
    expect(await countEchoes(guard)).toBe(1);
    await end(guard);
    const codes = readLog(home).flatMap(({ event, tool, code }) =>
      event === 'call' && tool === 'echo' ? [code] : [],
    );
    expect(codes).toEqual(['approved', 'approval_denied']);
  });

  test.each([
    ['is killed', (console: Pty) => console.kill()],
    ['loses its terminal', (console: Pty) => console.close()],
    ['is left', (console: Pty) => console.type('q')],
  ])('answers nothing when it %s', async (_, leave) => {
    const { guard, console } = await start();
    guard.call(1, 'echo', { n: 1 });
    await console.waitFor('run echo on mq?');
    leave(console);
    expect(codeOf(await guard.answer(1))).toBe('approval_unavailable');
    expect(await countEchoes(guard)).toBe(0);
    await end(guard);
  });

  test('pauses every guard with p, and lifts it with p and y alone', async () => {
    const { guard, console } = await start();
    guard.call(1, 'echo');
    await console.waitFor('run echo on mq?');
    await console.press('p', 'PAUSED');
    expect(codeOf(await guard.answer(1))).toBe('paused');
    guard.call(2, 'received');
    expect(codeOf(await guard.answer(2))).toBe('paused');
    await console.press('p', 'Lift the pause?');
    await console.press('y', 'nothing waits');
    await console.waitFor(() => !console.text.includes('PAUSED'));
    expect(await countEchoes(guard)).toBe(0);
    await end(guard);
  });
});

test('a pipe full of yes answers nothing', async () => {
  const home = makeHome('version: 1\napproval: { timeout: 2s }\n');
  const guard = new Guard({
    home,
    options: ['--name', 'mq'],
    command: [process.execPath, fixture('server.js')],
  });
  const line = `yes y | "$0" ${BIN} approvals`;
  const console = new Pty(['/bin/sh', '-c', line, process.execPath], { env: { MCP_GUARD_HOME: home } });
  await console.waitFor('1 guard');
  guard.call(1, 'echo');
  expect(codeOf(await guard.answer(1))).toBe('approval_timeout');
  await end(guard);
});
