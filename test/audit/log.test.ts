import { createHmac } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CallEntry, Entry } from '../../src/audit/entry.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { renderEntry } from '../../src/audit/render-entry.ts';
import { createIo, type Io } from '../../src/io.ts';

const CONTEXT = {
  session: 's1',
  server: 'mq',
  policyHash: 'h',
  hash: (text: string | Buffer) => createHmac('sha256', 'key').update(text).digest('hex'),
};

function call(members: Partial<CallEntry> = {}, args = '{}'): CallEntry {
  return {
    event: 'call',
    id: '7',
    tool: 'echo',
    profile: { category: 'write', risk: 'medium' },
    other: null,
    arguments: Buffer.from(args),
    verdict: 'allow',
    code: 'allowed',
    rule: 'default',
    approver: null,
    waitMs: null,
    dryRun: false,
    ...members,
  };
}

const render = (entry: Entry): string => renderEntry(entry, CONTEXT, '2026-01-02T03:04:05.006Z', 3);

function makeIo(): { io: Io; folder: string } {
  const home = mkdtempSync(join(tmpdir(), 'mcp-guard-audit-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const io = { ...createIo(process), folders: { config: home, state: join(home, 'state') } };
  return { io, folder: join(home, 'state', 'audit') };
}

const readLines = (folder: string): Record<string, unknown>[] =>
  readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  );

describe('a line', () => {
  test('tells one call', () => {
    expect(render(call({ approver: 'terminal', waitMs: 1200, code: 'approved' }, '{"b":1}'))).toBe(
      '{"time":"2026-01-02T03:04:05.006Z","seq":3,"session":"s1","server":"mq","event":"call","id":7,"arguments":{"b":1},"tool":"echo","category":"write","risk":"medium","verdict":"allow","code":"approved","rule":"default","approver":"terminal","waitMs":1200,"policyHash":"h"}\n',
    );
  });

  test('keeps the spelling of numbers and the order of keys, and drops white space', () => {
    const line = render(
      call({}, '{"2": 9007199254740993,\t"1":[1.0, -0, 1e400, true, null],"__proto__":{"x":"\\u0041"}}'),
    );
    expect(line).toContain(
      '"arguments":{"2":9007199254740993,"1":[1.0,-0,1e400,true,null],"__proto__":{"x":"\\u0041"}},',
    );
  });

  test.each([
    ['{"password":"hunter2"}', '{"password":"[redacted #]"}'],
    ['{"a":[{"apiKey":{"x":1}}]}', '{"a":[{"apiKey":"[redacted #]"}]}'],
    ['{"oauth_token":123}', '{"oauth_token":"[redacted #]"}'],
    ['{"pass\\u0077ord":"x"}', '{"pass\\u0077ord":"[redacted #]"}'],
    ['{"note":"ghp_0123456789abcdefghijABCDEFGHIJ012345"}', '{"note":"[redacted #]"}'],
    ['{"region":"eu-west-1"}', '{"region":"eu-west-1"}'],
  ])('masks secrets: %s', (args, written) => {
    expect(render(call({}, args)).replaceAll(/redacted [0-9a-f]{12}/g, 'redacted #')).toContain(
      `"arguments":${written},`,
    );
  });

  test('cuts long strings visibly, and tells arguments that are too long by their hash', () => {
    expect(render(call({}, JSON.stringify({ a: 'x'.repeat(5_000) })))).toMatch(
      /x \[cut: 5000 characters, hash [0-9a-f]{32}\]"/,
    );
    const many = JSON.stringify(Array.from({ length: 20_000 }, () => 'word'));
    expect(render(call({}, `{"a":${many}}`))).toMatch(/"arguments":"\[cut: \d+ bytes, hash [0-9a-f]{32}\]"/);
  });

  test('is one line of ASCII whatever it tells', () => {
    const hostile = 'a\n\r\u001b[2J\u2028\u0085\u202e\ud800é';
    const lines = [
      render(call({ rule: hostile }, JSON.stringify({ [hostile]: hostile }))),
      render({
        event: 'refused-frame',
        from: 'client',
        reason: hostile,
        line: Buffer.from([0, 10, 13, 27, 255]),
        length: 5,
      }),
    ];
    for (const line of lines) {
      expect(line).toMatch(/^[\x20-\x7e]+\n$/);
      expect(JSON.parse(line)).toHaveProperty('seq', 3);
    }
  });
});

describe('the log', () => {
  test('is made with its first entry, for this user alone, and numbers its lines', () => {
    const { io, folder } = makeIo();
    const log = createAuditLog(io, CONTEXT);
    expect(log.write([{ event: 'end', outcome: 'exit code 0' }])).toBeNull();
    expect(() => readdirSync(folder)).toThrow();
    expect(log.write([call(), call()])).toBeNull();
    expect(log.write([{ event: 'end', outcome: 'exit code 0' }])).toBeNull();
    log.close();
    const [name = ''] = readdirSync(folder);
    expect(name).toMatch(/^\d{8}T\d{6}Z-mq-s1\.jsonl$/);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readLines(folder).map(({ seq, event }) => [seq, event])).toEqual([
      [0, 'call'],
      [1, 'call'],
      [2, 'end'],
    ]);
  });

  test('says why it cannot be written, and writes again when it can', () => {
    const { io, folder } = makeIo();
    writeFileSync(io.folders.state, 'in the way');
    const log = createAuditLog(io, CONTEXT);
    expect(log.write([call()])).toMatch(/ENOTDIR|EEXIST/);
    rmSync(io.folders.state);
    expect(log.write([call()])).toBeNull();
    log.close();
    expect(readLines(folder)).toMatchObject([{ seq: 0 }]);
  });

  test('starts a new file when its own was deleted', () => {
    const { io, folder } = makeIo();
    const log = createAuditLog(io, CONTEXT);
    log.write([call()]);
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    expect(log.write([call()])).toBeNull();
    log.close();
    expect(readLines(folder)).toMatchObject([{ seq: 1 }]);
  });

  test.each([
    ['a link', (folder: string) => symlinkSync(tmpdir(), folder)],
    [
      'open to others',
      (folder: string) => {
        mkdirSync(folder);
        chmodSync(folder, 0o777);
      },
    ],
  ])('is not written into a folder that is %s', (_, prepare) => {
    const { io, folder } = makeIo();
    mkdirSync(io.folders.state);
    prepare(folder);
    expect(createAuditLog(io, CONTEXT).write([call()])).toContain(folder);
  });
});
