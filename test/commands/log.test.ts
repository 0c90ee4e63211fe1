import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CallEntry } from '../../src/audit/entry.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { logCommand } from '../../src/commands/log.ts';
import type { Io } from '../../src/io.ts';
import { callOf, LogHome, runOf } from '../helpers/audit-log.ts';
import { createFakeIo } from '../helpers/fake-io.ts';

beforeAll(() => vi.stubEnv('TZ', 'UTC'));
afterAll(() => void vi.unstubAllEnvs());

const REFUSED = { verdict: 'deny', isAwaited: false } as const;
const CALLS: readonly Partial<CallEntry>[] = [
  {
    tool: 'describe_broker',
    profile: { category: 'read', risk: 'low' },
    arguments: Buffer.from('{"id":9007199254740993}'),
  },
  { tool: 'create_broker', code: 'approved', approver: 'console', waitMs: 8_123 },
  { tool: 'delete_broker', code: 'denied', ...REFUSED },
  { tool: 'reboot_broker', code: 'approval_denied', approver: 'terminal', waitMs: 61_000, ...REFUSED },
  { tool: 'rm\u001b[2J\u202e -rf', code: 'rate_limited', ...REFUSED },
  { tool: null, profile: null, other: { method: 'resources/read', target: 'file:///etc/passwd' } },
];

/** One run with all kinds of calls, each two seconds after the one before. */
function record(): LogHome {
  const home = new LogHome();
  let now = 0;
  const log = createAuditLog({ ...home.io, now: () => now }, runOf({ session: '3f9a1c' }));
  for (const [id, members] of CALLS.entries()) {
    log.write([callOf({ id: String(id), ...members })]);
    now += 10 ** id;
    if (id !== 5)
      log.write([
        {
          event: 'result',
          id: String(id),
          outcome: id === 1 ? 'tool_error' : 'ok',
          answer: Buffer.from('{}'),
        },
      ]);
    home.time += 2_000;
  }
  log.write([
    { event: 'refused-frame', from: 'client', reason: 'the key "id" comes twice', line: null, length: 9 },
    { event: 'pause', on: true },
    { event: 'end', outcome: 'exit code 0' },
  ]);
  log.close();
  return home;
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
}

async function run(home: LogHome, ...args: string[]): Promise<Ran> {
  const fake = createFakeIo(home.io.folders.config, { env: { LANG: 'C.UTF-8' } });
  const io: Io = { ...fake, folders: home.io.folders, date: () => home.io.date() };
  let code = -1;
  const program = new Command('mcp-guard').enablePositionalOptions().exitOverride();
  program.addCommand(
    logCommand(io, (given) => (code = given))
      .exitOverride()
      .configureOutput({ writeErr: () => {} }),
  );
  await program.parseAsync(['log', ...args], { from: 'user' });
  return { code, stdout: fake.written.stdout };
}

describe('log', () => {
  test('is a table of calls and of what else happened', async () => {
    const { code, stdout } = await run(record());
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "time      server  tool                               decision      by              outcome      took  id
      Fri 2 Jan 2026
      03:04:05  mq: run 3f9a of mcp-guard 1.2.3 begins: mq-server --verbose
      03:04:05  mq      describe_broker                    allowed                       ok           1 ms  3f9a.1
      03:04:07  mq      create_broker                      approved      console, 8.1 s  tool error  10 ms  3f9a.3
      03:04:09  mq      delete_broker                      denied                                           3f9a.5
      03:04:11  mq      reboot_broker                      refused       terminal, 61 s                     3f9a.6
      03:04:13  mq      rm\\x1b[2J\\u{202e} -rf              rate limited                                     3f9a.7
      03:04:15  mq      resources/read file:///etc/passwd  allowed                       no outcome         3f9a.8
      03:04:17  mq: a line of the client was refused: the key "id" comes twice
      03:04:17  mq: paused, every call is refused
      03:04:17  mq: run 3f9a ends: exit code 0
      6 calls: 3 ran, 3 refused; 2 asked, 1 yes; 1 failed
      "
    `);
  });

  test.each<[string, string[], string[]]>([
    ['--denied', ['--denied'], ['delete_broker', 'reboot_broker', 'rm\\x1b[2J', 'comes twice']],
    ['--asked', ['--asked'], ['create_broker', 'reboot_broker']],
    ['--tool', ['--tool', '*ate_broker'], ['create_broker']],
    ['--server', ['--server', 'pg*'], ['nothing of that kind is in the log']],
    ['--since', ['--since', '2026-01-02T03:04:15Z'], ['resources/read', 'comes twice', 'paused', 'ends']],
    ['--until', ['--until', '2026-01-02T03:04:06Z'], ['begins', 'describe_broker']],
    ['--limit', ['--limit', '1'], ['resources/read', 'comes twice', 'paused', 'ends']],
  ])('%s shows what it says', async (_, args, shown) => {
    const { stdout } = await run(record(), ...args);
    const rows = stdout.split('\n').filter((line) => /^\d\d:/.test(line) || line.startsWith('nothing'));
    expect(rows.map((row) => shown.find((text) => row.includes(text)))).toEqual(shown);
  });

  test('--args adds what was asked for, its numbers to the last digit', async () => {
    const { stdout } = await run(record(), '--args', '--tool', 'describe_*');
    expect(stdout).toContain('id: 9007199254740993');
  });

  test('--json gives the stored lines, byte for byte', async () => {
    const home = record();
    expect((await run(home, '--json')).stdout).toBe(home.text);
    const denied = (await run(home, '--json', '--denied')).stdout.split('\n').filter(Boolean);
    expect(denied.map((line) => (JSON.parse(line) as { tool: string }).tool)).toEqual([
      'delete_broker',
      'reboot_broker',
      'rm\u001b[2J\u202e -rf',
      undefined,
    ]);
  });

  test('nothing that was logged acts on the terminal', async () => {
    const { stdout } = await run(record(), '--args');
    expect(stdout.replaceAll('\n', '')).toMatch(/^[\x20-\x7e\u2500-\u25ff…»]*$/u);
  });

  test.each([
    ['--since', 'yesterday'],
    ['--limit', '0'],
  ])('%s %s is refused', async (...args) => {
    await expect(run(new LogHome(), ...args)).rejects.toThrow('allowed');
  });

  test('an empty log is no error', async () => {
    expect(await run(new LogHome())).toEqual({ code: 0, stdout: 'nothing of that kind is in the log\n' });
  });
});

describe('log show', () => {
  test('tells one call in full', async () => {
    const { code, stdout } = await run(record(), 'show', '3f9a.3');
    expect(code).toBe(0);
    expect(stdout.replaceAll(/[0-9a-f]{32,64}/g, 'HASH')).toMatchInlineSnapshot(`
      "call            3f9a.3
      time            Fri 2 Jan 2026 03:04:07 (2026-01-02T03:04:07.006Z)
      server          mq
      tool            create_broker
      does            write, medium risk
      decision        approved
      rule            default
      by              console, 8.1 s
      outcome         tool error, 10 ms
      id on the wire  1
      policy          h
      arguments hash  HASH
      result          2 bytes, hash HASH
      line            number 3 of run 3f9a1c, hash HASH
      arguments  {}
      "
    `);
  });

  test('tells what is no call too', async () => {
    const { stdout } = await run(record(), 'show', '3f.0');
    expect(stdout).toContain('mq: run 3f9a of mcp-guard 1.2.3 begins: mq-server --verbose');
  });

  test('gives the stored lines of a call and its outcome', async () => {
    const { stdout } = await run(record(), 'show', '3f9a.3', '--json');
    expect(stdout.split('\n').filter(Boolean)).toHaveLength(2);
  });

  test.each([
    ['nonsense', 'is no id of a call'],
    ['3f9a.999', 'no line of the log is called'],
  ])('%s: %s', async (id, why) => {
    await expect(run(record(), 'show', id)).rejects.toThrow(why);
  });

  test('asks which of two runs is meant', async () => {
    const home = record();
    createAuditLog(home.io, runOf({ session: '3f9aff' })).write([callOf()]);
    await expect(run(home, 'show', '3f9a.1')).rejects.toThrow('several runs begin with "3f9a"');
  });
});

describe('log --verify', () => {
  test('says that the log is whole', async () => {
    const { code, stdout } = await run(record(), '--verify');
    expect([code, stdout]).toEqual([0, '1 file of 12 lines: whole\n']);
  });

  test('names the line that is not', async () => {
    const home = record();
    const [path = ''] = home.paths;
    writeFileSync(path, readFileSync(path, 'utf8').replace('"create_broker"', '"delete_broker"'));
    const { code, stdout } = await run(home, '--verify');
    expect(code).toBe(1);
    expect(stdout).toBe(
      '20260102T030405Z-mq-3f9a1c.jsonl: line 4 was changed: it is not what its own hash says\n1 file of 12 lines: 1 file damaged\n',
    );
  });
});

describe('log stats', () => {
  test('is a page that tells what it comes to', async () => {
    const { code, stdout } = await run(record(), 'stats');
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "6 calls of 6 tools in 1 run
      Fri 2 Jan 2026 03:04:05 to Fri 2 Jan 2026 03:04:15

      Calls by tool  █ ran  ▓ let run by a person  ░ refused
        describe_broker        1  ████████████████████████████████████████
        create_broker          1  ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓  1 failed
        delete_broker          1  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
        reboot_broker          1  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
        rm\\x1b[2J\\u{202e} -rf  1  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
        resources/read         1  ████████████████████████████████████████

      Why calls were refused
        1  denied by default
        1  approval denied by default
        1  rate limited by default

      The server  half within 1 ms, 95 % within 10 ms
        create_broker      10 ms  3f9a.3  ████████████████████████████████████████
        describe_broker     1 ms  3f9a.1  ████

      Questions  2 asked: 1 yes, 1 no, 0 without an answer
        half answered within 8.3 s, nine of ten within 61 s
        answers: console 1, terminal 1
        Fri 2 Jan  03:00-04:00  2  ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
      "
    `);
  });

  test('takes the same choice of calls, and is there for programs', async () => {
    const { stdout } = await run(record(), 'stats', '--denied', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ calls: 3, questions: { asked: 1, no: 1 } });
  });

  test('is asked for calls also by what stands before its name', async () => {
    const { stdout } = await run(record(), '--denied', 'stats', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ calls: 3 });
  });

  test('of nothing says so', async () => {
    expect((await run(new LogHome(), 'stats')).stdout).toBe('nothing of that kind is in the log\n');
  });
});

test.each([
  [['--verify', '--follow'], '--verify and --follow'],
  [['--verify', '--denied'], '--verify and --denied'],
  [['--verify', '--since', '1d'], '--verify and --since'],
  [['--args', 'stats'], 'stats and --args'],
  [['--tool', 'x', 'show', '3f9a.1'], 'show and --tool'],
])('%j is refused, as one of them would be passed over', async (args, both) => {
  await expect(run(record(), ...args)).rejects.toMatchObject({ code: 'usage', message: `${both} together` });
});
