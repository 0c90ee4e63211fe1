import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixture, Guard, makeHome, readLog } from '../helpers/guard.ts';

const SERVER = [process.execPath, fixture('server.js')];
const DENIED = 'The policy denies it';

function put(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `version: 1\n${text}`, { mode: 0o600 });
  return path;
}

async function call(guard: Guard, id: number, args: object | string): Promise<string> {
  const json = typeof args === 'string' ? args : JSON.stringify(args);
  const params = `{"name":"echo","arguments":${json}}`;
  guard.send(`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":${params}}`);
  return JSON.stringify((await guard.answer(id)).result);
}

describe('a condition', () => {
  test.each<[string, string, boolean]>([
    ['the sum allowed', '{"amount":500,"to":"ada"}', true],
    ['another spelling of it', '{"amount":5.00e2,"to":"ada"}', true],
    ['a sum above', '{"amount":500.000000000000000000001,"to":"ada"}', false],
    ['a sum above in a text', '{"amount":"5000","to":"ada"}', false],
    ['a sum in a text', '{"amount":"5_00","to":"ada"}', false],
    ['true', '{"amount":true,"to":"ada"}', false],
    ['a list', '{"amount":[500],"to":"ada"}', false],
    ['no sum', '{"to":"ada"}', false],
    ['a second key that some servers read', '{"amount":5,"Amount":5000,"to":"ada"}', false],
    ['a key with a NUL', '{"amount":5,"amount\\u0000":5000,"to":"ada"}', false],
    ['somebody else', '{"amount":5,"to":"eve"}', false],
  ])('judges %s', async (_, args, isAllowed) => {
    const rules =
      'default: deny\ntools: { echo: { when: { args.amount: { lte: 500 }, args.to: ada }, action: allow } }\n';
    const guard = new Guard({ home: makeHome(`version: 1\n${rules}`), command: SERVER });
    expect(await call(guard, 1, args)).toContain(isAllowed ? 'ada' : DENIED);
    guard.end();
    await guard.exit;
  });
});

describe('a saved policy', () => {
  const ALLOW = 'tools: { echo: allow }\n';
  const DENY = 'tools: { echo: deny }\n';

  function start(): { guard: Guard; config: string; home: string } {
    const home = makeHome(`version: 1\n${ALLOW}`);
    return { guard: new Guard({ home, command: SERVER }), config: join(home, 'config'), home };
  }

  test.each<[string, (config: string) => void]>([
    ['written in place', (config) => put(config, 'policy.yaml', DENY)],
    ['put in its place', (config) => renameSync(put(config, 'new', DENY), join(config, 'policy.yaml'))],
    [
      'written in two pieces',
      (config) => {
        writeFileSync(join(config, 'policy.yaml'), 'version: 1\n');
        appendFileSync(join(config, 'policy.yaml'), DENY);
      },
    ],
  ])('%s holds for the calls that follow', async (_, save) => {
    const { guard, config, home } = start();
    expect(await call(guard, 1, { a: 1 })).not.toContain(DENIED);
    save(config);
    await guard.stderrHas('the policy was changed, and holds from now on');
    expect(await call(guard, 2, { a: 1 })).toContain(DENIED);
    guard.end();
    await guard.exit;
    expect(guard.stderr.split('holds from now on')).toHaveLength(2);
    expect(readLog(home).map(({ event, outcome }) => [event, outcome])).toContainEqual(['policy', 'loaded']);
    const hashes = readLog(home).flatMap(({ event, policyHash }) => (event === 'call' ? [policyHash] : []));
    expect(new Set(hashes).size).toBe(2);
  });

  test('that is broken is told of with its place, and the last good one stays until it is mended', async () => {
    const { guard, config } = start();
    await call(guard, 1, {});
    put(config, 'policy.yaml', 'tools: { echo: dny }\n');
    await guard.stderrHas('policy.yaml:2:16: unknown action "dny"');
    expect(await call(guard, 2, {})).not.toContain(DENIED);
    put(config, 'policy.yaml', DENY);
    await guard.stderrHas('the policy was changed');
    expect(await call(guard, 3, {})).toContain(DENIED);
    guard.end();
    await guard.exit;
  });

  test('whose test fails does not hold', async () => {
    const { guard, config } = start();
    await call(guard, 1, {});
    put(config, 'policy.yaml', `${DENY}tests: [{ call: echo, expect: allow }]\n`);
    await guard.stderrHas('the test fails: "echo" is deny by tools.echo, and not allow');
    expect(await call(guard, 2, {})).not.toContain(DENIED);
    guard.end();
    await guard.exit;
  });

  test('that is deleted goes on to hold, and comes back when it does', async () => {
    const { guard, config } = start();
    await call(guard, 1, {});
    rmSync(join(config, 'policy.yaml'));
    await guard.stderrHas('is gone; what it said holds until the guard ends');
    expect(await call(guard, 2, {})).not.toContain(DENIED);
    put(config, 'policy.yaml', DENY);
    await guard.stderrHas('the policy was changed');
    expect(await call(guard, 3, {})).toContain(DENIED);
    guard.end();
    await guard.exit;
  });

  test('changes nothing where it says reload: off', async () => {
    const home = makeHome(`version: 1\nreload: off\n${ALLOW}`);
    const guard = new Guard({ home, command: SERVER });
    await call(guard, 1, {});
    put(join(home, 'config'), 'policy.yaml', DENY);
    for (let id = 2; id < 12; id++) expect(await call(guard, id, {})).not.toContain(DENIED);
    guard.end();
    await guard.exit;
    expect(guard.stderr).not.toContain('the policy was changed');
  });
});

describe('several files', () => {
  test('a layer and a file of the project tighten, and neither loosens', async () => {
    const home = makeHome('version: 1\nlayers: [./base.yaml]\ndefault: allow\ntools: { received: deny }\n');
    put(join(home, 'config'), 'base.yaml', 'tools: { echo: { when: { args.a: 1 }, action: deny } }\n');
    const cwd = join(home, 'work');
    mkdirSync(cwd);
    put(cwd, 'mcp-guard.yaml', 'tools: { echo: { when: { args.b: 1 }, action: deny }, received: allow }\n');
    const guard = new Guard({ home, cwd, command: SERVER });
    expect(await call(guard, 1, { a: 1 })).toContain(DENIED);
    expect(await call(guard, 2, { b: 1 })).toContain(DENIED);
    expect(await call(guard, 3, { c: 1 })).not.toContain(DENIED);
    guard.call(4, 'received');
    expect(JSON.stringify(await guard.answer(4))).toContain(DENIED);
    expect(guard.stderr).toContain('mcp-guard.yaml was found, and tightens the policy');
    guard.end();
    await guard.exit;
  });

  test('a broken file of the project lets nothing start, and is named', async () => {
    const home = makeHome('version: 1\ndefault: allow\n');
    const cwd = join(home, 'work');
    mkdirSync(cwd);
    put(cwd, 'mcp-guard.yaml', 'approval: { open: [sh, -c, "touch pwned"] }\n');
    const guard = new Guard({ home, cwd, command: SERVER });
    guard.end();
    expect(await guard.exit).toBe(78);
    expect(guard.stderr).toContain(`mcp-guard.yaml:2:1: "approval" in a project's policy`);
  });
});

test('the policy cannot be rewritten by a tool that is allowed', async () => {
  const home = makeHome('version: 1\ndefault: allow\napproval: { channels: [] }\n');
  const guard = new Guard({ home, command: SERVER });
  for (const [id, path] of [
    join(home, 'config/policy.yaml'),
    `file://${join(home, 'state/./audit/x')}`,
    join(home, 'x/../config/policy.yaml'),
  ].entries()) {
    expect(await call(guard, id + 1, { path })).toContain('own files');
  }
  expect(await call(guard, 9, { path: join(home, 'elsewhere') })).not.toContain('own files');
  guard.end();
  await guard.exit;
});

test('the server gets the variables that the policy lists, and is found without them', async () => {
  const home = makeHome('version: 1\ndefault: allow\nenv: ["MINE_*", HOME]\n');
  const script = 'process.stderr.write(`has ${Object.keys(process.env).sort()}\\n`)';
  const guard = new Guard({
    home,
    command: ['node', '-e', script],
    env: { MINE_A: '1', SECRET_B: '2' },
  });
  await guard.exit;
  expect(guard.stderr).toContain('has HOME,MINE_A\n');
});

test('a limit of the whole machine holds for guards that follow and for those beside', async () => {
  const limit = 'rate_limit: { max: 3, window: 1h, scope: machine }';
  const home = makeHome(`version: 1\ntools: { echo: { action: allow, ${limit} } }\n`);
  const first = new Guard({ home, command: SERVER });
  const beside = new Guard({ home, command: SERVER });
  expect(await call(first, 1, {})).not.toContain('limit of');
  expect(await call(beside, 1, {})).not.toContain('limit of');
  first.child.kill('SIGKILL');
  await first.exit;
  const next = new Guard({ home, command: SERVER });
  expect(await call(next, 1, {})).not.toContain('limit of');
  expect(await call(next, 2, {})).toContain('The limit of 3 calls per 3600 s is reached');
  expect(await call(beside, 2, {})).toContain('The limit of 3 calls per 3600 s is reached');
  for (const guard of [beside, next]) guard.end();
  await Promise.all([beside.exit, next.exit]);
});

test('a limit adds up an argument to the last digit', async () => {
  const limit = 'rate_limit: { max: 0.3, window: 1h, sum: args.amount }';
  const home = makeHome(`version: 1\ntools: { echo: { action: allow, ${limit} } }\n`);
  const guard = new Guard({ home, command: SERVER });
  expect(await call(guard, 1, '{"amount":0.1}')).not.toContain('limit of');
  expect(await call(guard, 2, '{"amount":0.2}')).not.toContain('limit of');
  expect(await call(guard, 3, '{"amount":1e-30}')).toContain('The limit of 0.3 in args.amount per 3600 s');
  expect(await call(guard, 4, '{"amount":"0"}')).toContain('It cannot be counted against its limit');
  expect(await call(guard, 5, '{"amount":-1}')).toContain('It cannot be counted against its limit');
  guard.end();
  await guard.exit;
});
