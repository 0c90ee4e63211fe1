import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GuardError, renderError } from '../../../src/errors.ts';
import { findPolicy } from '../../../src/policy/file/find.ts';
import { createFakeIo } from '../../helpers/fake-io.ts';
import { createHostileFolder } from '../../helpers/hostile-folder.ts';

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
  return findPolicy({ explicit, server: 'mq' }, createFakeIo(home, { env, cwd }));
}

function fail(explicit?: string): string {
  try {
    find(explicit);
  } catch (error) {
    expect(error).toBeInstanceOf(GuardError);
    return renderError(error).replaceAll(home, '');
  }
  throw new Error('the policy was found');
}

test('asks about every call, and says so, where no policy is written', () => {
  const { policy, notices } = find();
  expect(policy).toMatchObject({ file: null, default: { action: 'require_approval' }, tools: [] });
  expect(notices).toEqual([
    `no policy of your own (${home}/config/policy.yaml): a person is asked before every tool call`,
  ]);
});

test.each([
  ['the named file before all others', ['named.yaml', 'config/mq.yaml'], 'named.yaml', 'named.yaml'],
  ["the server's own before that of all servers", ['config/mq.json', 'config/policy.yaml'], 'config/mq.json'],
  ['the one of all servers', ['config/policy.yml', 'config/other.yaml'], 'config/policy.yml'],
])('takes %s', (_, files, expected, explicit?: string) => {
  for (const file of files) put(file, '{"version": 1}');
  expect(find(explicit)).toMatchObject({ policy: { file: join(home, expected) }, notices: [] });
});

test('takes the file of the environment, unless one is named', () => {
  put('a.yaml');
  put('b.yaml');
  expect(find(undefined, { MCP_GUARD_POLICY: 'a.yaml' }).policy.file).toBe(join(home, 'a.yaml'));
  expect(find('b.yaml', { MCP_GUARD_POLICY: 'a.yaml' }).policy.file).toBe(join(home, 'b.yaml'));
});

test('says which of two files it does not read', () => {
  put('config/policy.yaml');
  put('config/policy.json', '{"version": 1}');
  expect(find().notices).toEqual([
    `${home}/config/policy.json is not read: ${home}/config/policy.yaml comes before it`,
  ]);
});

test('falls back on nothing where the named file is missing', () => {
  put('config/policy.yaml');
  expect(fail('nowhere.yaml')).toBe('mcp-guard: error: /nowhere.yaml: there is no such file\n');
  expect(fail('~/x.yaml')).toMatch(/hint: no shell was there to read ~ as your home/);
  expect(() => find('')).toThrow('--policy is empty');
});

test('falls back on nothing where a link of its own leads nowhere', () => {
  put('config/policy.yaml');
  symlinkSync('nowhere', join(home, 'config/mq.yaml'));
  expect(fail()).toBe('mcp-guard: error: /config/mq.yaml: there is no such file\n');
});

test('tells every problem of a broken policy in one error', () => {
  put('config/mq.yaml', 'version: 1\ndefault: alow\ntool: {}\n');
  expect(fail()).toMatchInlineSnapshot(`
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

test('refuses a policy that others can write', () => {
  chmodSync(put('config/mq.yaml'), 0o666);
  expect(fail()).toMatchInlineSnapshot(`
    "mcp-guard: error: /config/mq.yaml: the file can be written by other users, who could change what is allowed
    mcp-guard: hint: run: chmod go-w /config/mq.yaml
    "
  `);
});

test('tells warnings as notices', () => {
  put('config/mq.yaml', 'version: 1\ntools:\n  a: [allow, deny]\n');
  expect(find().notices).toEqual([
    `${home}/config/mq.yaml:3:14: tools.a[1] can never decide: tools.a[0] always decides before it`,
  ]);
});

test('reports the nearest file of the project, escaped, and does not read it', () => {
  put('config/policy.yaml');
  put('a\u001b[2Jb/mcp-guard.yaml', 'version: 1\ndefault: allow\n');
  put('a\u001b[2Jb/c/keep');
  const { policy, notices } = find(undefined, {}, join(home, 'a\u001b[2Jb/c'));
  expect(policy.default.action).toBe('deny');
  expect(notices).toEqual([
    `${home}/a\\x1b[2Jb/mcp-guard.yaml was found and is not read: files of a project can only tighten a policy, and this version does not read them`,
  ]);
});

test('runs nothing and waits for nothing in a hostile folder', () => {
  const { folder, listRun } = createHostileFolder(home);
  const { policy, notices } = find(undefined, {}, join(folder, 'node_modules/.bin'));
  expect(policy.file).toBeNull();
  expect(notices[1]).toContain(`${folder}/mcp-guard.yaml was found and is not read`);
  expect(listRun()).toEqual([]);
});

test('refuses a named pipe of a project that is named as the policy', () => {
  const { folder } = createHostileFolder(home);
  expect(fail(join(folder, 'mcp-guard.yaml'))).toContain(
    'this is no regular file, and a policy is a regular file',
  );
});

test('cannot be led out of its folder by the name of a server', () => {
  put('outside.yaml', 'version: 1\ndefault: allow\n');
  mkdirSync(join(home, 'config'));
  const { policy } = findPolicy({ explicit: undefined, server: '../outside' }, createFakeIo(home));
  expect(policy.file).toBeNull();
});
