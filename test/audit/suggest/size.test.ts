import { expect, test } from 'vitest';
import type { RecordedCall } from '../../../src/audit/read/recorded-call.ts';
import { gather, record, refuse, suggestFor } from './recorded.ts';

/** As many tools, each with arguments that take some space to tell. */
function* callMany(tools: number, keys: number): Generator<RecordedCall> {
  const args = Array.from({ length: keys }, (_, index) => [
    `a_long_name_of_an_argument_${index}`,
    `value ${index}`,
  ]);
  const json = JSON.stringify(Object.fromEntries(args));
  for (let index = 0; index < tools; index++) {
    yield record(`get_${index}`, json);
    yield refuse(record(`drop_${index}`, '{}'), 'denied');
  }
}

test.each([
  ['its tests', 100, 20, { tests: false, comments: true, cut: false }],
  ['its comments', 500, 20, { tests: false, comments: false, cut: false }],
  ['rules for what is allowed', 900, 30, { tests: false, comments: false, cut: true }],
])('a policy that would grow too large does without %s, and is sound', async (_, tools, keys, expected) => {
  const { text, warnings, decide } = await suggestFor([...callMany(tools, keys)]);
  expect(warnings).toEqual([]);
  expect(Buffer.byteLength(text)).toBeLessThan(1 << 20);
  expect({
    tests: text.includes('\ntests:'),
    comments: text.includes('# 1 call ran'),
    cut: text.includes('tools have no rule here'),
  }).toEqual(expected);
  expect(decide(`drop_${tools - 1}`, '{}').verdict).toBe('deny');
});

test('more tools than are looked at are counted, and left out', async () => {
  const calls = Array.from({ length: 10_005 }, (_, index) => record(`get_${index}`, '{}'));
  const { tools, left } = await gather(calls);
  expect([tools.length, left]).toEqual([10_000, 5]);
});

test('what is no call of a tool is passed over, and names that no tool can have are listed', async () => {
  const { tools, uncallable, servers } = await gather([
    record('get', '{}'),
    record('odd name', '{}', { server: 'other' }),
    record('x', '{}', {
      tool: null,
      other: { method: 'resources/read', target: 'file:///x' },
      server: 'third',
    }),
  ]);
  expect([tools.map(({ name }) => name), uncallable, servers]).toEqual([
    ['get'],
    ['odd name'],
    ['files', 'other'],
  ]);
});
