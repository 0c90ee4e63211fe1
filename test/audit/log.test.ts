import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../src/audit/entry.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { createOwners } from '../../src/policy/limit/owner.ts';
import { callOf, DAY_MS, LogHome, runOf } from '../helpers/audit-log.ts';

const END: Entry = { event: 'end', outcome: 'exit code 0' };
const GONE = '999999999.00000000';

/** What a run that is over has left behind. */
function leave(home: LogHome, session: string, text: (log: string) => string = (log) => log): string {
  const log = createAuditLog(home.io, runOf({ session }));
  log.write([callOf()]);
  log.close();
  const path = home.paths.find((one) => one.includes(session)) ?? '';
  const own = createOwners(home.io).own;
  writeFileSync(path, text(readFileSync(path, 'utf8').replace(own, GONE)));
  return path;
}

describe('a log', () => {
  test('is made with its first entry, for this user alone, and numbers its lines', () => {
    const home = new LogHome();
    const log = createAuditLog(home.io, runOf());
    expect(log.write([END])).toBeNull();
    expect(() => home.names).toThrow('ENOENT');
    expect(log.write([callOf(), callOf({ id: '8' })])).toBeNull();
    expect(log.write([END])).toBeNull();
    log.close();
    expect(home.names).toEqual(['20260102T030405Z-mq-s1.jsonl']);
    expect(statSync(home.paths[0] ?? '').mode & 0o777).toBe(0o600);
    expect(statSync(home.folder).mode & 0o777).toBe(0o700);
    expect(home.lines.map(({ seq, event }) => [seq, event])).toEqual([
      [0, 'start'],
      [1, 'call'],
      [2, 'call'],
      [3, 'end'],
    ]);
  });

  test('begins with who runs what under which policy', () => {
    const home = new LogHome();
    createAuditLog(home.io, runOf()).write([callOf()]);
    expect(home.lines[0]).toEqual({
      time: '2026-01-02T03:04:05.006Z',
      seq: 0,
      uptimeMs: expect.any(Number) as number,
      session: 's1',
      server: 'mq',
      event: 'start',
      version: '1.2.3',
      command: ['mq-server', '--verbose'],
      files: ['/policy.yaml'],
      pins: { tools: 2, hash: 'p' },
      arguments: 'redacted',
      keepDays: 30,
      owner: createOwners(home.io).own,
      part: 1,
      previous: [],
      policyHash: 'h',
      prev: null,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });

  test('ties each line to the one before it', () => {
    const home = new LogHome();
    const log = createAuditLog(home.io, runOf());
    log.write([callOf()]);
    log.write([callOf({ id: '8' }), END]);
    const hashes = home.lines.map(({ hash }) => hash);
    expect(home.lines.map(({ prev }) => prev)).toEqual([null, ...hashes.slice(0, -1)]);
  });

  test('tells what became of the calls that it holds, and of no other', () => {
    const home = new LogHome();
    let now = 1_000;
    const log = createAuditLog({ ...home.io, now: () => now }, runOf());
    log.write([callOf({ id: '"a"' }), callOf({ id: '2', verdict: 'deny', isAwaited: false })]);
    now += 12.34567;
    const answer = Buffer.from('{"content":[]}');
    log.write([
      { event: 'result', id: '"a"', outcome: 'ok', answer },
      { event: 'result', id: '2', outcome: 'ok', answer },
      { event: 'result', id: '9', outcome: 'ok', answer },
    ]);
    log.write([{ event: 'result', id: '"a"', outcome: 'ok', answer }]);
    expect(home.lines.slice(3)).toMatchObject([
      { event: 'result', id: 'a', call: 1, tool: 'echo', upstreamMs: 12.346, outcome: 'ok', bytes: 14 },
    ]);
  });

  test('is followed by another file when it is full, in one chain', () => {
    const home = new LogHome();
    const log = createAuditLog(home.io, runOf(), 1_200);
    for (let id = 0; id < 6; id++) log.write([callOf({ id: String(id) })]);
    expect(home.names.length).toBeGreaterThan(2);
    expect(home.names).toContain('20260102T030405Z-mq-s1.2.jsonl');
    const { lines } = home;
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index));
    expect(lines.slice(1).map(({ prev }) => prev)).toEqual(lines.slice(0, -1).map(({ hash }) => hash));
    const second = lines.find(({ part }) => part === 2);
    const before = lines[Number(second?.['seq']) - 1];
    expect(second?.['previous']).toEqual([
      {
        file: '20260102T030405Z-mq-s1.jsonl',
        seq: before?.['seq'],
        hash: before?.['hash'],
        time: before?.['time'],
        cut: 0,
      },
    ]);
  });

  test.each<[string, (path: string) => void]>([
    ['deleted', (path) => rmSync(path)],
    ['deleted with its folder', (path) => rmSync(join(path, '..'), { recursive: true })],
    ['moved away', (path) => renameSync(path, `${path}.old`)],
    ['emptied', (path) => truncateSync(path)],
    ['written to by somebody else', (path) => writeFileSync(path, '{}\n', { flag: 'a' })],
    ['replaced', (path) => writeFileSync(`${path}.new`, '') ?? renameSync(`${path}.new`, path)],
  ])('goes on in another file when its own was %s', (_, change) => {
    const home = new LogHome();
    const log = createAuditLog(home.io, runOf());
    log.write([callOf()]);
    change(home.paths[0] ?? '');
    expect(log.write([callOf({ id: '8' })])).toBeNull();
    const name = '20260102T030405Z-mq-s1.2.jsonl';
    expect(home.names).toContain(name);
    const lines = readFileSync(join(home.folder, name), 'utf8').split('\n').filter(Boolean);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { seq: 2, event: 'start', part: 2, previous: [{ seq: 1 }] },
      { seq: 3, event: 'call' },
    ]);
  });

  test('says why it cannot be written, and what it missed when it can', () => {
    const home = new LogHome();
    writeFileSync(home.io.folders.state, 'in the way');
    const log = createAuditLog(home.io, runOf());
    expect(log.write([callOf()])).toMatch(/ENOTDIR|EEXIST/);
    expect(log.write([callOf({ id: '8' }), END])).toMatch(/ENOTDIR|EEXIST/);
    rmSync(home.io.folders.state);
    expect(log.write([callOf({ id: '9' })])).toBeNull();
    expect(log.write([callOf({ id: '10' })])).toBeNull();
    expect(home.lines).toMatchObject([
      { seq: 0, event: 'start' },
      { seq: 1, event: 'gap', calls: 2, others: 1, since: '2026-01-02T03:04:05.006Z' },
      { seq: 2, event: 'call', id: 9 },
      { seq: 3, event: 'call', id: 10 },
    ]);
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
    const home = new LogHome();
    mkdirSync(home.io.folders.state, { mode: 0o700 });
    prepare(home.folder);
    expect(createAuditLog(home.io, runOf()).write([callOf()])).toContain(home.folder);
  });

  test('stands where the policy says', () => {
    const home = new LogHome();
    const dir = join(home.io.folders.config, 'elsewhere');
    createAuditLog(home.io, runOf({}, { dir })).write([callOf()]);
    expect(statSync(join(dir, '20260102T030405Z-mq-s1.jsonl')).isFile()).toBe(true);
    expect(() => home.names).toThrow('ENOENT');
  });

  test('moves when the policy says another place, in one chain', () => {
    const home = new LogHome();
    const dir = join(home.io.folders.config, 'elsewhere');
    let auditing = runOf().auditing();
    const log = createAuditLog(home.io, { ...runOf(), auditing: () => auditing });
    log.write([callOf()]);
    auditing = { ...auditing, dir };
    log.write([callOf({ id: '8' })]);
    expect(home.lines).toMatchObject([{ event: 'start' }, { event: 'call', id: 7 }]);
    const [start = '', call = ''] = readFileSync(join(dir, '20260102T030405Z-mq-s1.2.jsonl'), 'utf8').split(
      '\n',
    );
    expect(JSON.parse(start)).toMatchObject({ seq: 2, event: 'start', prev: home.lines[1]?.['hash'] });
    expect(JSON.parse(call)).toMatchObject({ seq: 3, event: 'call', id: 8 });
  });

  test('hashes with a key of this user, which a file that others can read is not', () => {
    const home = new LogHome();
    createAuditLog(home.io, runOf()).write([callOf()]);
    createAuditLog(home.io, runOf({ session: 's2' })).write([callOf()]);
    const [one, two] = home.lines.flatMap(({ argumentsHash }) => argumentsHash ?? []);
    expect([one, typeof one]).toEqual([two, 'string']);
    const key = join(home.io.folders.state, 'audit.key');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    chmodSync(key, 0o644);
    expect(createAuditLog(home.io, runOf({ session: 's3' })).write([callOf()])).toContain('is no key');
  });

  test('does not hash with a key that was cut', () => {
    const home = new LogHome();
    mkdirSync(home.io.folders.state, { mode: 0o700 });
    writeFileSync(join(home.io.folders.state, 'audit.key'), Buffer.alloc(31), { mode: 0o600 });
    expect(createAuditLog(home.io, runOf()).write([callOf()])).toContain('is no key');
  });
});

describe('a new log', () => {
  test('names where the earlier ones of its server ended, each once', () => {
    const home = new LogHome();
    const first = leave(home, 'aaaa');
    home.time += 1_000;
    leave(home, 'bbbb');
    home.time += 1_000;
    createAuditLog(home.io, runOf({ session: 'other', server: 'pg' })).write([callOf()]);
    createAuditLog(home.io, runOf({ session: 'cccc' })).write([callOf()]);
    const previous = home.lines
      .filter(({ event }) => event === 'start')
      .map(({ session, previous: ends }) => [session, (ends as { file: string }[]).map(({ file }) => file)]);
    expect(previous).toEqual([
      ['aaaa', []],
      ['bbbb', ['20260102T030405Z-mq-aaaa.jsonl']],
      ['cccc', ['20260102T030406Z-mq-bbbb.jsonl']],
      ['other', []],
    ]);
    expect(first).toContain('aaaa');
  });

  test('cuts off what a killed run could not finish, and tells how much', () => {
    const home = new LogHome();
    const path = leave(home, 'aaaa', (text) => `${text}{"time":"2026`);
    home.time += 1_000;
    createAuditLog(home.io, runOf({ session: 'bbbb' })).write([callOf()]);
    expect(readFileSync(path, 'utf8').endsWith('}\n')).toBe(true);
    expect(home.lines.find(({ session }) => session === 'bbbb')?.['previous']).toMatchObject([
      { seq: 1, cut: 13 },
    ]);
  });

  test('leaves alone what a run that still lives has not finished', () => {
    const home = new LogHome();
    createAuditLog(home.io, runOf()).write([callOf()]);
    const [path = ''] = home.paths;
    writeFileSync(path, '{"time":"2026', { flag: 'a' });
    createAuditLog(home.io, runOf({ session: 'bbbb' })).write([callOf()]);
    expect(readFileSync(path, 'utf8').endsWith('{"time":"2026')).toBe(true);
  });

  test('removes what is older than the policy keeps, unless a run holds it', () => {
    const home = new LogHome();
    const old = leave(home, 'aaaa');
    const kept = leave(home, 'bbbb');
    createAuditLog(home.io, runOf({ session: 'held' })).write([callOf()]);
    const held = home.paths.find((path) => path.includes('held')) ?? '';
    const foreign = join(home.folder, 'notes.txt');
    writeFileSync(foreign, '');
    const before = new Date(home.time);
    for (const path of [old, held, foreign]) utimesSync(path, before, before);
    home.time += 31 * DAY_MS;
    utimesSync(kept, new Date(home.time), new Date(home.time));
    createAuditLog(home.io, runOf({ session: 'new', server: 'pg' })).write([callOf()]);
    expect(home.names).toEqual([
      '20260102T030405Z-mq-bbbb.jsonl',
      '20260102T030405Z-mq-held.jsonl',
      '20260202T030405Z-pg-new.jsonl',
      'notes.txt',
    ]);
  });
});
