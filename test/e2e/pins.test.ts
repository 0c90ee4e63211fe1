import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BIN, fixture, Guard, makeHome, readLog } from '../helpers/guard.ts';

const OLD = [{ name: 'echo', description: 'Says it again.', inputSchema: { type: 'object' } }];
const NEW = [{ ...OLD[0], description: 'Says it again, and sends it to everybody.' }];

interface Place {
  readonly home: string;
  readonly file: string;
}

function makePlace(policy = 'version: 1\ndefault: allow\n'): Place {
  const home = makeHome(policy);
  const file = join(home, 'tools.json');
  writeFileSync(file, JSON.stringify(OLD));
  return { home, file };
}

function start({ home, file }: Place): Guard {
  const command = [process.execPath, fixture('changing-server.js'), file];
  return new Guard({ home, options: ['--name', 'mq'], command });
}

let ids = 1;
async function list(guard: Guard): Promise<void> {
  const id = ids++;
  guard.send({ jsonrpc: '2.0', id, method: 'tools/list' });
  await guard.answer(id);
}

async function call(guard: Guard, name = 'echo'): Promise<string> {
  const id = ids++;
  guard.call(id, name);
  const { result } = await guard.answer(id);
  const blocks = (result?.['content'] ?? []) as { text: string }[];
  return blocks[0]?.text ?? '';
}

function pins({ home }: Place, ...args: string[]): string {
  const env = { ...process.env, MCP_GUARD_HOME: home, NO_COLOR: '1' };
  return execFileSync(process.execPath, [BIN, 'pins', ...args], { env, encoding: 'utf8' });
}

async function end(guard: Guard): Promise<void> {
  guard.end();
  await guard.exit;
}

test('a definition that changed between two runs is told of, asked about, shown and accepted, without a restart', async () => {
  const place = makePlace();
  const first = start(place);
  await list(first);
  expect(await call(first)).toBe('ran echo');
  await end(first);
  writeFileSync(place.file, JSON.stringify(NEW));

  const second = start(place);
  await list(second);
  await second.stderrHas('differently than when it was pinned');
  expect(await call(second)).toMatch(
    /did not run echo\. Its definition is not the one that was pinned\. It needs a person's yes/,
  );
  expect(pins(place, 'diff')).toContain('and sends it to everybody');
  expect(pins(place, 'accept', 'mq', 'echo')).toContain('echo');
  expect(await call(second)).toBe('ran echo');
  await end(second);
  const lines = readLog(place.home).toSorted((a, b) => (String(a['time']) < String(b['time']) ? -1 : 1));
  expect(lines.map(({ event, outcome, code }) => code ?? `${String(event)} ${String(outcome)}`)).toEqual([
    'allowed',
    'end exit code 0',
    'definition changed',
    'approval_unavailable',
    'allowed',
    'end exit code 0',
  ]);
  const third = start(place);
  await list(third);
  expect(await call(third)).toBe('ran echo');
  await end(third);
});

test('a definition that changes within one run, as after an announcement, is refused under pin: deny', async () => {
  const place = makePlace('version: 1\ndefault: allow\npin: deny\n');
  const guard = start(place);
  await list(guard);
  writeFileSync(place.file, JSON.stringify(NEW));
  expect(await call(guard)).toBe('ran echo');
  await list(guard);
  expect(await call(guard)).toContain('look at `mcp-guard pins diff`');
  // The old words again: they were read all the same.
  writeFileSync(place.file, JSON.stringify(OLD));
  await list(guard);
  expect(await call(guard)).toContain('look at `mcp-guard pins diff`');
  await end(guard);
  expect(
    readLog(place.home)
      .map(({ code }) => code)
      .filter(Boolean),
  ).toEqual(['allowed', 'tool_changed', 'tool_changed']);
});

test('under pin: off nothing is kept, asked or refused', async () => {
  const place = makePlace('version: 1\ndefault: allow\npin: off\n');
  const guard = start(place);
  await list(guard);
  writeFileSync(place.file, JSON.stringify(NEW));
  await list(guard);
  expect(await call(guard)).toBe('ran echo');
  await end(guard);
  expect(readdirSync(join(place.home, 'state'))).not.toContain('pins');
});

test('what was pinned is readable by this user alone', async () => {
  const place = makePlace();
  const guard = start(place);
  await list(guard);
  await end(guard);
  const folder = join(place.home, 'state', 'pins');
  const [file = ''] = readdirSync(folder);
  expect([statSync(folder).mode & 0o777, statSync(join(folder, file)).mode & 0o777]).toEqual([0o700, 0o600]);
});

test('pins that cannot be kept or trusted ask about what a rule allows, and say why', async () => {
  const place = makePlace();
  const first = start(place);
  await list(first);
  await end(first);
  const folder = join(place.home, 'state', 'pins');
  const [name = ''] = readdirSync(folder);
  chmodSync(join(folder, name), 0o666);
  const guard = start(place);
  await guard.stderrHas('cannot be told');
  expect(await call(guard)).toContain("It needs a person's yes");
  await end(guard);
});

test('a folder of pins that is a link is not followed', async () => {
  const place = makePlace();
  mkdirSync(join(place.home, 'state'), { mode: 0o700 });
  mkdirSync(join(place.home, 'elsewhere'), { mode: 0o700 });
  symlinkSync(join(place.home, 'elsewhere'), join(place.home, 'state', 'pins'));
  const guard = start(place);
  await list(guard);
  await end(guard);
  expect(readdirSync(join(place.home, 'elsewhere'))).toEqual([]);
});

test('without a policy of your own what only reads is allowed once it was seen, and not before', async () => {
  const home = makeHome();
  const file = join(home, 'tools.json');
  const tools = ['list_brokers', 'create_broker'].map((name) => ({ name, inputSchema: { type: 'object' } }));
  writeFileSync(file, JSON.stringify(tools));
  const guard = start({ home, file });
  await guard.stderrHas('what only reads, and nothing secret, is allowed');
  expect(await call(guard, 'list_brokers')).toContain("It needs a person's yes");
  await list(guard);
  expect(await call(guard, 'list_brokers')).toBe('ran list_brokers');
  expect(await call(guard, 'create_broker')).toContain("It needs a person's yes");
  await end(guard);
  const again = start({ home, file });
  expect(await call(again, 'list_brokers')).toBe('ran list_brokers');
  await end(again);
});

test('a change that one guard met is asked about by the next one before its client lists anything', async () => {
  const place = makePlace();
  const first = start(place);
  await list(first);
  writeFileSync(place.file, JSON.stringify(NEW));
  await list(first);
  await end(first);

  const second = start(place);
  expect(await call(second)).toMatch(/did not run echo\. Its definition is not the one that was pinned\./);
  expect(pins(place, 'accept', 'mq')).toBe('accepted echo\n');
  expect(await call(second)).toBe('ran echo');
  await end(second);
});

test('two guards of one server pin the same first definition, and both hear what is accepted', async () => {
  const place = makePlace();
  const guards = [start(place), start(place)];
  await Promise.all(guards.map(list));
  writeFileSync(place.file, JSON.stringify(NEW));
  await Promise.all(guards.map(list));
  for (const guard of guards) expect(await call(guard)).toContain('is not the one that was pinned');
  const [, accept = ''] =
    /accept it with: mcp-guard pins (.*)\n/.exec(pins(place, 'diff', 'mq', 'echo')) ?? [];
  expect(pins(place, ...accept.split(' '))).toBe('accepted echo\n');
  for (const guard of guards) expect(await call(guard)).toBe('ran echo');
  await Promise.all(guards.map(end));
});

test.each([
  ['the tool', ['echo']],
  ['the server', []],
])('a guard that runs hears that somebody has forgotten %s before it changed', async (_, tools) => {
  const place = makePlace();
  const guard = start(place);
  await list(guard);
  pins(place, 'forget', 'mq', ...tools);
  writeFileSync(place.file, JSON.stringify(NEW));
  await list(guard);
  expect(await call(guard)).toBe('ran echo');
  await list(guard);
  expect(pins(place, 'diff')).toBe('nothing has changed\n');
  writeFileSync(place.file, JSON.stringify(OLD));
  await list(guard);
  expect(await call(guard)).toContain('is not the one that was pinned');
  await end(guard);
});

test('a folder of pins that others may enter is not believed, and says so', async () => {
  const place = makePlace();
  const first = start(place);
  await list(first);
  await end(first);
  chmodSync(join(place.home, 'state', 'pins'), 0o777);
  const guard = start(place);
  await guard.stderrHas('is open to others: run chmod 700 on it');
  expect(await call(guard)).toContain("It needs a person's yes");
  await end(guard);
  expect(() => pins(place, 'list')).toThrow(/is open to others: run chmod 700 on it/);
});
