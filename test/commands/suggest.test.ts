import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RecordedCall } from '../../src/audit/read/recorded-call.ts';
import { canonicalDefinition } from '../../src/catalogue/pins/definition.ts';
import { openPinStore } from '../../src/catalogue/pins/pin-store.ts';
import { suggest, type SuggestOptions } from '../../src/commands/suggest.ts';
import { validate } from '../../src/commands/validate.ts';
import { record, spread } from '../audit/suggest/recorded.ts';
import { createFakeIo } from '../helpers/fake-io.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mcp-guard-suggest-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the reader of the log was asked for. */
  readonly wanted: unknown;
}

async function run(calls: readonly RecordedCall[], options: Partial<SuggestOptions> = {}): Promise<Run> {
  const io = { ...createFakeIo(home), date: () => new Date(Date.UTC(2026, 0, 31, 12)) };
  let wanted: unknown = null;
  const none = {
    logs: [],
    server: undefined,
    since: undefined,
    until: undefined,
    widen: undefined,
    write: undefined,
  };
  const code = await suggest({ ...none, ...options }, io, async function* (_io, asked) {
    wanted = asked;
    yield* calls;
  });
  return { code, ...io.written, wanted };
}

const CALLS = spread([record('read_file', '{"path":"/srv/a"}'), record('read_file', '{"path":"/srv/b"}')]);

test('prints the policy on stdout, and nothing else anywhere', async () => {
  const { code, stdout, stderr, wanted } = await run(CALLS);
  expect([code, stderr, wanted]).toEqual([0, '', { files: [], server: null, since: null, until: null }]);
  expect(stdout).toContain("args.path: { exists: true, in: ['/srv/a', '/srv/b'] }");
});

test('with --widen what only reads may have other values', async () => {
  expect((await run(CALLS, { widen: true })).stdout).toContain("args.path: { exists: true, within: '/srv' }");
});

test('the schema that is pinned tells whether an argument has to be there', async () => {
  const store = openPinStore(createFakeIo(home), { name: 'files', command: ['files'] });
  const definition = canonicalDefinition(Buffer.from('{"name":"read_file","inputSchema":{"type":"object"}}'));
  store.write([{ kind: 'pin', tool: 'read_file', definition }]);
  expect((await run(CALLS)).stdout).toContain("args.path: { in: ['/srv/a', '/srv/b'] }");
});

test('asks the reader for what the options say', async () => {
  const { wanted } = await run(CALLS, {
    logs: ['a.jsonl'],
    server: 'files',
    since: Date.UTC(2026, 0, 31, 10),
    until: Date.UTC(2026, 0, 31, 11),
  });
  expect(wanted).toEqual({
    files: ['a.jsonl'],
    server: 'files',
    since: Date.UTC(2026, 0, 31, 10),
    until: Date.UTC(2026, 0, 31, 11),
  });
});

test('writes a file that validate finds sound, and never over another one', async () => {
  const { code, stdout, stderr } = await run(CALLS, { write: 'p.yaml' });
  expect([code, stdout, stderr]).toEqual([0, '', 'mcp-guard: wrote "p.yaml": read it before you use it\n']);
  const io = createFakeIo(home);
  expect(
    await validate({ file: 'p.yaml', name: undefined, against: null, timeoutMs: 1, json: false }, io),
  ).toBe(0);
  writeFileSync(join(home, 'q.yaml'), 'mine');
  await expect(run(CALLS, { write: 'q.yaml' })).rejects.toMatchObject({
    code: 'usage',
    message: 'the file is there already',
    where: 'q.yaml',
    hints: ['name another file'],
  });
  expect(readFileSync(join(home, 'q.yaml'), 'utf8')).toBe('mine');
});

test.each([
  ['no calls', [], {}, { code: 'failed', message: 'the log tells of no call of a tool' }],
  [
    'no calls of a server',
    [],
    { server: 'x\n' },
    { code: 'failed', message: 'the log tells of no call of a tool of the server "x\\n"' },
  ],
  [
    'several servers',
    [...CALLS, record('get', '{}', { server: 'b\u001b' })],
    {},
    {
      code: 'usage',
      message: 'the log tells of several servers: "b\\x1b", "files"',
      hints: ['a policy is for one of them: name it with --server'],
    },
  ],
])('%s: says what is wrong', async (_, calls, options, error) => {
  await expect(run(calls, options)).rejects.toMatchObject(error);
});

test('says which names were left out', async () => {
  const { stderr } = await run([...CALLS, record('bad\u001b name', '{}')]);
  expect(stderr).toBe('mcp-guard: note: left out are names that no tool can have: "bad\\x1b name"\n');
});
