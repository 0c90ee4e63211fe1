import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixture, gone, Guard, makeHome, readLog, textOf } from '../helpers/guard.ts';
import { NO, TestConsole, YES } from '../helpers/console.ts';

const POLICY = 'version: 1\ntools: { received: allow }\n';
const codeOf = (answer: { result?: Record<string, unknown> }): unknown =>
  (answer.result?.['_meta'] as Record<string, { code: string }> | undefined)?.['io.github.mcp-guard/decision']
    ?.code;

interface Field {
  readonly home: string;
  readonly guard: Guard;
  readonly console: TestConsole;
}

function startGuard(home: string, traits: readonly string[] = []): Guard {
  return new Guard({
    home,
    options: ['--name', 'mq'],
    command: [process.execPath, fixture('server.js'), ...traits],
  });
}

/** A guard as a desktop client starts it, without a terminal, and a console that has joined it. */
async function start(policy = POLICY): Promise<Field> {
  const home = makeHome(policy);
  const guard = startGuard(home);
  const console = await TestConsole.connect(home);
  await console.until(() => console.messages.some(({ kind }) => kind === 'status'));
  return { home, guard, console };
}

/** Names of the tools that reached the server, with their arguments. */
async function received(guard: Guard): Promise<string[]> {
  guard.call('received', 'received');
  const lines = JSON.parse(textOf(await guard.answer('received'))) as string[];
  return lines
    .map((line) => JSON.parse(line) as { params?: { name?: string; arguments?: object } })
    .flatMap(({ params }) => (params?.name === 'echo' ? [JSON.stringify(params.arguments)] : []));
}

async function end(guard: Guard): Promise<void> {
  guard.end();
  await guard.exit;
}

describe('a call under a client without a terminal', () => {
  test('runs after a yes in a console, while everything else flows', async () => {
    const { guard, console, home } = await start();
    guard.send({ jsonrpc: '2.0', id: 'first', method: 'tools/list' });
    await guard.answer('first');
    guard.call(1, 'echo', { n: 1 });
    const seen = await console.question('echo');
    guard.send({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
    expect(await guard.answer(2)).toHaveProperty('result');
    expect(seen.listed).toMatchObject({
      server: 'mq',
      tool: 'echo',
      rule: 'default',
      isLate: false,
      asked: 0,
    });
    await seen.answer(YES);
    expect(textOf(await guard.answer(1))).toBe('{"n":1}');
    expect(await console.closed(seen.listed.key)).toBe('allowed once in a console');
    await end(guard);
    expect(readLog(home).find(({ id }) => id === 1)).toMatchObject({ code: 'approved', approver: 'console' });
  });

  test('is refused after a no, with the words of the person', async () => {
    const { guard, console } = await start();
    guard.call(1, 'echo');
    await (await console.question('echo')).answer({ kind: 'no', message: 'Ask me tomorrow' });
    expect(textOf(await guard.answer(1))).toContain('Their words: Ask me tomorrow.');
    expect(await received(guard)).toEqual([]);
    await end(guard);
  });

  test('never runs after the client has given it up, whatever is answered then', async () => {
    const { guard, console } = await start();
    guard.call(1, 'echo', { n: 1 });
    const seen = await console.question('echo');
    guard.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    await seen.answer(YES);
    expect(await console.closed(seen.listed.key)).toBe('the client gave the call up');
    expect(await received(guard)).toEqual([]);
    await end(guard);
  });

  test('is answered once when two consoles say different things', async () => {
    const { guard, console, home } = await start();
    const other = await TestConsole.connect(home);
    guard.call(1, 'echo', { n: 1 });
    const [one, two] = await Promise.all([console.question('echo'), other.question('echo')]);
    await Promise.all([one.answer(NO), two.answer(YES)]);
    const answer = await guard.answer(1);
    expect(await received(guard)).toHaveLength(codeOf(answer) === 'approval_denied' ? 0 : 1);
    const how = await console.closed(one.listed.key);
    expect(await other.closed(one.listed.key)).toBe(how);
    await end(guard);
  });

  test('that nobody answered in time runs once when it comes again after a late yes', async () => {
    const { guard, console } = await start(`${POLICY}approval: { timeout: 1s }\n`);
    guard.call(1, 'echo', { n: 1 });
    const seen = await console.question('echo');
    const refused = await guard.answer(1);
    expect(codeOf(refused)).toBe('approval_timeout');
    expect(textOf(refused)).toContain('lets this same call through once');
    await console.until(() =>
      console.messages.some((message) => message.kind === 'question' && message.question.isLate),
    );
    await seen.answer(YES);
    await console.closed(seen.listed.key);
    guard.call(2, 'echo', { n: 1 });
    expect(textOf(await guard.answer(2))).toBe('{"n":1}');
    guard.call(3, 'echo', { n: 1 });
    expect(codeOf(await guard.answer(3))).toBe('approval_timeout');
    expect(await received(guard)).toEqual(['{"n":1}']);
    await end(guard);
  });

  test('waits when the console dies, and can be answered in the next one', async () => {
    const { guard, console, home } = await start();
    guard.call(1, 'echo', { n: 1 });
    const { link } = await console.question('echo');
    const next = await TestConsole.connect(home);
    const seen = await next.question('echo');
    link.close();
    await seen.answer(YES);
    expect(textOf(await guard.answer(1))).toBe('{"n":1}');
    await end(guard);
  });

  test('is refused when the last console leaves', async () => {
    const { guard, console } = await start();
    guard.call(1, 'echo');
    (await console.question('echo')).link.close();
    expect(codeOf(await guard.answer(1))).toBe('approval_unavailable');
    await end(guard);
  });

  test('is gone with a guard that is killed, and the console clears away what it left', async () => {
    const { guard, console, home } = await start();
    guard.call(1, 'echo');
    const seen = await console.question('echo');
    guard.child.kill('SIGKILL');
    await guard.exit;
    await seen.answer(YES);
    const next = await TestConsole.connect(home);
    await next.until(() => readdirSync(join(home, 'state', 'guards')).length === 0);
    expect(next.open.size).toBe(0);
  });

  test('is withdrawn when the server dies', async () => {
    const { guard, console } = await start('version: 1\ntools: { die: allow }\n');
    guard.call(1, 'echo');
    const seen = await console.question('echo');
    guard.call(2, 'die');
    expect(await console.closed(seen.listed.key)).toBe('the server has ended');
    expect(codeOf(await guard.answer(1))).toBe('upstream_gone');
    await guard.exit;
  });
});

describe('many calls at once', () => {
  test('wait up to 32, the rest are refused, and each that waits is shown', async () => {
    const { guard, console } = await start();
    for (let id = 0; id < 1_000; id++) guard.call(id, 'echo', { n: id });
    await console.until(() => console.open.size === 32);
    for (let id = 32; id < 1_000; id++) expect(codeOf(await guard.answer(id))).toBe('approval_overflow');
    for (const seen of console.open.values()) void seen.answer(YES);
    for (let id = 0; id < 32; id++) expect(textOf(await guard.answer(id))).toBe(JSON.stringify({ n: id }));
    expect(await received(guard)).toHaveLength(32);
    await end(guard);
  });
});

describe('a yes for more than one call', () => {
  test('is listed and revoked; a timed one outlives its guard', async () => {
    const { guard, console, home } = await start();
    guard.call(1, 'echo');
    const seen = await console.question('echo');
    await seen.answer({ kind: 'yes', scope: 'tool', lasts: { kind: 'time', ms: 600_000 } });
    await guard.answer(1);
    await end(guard);

    const next = startGuard(home);
    next.call(1, 'echo', { n: 2 });
    expect(textOf(await next.answer(1))).toBe('{"n":2}');
    const later = await TestConsole.connect(home);
    const link = await later.until(() => later.links[0]);
    link.send({ kind: 'grants' });
    const listed = await later.until(() => later.messages.find((message) => message.kind === 'grants'));
    const [grant] = listed.kind === 'grants' ? listed.grants : [];
    expect(grant).toMatchObject({ server: 'mq', tool: 'echo', scope: 'tool', leftCalls: null });
    link.send({ kind: 'revoke', id: grant?.id ?? '' });
    next.call(2, 'echo', { n: 3 });
    expect((await later.question('echo')).listed.tool).toBe('echo');
    await end(next);
    expect(readLog(home).map(({ event }) => event)).toContain('revoke');
  });

  test('"always" is written into the policy, and holds at once', async () => {
    const { guard, console, home } = await start();
    guard.call(1, 'echo', { n: 1 });
    const seen = await console.question('echo');
    seen.link.send({ kind: 'propose', key: seen.listed.key });
    const proposed = await console.until(() => console.messages.find(({ kind }) => kind === 'proposal'));
    expect(proposed).toMatchObject({ proposal: { kind: 'rule', file: join(home, 'config', 'policy.yaml') } });
    await seen.answer({ kind: 'yes', scope: 'tool', lasts: { kind: 'always' } });
    await guard.answer(1);
    guard.call(2, 'echo', { n: 2 });
    expect(textOf(await guard.answer(2))).toBe('{"n":2}');
    // A second rule goes into the file as this guard left it.
    guard.call(3, 'big', { bytes: 1 });
    const other = await console.question('big');
    await other.answer({ kind: 'yes', scope: 'tool', lasts: { kind: 'always' } });
    await guard.answer(3);
    expect(readFileSync(join(home, 'config', 'policy.yaml'), 'utf8')).toContain('big: allow');
    await end(guard);
    const next = startGuard(home);
    next.call(1, 'echo', { n: 3 });
    expect(textOf(await next.answer(1))).toBe('{"n":3}');
    await end(next);
    const ran = readLog(home).find(
      ({ code, arguments: args }) => code === 'allowed' && JSON.stringify(args) === '{"n":3}',
    );
    expect(ran).toMatchObject({ tool: 'echo', code: 'allowed', rule: 'tools.echo' });
  });
});

describe('a pause', () => {
  test('refuses everything, also in guards that start later, until it is lifted', async () => {
    const { guard, console, home } = await start();
    guard.call(1, 'echo');
    const { link } = await console.question('echo');
    link.send({ kind: 'pause', on: true });
    expect(codeOf(await guard.answer(1))).toBe('paused');
    guard.call(2, 'received');
    expect(codeOf(await guard.answer(2))).toBe('paused');
    link.send({ kind: 'pause', on: false });
    await console.until(() => console.messages.filter(({ kind }) => kind === 'status').length === 3);
    expect(await received(guard)).toEqual([]);
    await end(guard);

    const { setPause } = await import('../../src/approval/pause.ts');
    const { createFakeIo } = await import('../helpers/fake-io.ts');
    setPause(createFakeIo(home), true);
    const later = startGuard(home);
    later.call(1, 'received');
    expect(codeOf(await later.answer(1))).toBe('paused');
    await end(later);
  });
});

describe('the folder of the sockets', () => {
  test.each([
    ['opened to others', (folder: string) => chmodSync(folder, 0o755)],
    [
      'replaced by a link',
      (folder: string) => {
        renameSync(folder, `${folder}-moved`);
        symlinkSync(`${folder}-moved`, folder);
      },
    ],
  ])('that was %s before a guard starts keeps consoles out, and the guard says so', async (_, spoil) => {
    const home = makeHome(POLICY);
    const folder = join(home, 'state', 'guards');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    spoil(folder);
    const guard = startGuard(home);
    await guard.stderrHas('consoles cannot reach this guard');
    guard.call(1, 'echo');
    expect(codeOf(await guard.answer(1))).toBe('approval_unavailable');
    await end(guard);
  });
});

test('a guard leaves no socket behind, and none keeps it alive', async () => {
  const { guard, home } = await start();
  const folder = join(home, 'state', 'guards');
  expect(readdirSync(folder).length).toBeGreaterThan(0);
  await end(guard);
  await gone(guard.child.pid ?? 0);
  expect(readdirSync(folder)).toEqual([]);
});
