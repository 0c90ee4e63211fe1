import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Entry, ResultEntry } from '../../../src/audit/entry.ts';
import { createAuditLog, type AuditLog } from '../../../src/audit/log.ts';
import { listAllLogs } from '../../../src/audit/places.ts';
import { findLast, findSince } from '../../../src/audit/read/find-sources.ts';
import { readRecorded } from '../../../src/audit/read/read-recorded.ts';
import { findSources, readStored, readTold, type LogQuery } from '../../../src/audit/read/read-told.ts';
import type { Told } from '../../../src/audit/read/pairing.ts';
import { callOf, LogHome, runOf } from '../../helpers/audit-log.ts';

const ALL: LogQuery = {
  files: [],
  limit: null,
  server: null,
  tool: null,
  denied: false,
  asked: false,
  since: null,
  until: null,
};

function result(id: string, outcome: ResultEntry['outcome'] = 'ok'): Entry {
  return { event: 'result', id, outcome, answer: null };
}

function begin(home: LogHome, session: string, server = 'mq', mostBytes?: number): AuditLog {
  return createAuditLog(home.io, runOf({ session, server }), mostBytes);
}

/** Two servers at once, a second apart: calls 0 to 5, every third refused; the last has no outcome. */
function record(): LogHome {
  const home = new LogHome();
  const logs = [begin(home, 'aaaa'), begin(home, 'bbbb', 'pg')];
  for (let id = 0; id < 6; id++) {
    const isRefused = id % 3 === 2;
    const log = logs[id % 2];
    log?.write([
      callOf({
        id: String(id),
        tool: `tool_${id}`,
        ...(isRefused ? { verdict: 'deny', code: 'denied', isAwaited: false } : {}),
      }),
    ]);
    home.time += 1_000;
    if (id < 5) log?.write([result(String(id), id === 1 ? 'tool_error' : 'ok')]);
  }
  return home;
}

function say(told: Told): string {
  if (told.kind === 'event') return `${told.record.server} ${told.record.event}`;
  const { server, tool, code, result: ended } = told.call;
  return `${server} ${tool} ${code} ${ended?.outcome ?? '-'}`;
}

function tell(home: LogHome, query: Partial<LogQuery> = {}): string[] {
  const whole = { ...ALL, ...query };
  return [...readTold(findSources(whole, home.io), whole)].map(say);
}

const EVERYTHING = [
  'mq start',
  'mq tool_0 allowed ok',
  'pg start',
  'pg tool_1 allowed tool_error',
  'mq tool_2 denied -',
  'pg tool_3 allowed ok',
  'mq tool_4 allowed ok',
  'pg tool_5 denied -',
];

describe('the log of two servers', () => {
  test('is told in the order of time, each call with its outcome', () => {
    expect(tell(record())).toEqual(EVERYTHING);
  });

  test.each<[string, Partial<LogQuery>, string[]]>([
    ['one server', { server: 'p*' }, EVERYTHING.filter((line) => line.startsWith('pg'))],
    ['tools', { tool: 'tool_[0]' }, []],
    ['a glob of tools', { tool: 'tool_?' }, EVERYTHING.filter((line) => line.includes('tool'))],
    ['what was refused', { denied: true }, ['mq tool_2 denied -', 'pg tool_5 denied -']],
    ['what was asked', { asked: true }, []],
    ['the last two calls', { limit: 2 }, EVERYTHING.slice(-2)],
    ['the last two of a server', { limit: 2, server: 'mq' }, ['mq tool_2 denied -', 'mq tool_4 allowed ok']],
    ['the last refused one', { limit: 1, denied: true }, ['pg tool_5 denied -']],
    ['more than there are', { limit: 99 }, EVERYTHING],
  ])('%s', (_, query, told) => {
    expect(tell(record(), query)).toEqual(told);
  });

  test('begins and ends at a time', () => {
    const home = record();
    const since = home.time - 3_000;
    expect(tell(home, { since })).toEqual(EVERYTHING.slice(-3));
    expect(tell(home, { since, until: since + 1_000 })).toEqual(['pg tool_3 allowed ok']);
    expect(tell(home, { until: since })).toEqual(EVERYTHING.slice(0, -3));
  });

  test('is stored as the lines that were written, outcomes with their calls', () => {
    const home = record();
    const query = { ...ALL, tool: 'tool_1' };
    const lines = [...readStored(findSources(query, home.io), query)].map(
      (bytes) => JSON.parse(String(bytes)) as Record<string, unknown>,
    );
    expect(lines.map(({ event, tool, outcome }) => [event, tool, outcome])).toEqual([
      ['call', 'tool_1', undefined],
      ['result', 'tool_1', 'tool_error'],
    ]);
  });

  test('gives its calls to whoever reads them as a stream', async () => {
    const home = record();
    const calls = [];
    const wanted = { files: [], server: 'mq', since: null, until: null };
    for await (const call of readRecorded(home.io, wanted)) calls.push(call);
    expect(calls.map(({ tool }) => tool)).toEqual(['tool_0', 'tool_2', 'tool_4']);
    expect(calls[0]).toEqual({
      session: 'aaaa',
      seq: 1,
      time: home.time - 6_000,
      server: 'mq',
      tool: 'tool_0',
      other: null,
      category: 'write',
      risk: 'medium',
      arguments: { kind: 'told', json: Buffer.from('{}') },
      verdict: 'allow',
      code: 'allowed',
      rule: 'default',
      approver: null,
      waitMs: null,
      dryRun: false,
      result: { outcome: 'ok', upstreamMs: expect.any(Number) as number },
    });
  });
});

describe('reading from the end', () => {
  test('leaves out files, and what of a file is too old', () => {
    const home = new LogHome();
    const log = begin(home, 'aaaa', 'mq', 3_000);
    for (let id = 0; id < 40; id++) {
      log.write([callOf({ id: String(id) }), result(String(id))]);
      home.time += 1_000;
    }
    const [since, paths] = [home.time - 3_000, home.paths];
    const read = (from: number, path: string): string => readFileSync(path, 'latin1').slice(from);
    const sources = findSince(paths, since);
    expect(paths.length).toBeGreaterThan(5);
    expect(sources.length).toBeLessThan(3);
    const calls = sources.flatMap(({ path, from }) => read(from, path).match(/"event":"call"/g) ?? []);
    expect(calls).toHaveLength(3);
    const last = findLast(paths, 3, ALL).flatMap(
      ({ path, from }) => read(from, path).match(/"event":"call"/g) ?? [],
    );
    expect(last).toHaveLength(3);
  });
});

describe('what others have put into a log', () => {
  test('is passed over, wherever it stands', () => {
    const home = record();
    const [path = ''] = home.paths;
    const lines = readFileSync(path, 'latin1').split('\n');
    const hostile = [
      '{}',
      'x',
      '[1]',
      '{"time":"2026-01-02T03:04:05.006Z"}',
      '{"time":"never","seq":1}',
      '\u0000',
    ];
    writeFileSync(
      path,
      hostile
        .flatMap((text, index) => [text, lines[index] ?? ''])
        .join('\n')
        .concat('\n'),
    );
    expect(tell(home).filter((line) => line.startsWith('mq'))).toEqual(
      EVERYTHING.filter((line) => line.startsWith('mq')),
    );
  });
});

test('logs that the policy has put elsewhere are found again', () => {
  const home = new LogHome();
  const dir = `${home.io.folders.config}/elsewhere`;
  createAuditLog(home.io, runOf({ session: 'aaaa' })).write([callOf()]);
  createAuditLog(home.io, runOf({ session: 'bbbb' }, { dir })).write([callOf()]);
  createAuditLog(home.io, runOf({ session: 'cccc' }, { dir })).write([callOf()]);
  expect(listAllLogs(home.io).map((path) => path.slice(path.indexOf('/audit') + 1))).toHaveLength(3);
});

test('a file that has gone since it was listed is passed over, and one that somebody names is missed', () => {
  const home = record();
  const [first = ''] = home.paths;
  const sources = findSources(ALL, home.io);
  rmSync(first);
  expect([...readTold(sources, ALL)].map(say)).toEqual(EVERYTHING.filter((line) => line.startsWith('pg')));
  expect(findSince([first], 0)).toEqual([]);
  expect(findLast([first], 9, ALL)).toEqual([]);
  expect(() => findSources({ ...ALL, files: [first] }, home.io)).toThrow('ENOENT');
});
