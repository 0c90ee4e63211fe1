import { describe, expect, test } from 'vitest';
import { createKeyedHash } from '../../src/audit/digest.ts';
import type { Entry } from '../../src/audit/entry.ts';
import { renderEntry, type LineHead } from '../../src/audit/render-entry.ts';
import { callOf } from '../helpers/audit-log.ts';

const HASH = createKeyedHash(Buffer.alloc(32, 7));
const CONTEXT = { session: 's1', server: 'mq', hash: HASH, names: new Map() };
const HEAD: LineHead = {
  time: '2026-01-02T03:04:05.006Z',
  seq: 3,
  uptimeMs: 40,
  policyHash: 'h',
  arguments: 'redacted',
  call: null,
};
const render = (entry: Entry, head: Partial<LineHead> = {}): string =>
  renderEntry(entry, { ...HEAD, ...head }, CONTEXT);

describe('a line', () => {
  test('tells one call', () => {
    expect(render(callOf({ approver: 'terminal', waitMs: 1200, code: 'approved' }, '{"b":1}'))).toBe(
      `{"time":"2026-01-02T03:04:05.006Z","seq":3,"uptimeMs":40,"session":"s1","server":"mq","event":"call","id":7,"tool":"echo","category":"write","risk":"medium","arguments":{"b":1},"argumentsHash":"${HASH('{"b":1}')}","verdict":"allow","code":"approved","rule":"default","approver":"terminal","waitMs":1200,"policyHash":"h"}`,
    );
  });

  test('keeps the spelling of numbers and the order of keys, and drops white space', () => {
    const line = render(
      callOf({}, '{"2": 9007199254740993,\t"1":[1.0, -0, 1e400, true, null],"__proto__":{"x":"\\u0041"}}'),
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
    expect(render(callOf({}, args)).replaceAll(/redacted [0-9a-f]{12}/g, 'redacted #')).toContain(
      `"arguments":${written},`,
    );
  });

  test('cuts long strings visibly, and tells arguments that are too long by their hash', () => {
    expect(render(callOf({}, JSON.stringify({ a: 'x'.repeat(5_000) })))).toMatch(
      /x \[cut: 5000 characters, hash [0-9a-f]{32}\]"/,
    );
    const many = JSON.stringify(Array.from({ length: 20_000 }, () => 'word'));
    expect(render(callOf({}, `{"a":${many}}`))).toMatch(
      /"arguments":"\[cut: \d+ bytes, hash [0-9a-f]{32}\]"/,
    );
  });

  test('is one line of ASCII whatever it tells', () => {
    const hostile = 'a\n\r\u001b[2J\u2028\u0085\u202e\ud800é';
    const lines = [
      render(callOf({ rule: hostile }, JSON.stringify({ [hostile]: hostile }))),
      render({
        event: 'refused-frame',
        from: 'client',
        reason: hostile,
        line: Buffer.from([0, 10, 13, 27, 255]),
        length: 5,
      }),
    ];
    for (const line of lines) {
      expect(line).toMatch(/^[\x20-\x7e]+$/);
      expect(JSON.parse(line)).toHaveProperty('seq', 3);
    }
  });
});
