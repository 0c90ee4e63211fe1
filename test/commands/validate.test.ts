import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { validate, type ValidateOptions } from '../../src/commands/validate.ts';
import { createFakeIo } from '../helpers/fake-io.ts';
import { fixture } from '../helpers/guard.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mcp-guard-validate-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

async function run(text: string | null, options: Partial<ValidateOptions> = {}): Promise<[number, string]> {
  if (text !== null) writeFileSync(join(home, 'p.yaml'), text, { mode: 0o600 });
  const io = createFakeIo(home);
  const defaults = { file: 'p.yaml', name: undefined, against: null, timeoutMs: 20_000, json: false };
  const code = await validate({ ...defaults, ...options }, io);
  expect(io.written.stderr).toBe('');
  return [code, io.written.stdout.replaceAll(home, '')];
}

test('says what a sound policy holds, and where the action of a rule comes from that only limits', async () => {
  const [code, text] = await run(`version: 1
tools:
  create_*: require_approval
  create_broker: { rate_limit: 10/minute }
  search_*: { rate_limit: 10/minute }
tests: [{ call: create_broker, expect: require_approval }]
`);
  expect(code).toBe(0);
  expect(text).toMatchInlineSnapshot(`
    "/p.yaml is sound
      default  require_approval (not written, so it asks)
      tools    3 names and globs
      tests    1 passed
    note: tools.create_broker only limits; the action comes from tools.create_* (require_approval)
    note: tools.search_* only limits; the action comes from the other rules that fit a call, else from default (require_approval)
    "
  `);
});

test('lists every problem, and exits with 1', async () => {
  const [code, text] = await run('version: 1\ndefualt: deny\ntools:\n  a: [allow, deny]\n  b: alow\n');
  expect(code).toBe(1);
  expect(text).toMatchInlineSnapshot(`
    "mcp-guard: error: /p.yaml:2:1: unknown key "defualt"
    defualt: deny
    ^^^^^^^
    mcp-guard: hint: did you mean default?

    mcp-guard: error: /p.yaml:5:6: unknown action "alow"
      b: alow
         ^^^^
    mcp-guard: hint: use allow, require_approval or deny

    /p.yaml cannot be used: 2 errors
    "
  `);
});

test('leaves warnings at exit code 0', async () => {
  const [code, text] = await run('version: 1\ntools:\n  a: [allow, deny]\n');
  expect(code).toBe(0);
  expect(text).toMatchInlineSnapshot(`
    "mcp-guard: warning: /p.yaml:3:14: tools.a[1] can never decide: tools.a[0] always decides before it
      a: [allow, deny]
                 ^^^^
    mcp-guard: hint: a list is read top to bottom: put it before tools.a[0]

    /p.yaml is sound, with 1 warning
      default  require_approval (not written, so it asks)
      tools    1 name or glob
      tests    none
    "
  `);
});

test('says what rules there are for categories and risks, and where they only limit', async () => {
  const text = [
    'version: 1',
    'default: deny',
    'pin: off',
    'categories: { read: allow, write: { rate_limit: 5/minute }, destructive: require_approval }',
    'risks: { critical: deny }',
    'tools: { delete_x: { rate_limit: 1/minute } }',
  ];
  expect((await run(`${text.join('\n')}\n`))[1].replaceAll(home, '')).toMatchInlineSnapshot(`
    "/p.yaml is sound
      default  deny
      tools    1 name or glob
      classes  3 categories and 1 risk
      pin      off
      tests    none
    note: tools.delete_x only limits; the action comes from categories.destructive (require_approval)
    note: categories.write only limits; the action comes from the other rules that fit a call, else from default (deny)
    "
  `);
});

test('tells programs the same', async () => {
  const [code, text] = await run('version: 1\ndefault: alow\n', { json: true });
  expect([code, JSON.parse(text)]).toEqual([
    1,
    {
      valid: false,
      file: '/p.yaml',
      problems: [
        {
          severity: 'error',
          code: 'unknown_action',
          message: 'unknown action "alow"',
          file: '/p.yaml',
          line: 2,
          column: 10,
          length: 4,
          hint: 'use allow, require_approval or deny',
        },
      ],
      tests: { passed: 0, failed: 0 },
    },
  ]);
});

test('finds the file that run would use', async () => {
  mkdirSync(join(home, 'config'));
  writeFileSync(join(home, 'config/mq.yaml'), 'version: 1\n', { mode: 0o600 });
  expect((await run(null, { file: undefined, name: 'mq' }))[1]).toContain('/config/mq.yaml is sound');
  const [code, text] = await run(null, { file: undefined });
  expect(code).toBe(0);
  expect(text).toMatchInlineSnapshot(`
    "nothing to check
    no policy of your own (/config/policy.yaml): what only reads, and nothing secret, is allowed, and a person is asked before every other tool call
    "
  `);
});

test('tells that a file is missing as it tells any problem', async () => {
  const [code, text] = await run(null, { file: 'a\u001b[2J.yaml' });
  expect(code).toBe(1);
  expect(text).toMatchInlineSnapshot(`
    "mcp-guard: error: /a\\x1b[2J.yaml: there is no such file

    /a\\x1b[2J.yaml cannot be used: 1 error
    "
  `);
  const [, json] = await run(null, { file: 'none.yaml', json: true });
  expect(JSON.parse(json)).toMatchObject({ valid: false, problems: [{ code: 'file_missing' }] });
});

const SERVER = [process.execPath, fixture('listing-server.js')];
const PLANTED = `version: 1
tools:
  on*: allow
  tow: deny
`;

test('holds the policy against a live server', async () => {
  const [code, text] = await run(PLANTED, { against: [...SERVER, 'noise'] });
  expect(code).toBe(0);
  expect(text).toMatchInlineSnapshot(`
    "mcp-guard: warning: /p.yaml:4:3: no tool of the server is named "tow"
      tow: deny
      ^^^

    /p.yaml is sound, with 1 warning
      default  require_approval (not written, so it asks)
      tools    2 names and globs
      tests    none
      server   listing 1.2.3, 1 tool, protocol 2025-11-25
    note: of the server: 2 lines on its stdout are no JSON-RPC
    "
  `);
});

test('tells programs what the server said', async () => {
  const [code, text] = await run(PLANTED, { against: SERVER, json: true });
  expect([code, JSON.parse(text)]).toMatchObject([
    0,
    {
      valid: true,
      problems: [{ severity: 'warning', code: 'unknown_tool', line: 4, column: 3 }],
      against: { server: { name: 'listing', version: '1.2.3' }, tools: ['one'], warnings: [] },
    },
  ]);
});

test('says what it found without a server that cannot be asked', async () => {
  writeFileSync(join(home, 'p.yaml'), PLANTED, { mode: 0o600 });
  const io = createFakeIo(home);
  const options = {
    file: 'p.yaml',
    name: undefined,
    against: ['/no/such/command'],
    timeoutMs: 20_000,
    json: false,
  };
  await expect(validate(options, io)).rejects.toMatchObject({ code: 'command_not_found' });
  expect(io.written.stdout).toContain('p.yaml is sound\n');
  expect(io.written.stdout).toContain('server   not asked: see below\n');
});

test('starts no server for a policy that cannot be used', async () => {
  const [code, text] = await run('version: 2\n', { against: ['/no/such/command'] });
  expect(code).toBe(1);
  expect(text).toContain('cannot be used: 1 error\n');
});
