import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GuardError, renderError } from '../../../src/errors.ts';
import { findPolicy } from '../../../src/policy/file/find.ts';
import { createGround } from '../../../src/policy/file/ground.ts';
import { createFakeIo } from '../../helpers/fake-io.ts';
import { createHostileFolder } from '../../helpers/hostile-folder.ts';
import { classifyByWord } from '../../helpers/policy.ts';

const SOUND = 'version: 1\ndefault: deny\n';
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mcp-guard-find-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function put(name: string, text = SOUND): string {
  const path = join(home, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function find(explicit?: string, env: Record<string, string> = {}, cwd = home) {
  const io = createFakeIo(home, { env, cwd });
  return findPolicy({ explicit, server: 'mq' }, io, createGround(io, classifyByWord));
}

/** The first file's policy, and what is said of it. */
async function findFirst(...wanted: Parameters<typeof find>) {
  const { set, notices } = await find(...wanted);
  return { policy: set.layers[0].policy, notices };
}

async function fail(explicit?: string, cwd?: string): Promise<string> {
  const error: unknown = await find(explicit, {}, cwd).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(GuardError);
  return renderError(error).replaceAll(home, '');
}

test('asks about every call but of what reads, and says so, where no policy is written', async () => {
  const { policy, notices } = await findFirst();
  // As a file would say it, to the hash.
  put(
    'same.yaml',
    'version: 1\ndefault: require_approval\ncategories:\n  read: allow\nrisks:\n  high: require_approval\n  critical: require_approval\n',
  );
  const written = await findFirst('same.yaml');
  expect(policy).toEqual({ ...written.policy, file: null });
  expect(notices).toEqual([
    `no policy of your own (${home}/config/policy.yaml): what only reads, and nothing secret, is allowed, and a person is asked before every other tool call`,
  ]);
});

test.each([
  ['the named file before all others', ['named.yaml', 'config/mq.yaml'], 'named.yaml', 'named.yaml'],
  ["the server's own before that of all servers", ['config/mq.json', 'config/policy.yaml'], 'config/mq.json'],
  ['the one of all servers', ['config/policy.yml', 'config/other.yaml'], 'config/policy.yml'],
])('takes %s', async (_, files, expected, explicit?: string) => {
  for (const file of files) put(file, '{"version": 1}');
  expect(await findFirst(explicit)).toMatchObject({ policy: { file: join(home, expected) }, notices: [] });
});

test('takes the file of the environment, unless one is named', async () => {
  put('a.yaml');
  put('b.yaml');
  expect((await findFirst(undefined, { MCP_GUARD_POLICY: 'a.yaml' })).policy.file).toBe(join(home, 'a.yaml'));
  expect((await findFirst('b.yaml', { MCP_GUARD_POLICY: 'a.yaml' })).policy.file).toBe(join(home, 'b.yaml'));
});

test('says which of two files it does not read', async () => {
  put('config/policy.yaml');
  put('config/policy.json', '{"version": 1}');
  expect((await find()).notices).toEqual([
    `${home}/config/policy.json is not read: ${home}/config/policy.yaml comes before it`,
  ]);
});

test('falls back on nothing where the named file is missing', async () => {
  put('config/policy.yaml');
  expect(await fail('nowhere.yaml')).toBe('mcp-guard: error: /nowhere.yaml: there is no such file\n');
  expect(await fail('~/x.yaml')).toMatch(/hint: no shell was there to read ~ as your home/);
  await expect(find('')).rejects.toThrow('--policy is empty');
});

test('falls back on nothing where a link of its own leads nowhere', async () => {
  put('config/policy.yaml');
  symlinkSync('nowhere', join(home, 'config/mq.yaml'));
  expect(await fail()).toBe('mcp-guard: error: /config/mq.yaml: there is no such file\n');
});

test('tells every problem of a broken policy in one error', async () => {
  put('config/mq.yaml', 'version: 1\ndefault: alow\ntool: {}\n');
  expect(await fail()).toMatchInlineSnapshot(`
    "mcp-guard: error: /config/mq.yaml:2:10: unknown action "alow"
    default: alow
             ^^^^
    mcp-guard: hint: use allow, require_approval or deny
    mcp-guard: error: /config/mq.yaml:3:1: unknown key "tool"
    tool: {}
    ^^^^
    mcp-guard: hint: did you mean tools?
    "
  `);
});

test('refuses a policy that others can write', async () => {
  chmodSync(put('config/mq.yaml'), 0o666);
  expect(await fail()).toMatchInlineSnapshot(`
    "mcp-guard: error: /config/mq.yaml: the file can be written by other users, who could change what is allowed
    mcp-guard: hint: run: chmod go-w /config/mq.yaml
    "
  `);
});

test.each([
  ['env: [HOME]', [`2:6: env lists no PATH, so the server finds no programs by name`]],
  ['env: [HOME, "P*"]', []],
])('warns of a server that would get no PATH: %s', async (line, warnings) => {
  put('config/mq.yaml', `version: 1\n${line}\n`);
  expect((await find()).notices).toEqual(warnings.map((text) => `${home}/config/mq.yaml:${text}`));
});

test('tells warnings as notices', async () => {
  put('config/mq.yaml', 'version: 1\ntools:\n  a: [allow, deny]\n');
  expect((await find()).notices).toEqual([
    `${home}/config/mq.yaml:3:14: tools.a[1] can never decide: tools.a[0] always decides before it`,
  ]);
});

test('adds the nearest file of the project, which can only tighten, and says so', async () => {
  put('config/policy.yaml', 'version: 1\ndefault: allow\n');
  const file = put('a\u001b[2Jb/mcp-guard.yaml', 'version: 1\ntools: { drop: deny }\n');
  put('a\u001b[2Jb/c/keep');
  const { set, notices, own, project } = await find(undefined, {}, join(home, 'a\u001b[2Jb/c'));
  expect(set.layers.map(({ role, policy }) => [role, policy.file])).toEqual([
    ['first', join(home, 'config/policy.yaml')],
    ['project', file],
  ]);
  expect(notices).toEqual([`${home}/a\\x1b[2Jb/mcp-guard.yaml was found, and tightens the policy`]);
  expect([own.root, project.root]).toEqual([join(home, 'config/policy.yaml'), file]);
});

test.each([
  ['a key of its own file alone', 'env: [PATH]', '"env" in a project\'s policy'],
  [
    'who is asked',
    'tools: { a: { action: deny, approval: { open: [x] } } }',
    '"approval" in a project\'s policy',
  ],
  [
    'a window of the machine',
    'rate_limit: { max: 1, window: 1, scope: machine }',
    '"scope" in a project\'s policy',
  ],
  ['layers', 'layers: [./x.yaml]', '"layers" in a project\'s policy'],
  ['what becomes of a tool that changed', 'pin: off', '"pin" in a project\'s policy'],
  ['what is kept of calls', 'audit: { required: off }', '"audit" in a project\'s policy'],
  [
    'who is asked about a category',
    'categories: { write: [{ action: require_approval, approval: { channels: [] } }] }',
    '"approval" in a project\'s policy',
  ],
  [
    'a window of the machine for a risk',
    'risks: { low: { rate_limit: { max: 1, window: 1, scope: machine } } }',
    '"scope" in a project\'s policy',
  ],
])('refuses a project file that says %s', async (_, text, message) => {
  put('work/mcp-guard.yaml', `version: 1\n${text}\n`);
  expect(await fail(undefined, join(home, 'work'))).toContain(message);
});

test('reads categories and risks from a project file', async () => {
  put(
    'work/mcp-guard.yaml',
    'version: 1\ncategories: { destructive: deny }\nrisks: { critical: require_approval }\n',
  );
  const { set } = await find(undefined, {}, join(home, 'work'));
  expect(set.layers.at(-1)).toMatchObject({
    role: 'project',
    policy: { rules: { categories: [{ pattern: 'destructive' }], risks: [{ pattern: 'critical' }] } },
  });
});

test('adds no project file beside a named policy, and none twice', async () => {
  const named = put('work/mcp-guard.yaml');
  const { set } = await find(named, {}, join(home, 'work'));
  expect(set.layers).toHaveLength(1);
  symlinkSync(named, put('config/keep').replace('keep', 'mq.yaml'));
  expect((await find(undefined, {}, join(home, 'work'))).set.layers).toHaveLength(1);
});

test('takes a file of the own folder for no project, wherever a client starts the guard', async () => {
  put('config/mcp-guard.yaml', 'version: 1\nenv: [PATH]\n');
  put('config/below/keep');
  const { set } = await find(undefined, {}, join(home, 'config/below'));
  expect(set.layers.map(({ role, policy }) => [role, policy.file])).toEqual([['first', null]]);
});

test('refuses a policy for another server', async () => {
  put('config/mq.yaml', 'version: 1\nserver: [github, "git*"]\n');
  expect(await fail()).toMatchInlineSnapshot(`
    "mcp-guard: error: /config/mq.yaml: the policy is for "github", "git*", and this server is "mq"
    mcp-guard: hint: name another policy with --policy, or say with --name which server this is
    "
  `);
  put('config/mq.yaml', 'version: 1\nserver: [github, "m*"]\n');
  expect((await findFirst()).policy.server).toEqual(['github', 'm*']);
});

test('runs nothing and waits for nothing in a hostile folder', async () => {
  const { folder, listRun } = createHostileFolder(home);
  const { policy, notices } = await findFirst(undefined, {}, join(folder, 'node_modules/.bin'));
  expect(policy.file).toBeNull();
  expect(notices[1]).toBe(`${folder}/mcp-guard.yaml is no regular file, and is not read`);
  expect(listRun()).toEqual([]);
});

test('refuses a named pipe of a project that is named as the policy', async () => {
  const { folder } = createHostileFolder(home);
  expect(await fail(join(folder, 'mcp-guard.yaml'))).toContain(
    'this is no regular file, and a policy is a regular file',
  );
});

test('cannot be led out of its folder by the name of a server', async () => {
  put('outside.yaml', 'version: 1\ndefault: allow\n');
  mkdirSync(join(home, 'config'));
  const io = createFakeIo(home);
  const { set } = await findPolicy(
    { explicit: undefined, server: '../outside' },
    io,
    createGround(io, classifyByWord),
  );
  expect(set.layers[0].policy.file).toBeNull();
});
