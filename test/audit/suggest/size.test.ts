import { expect, test } from 'vitest';
import type { RecordedCall } from '../../../src/audit/read/recorded-call.ts';
import { listTests } from '../../../src/audit/suggest/list-tests.ts';
import { planTools } from '../../../src/audit/suggest/plan.ts';
import { renderPolicy } from '../../../src/audit/suggest/render-policy.ts';
import { parseLoaded } from '../../../src/policy/file/load.ts';
import { gather, GROUND, record, refuse } from './recorded.ts';

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
  ['nothing', 200_000, { tests: true, comments: true, cut: false }],
  ['its tests', 40_000, { tests: false, comments: true, cut: false }],
  ['its comments', 22_000, { tests: false, comments: false, cut: false }],
  ['rules for what is allowed', 10_000, { tests: false, comments: false, cut: true }],
])('within its limit a policy leaves out %s, and is sound', async (_, most, expected) => {
  const { tools } = await gather([...callMany(15, 12)]);
  const planned = planTools(tools, { findSchema: () => Buffer.from('{}'), isWidened: false });
  const text = renderPolicy({ server: 'files', tools: planned, tests: planned.flatMap(listTests) }, most);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
  expect({
    tests: text.includes('\ntests:'),
    comments: text.includes('# 1 call ran'),
    cut: text.includes('tools have no rule here'),
  }).toEqual(expected);
  const { policy, problems } = parseLoaded(Buffer.from(text), '/home/ada/p.yaml', GROUND);
  const denied = policy?.rules.tools.filter(({ rules }) => rules[0]?.action === 'deny');
  expect([problems, denied?.length]).toEqual([[], 15]);
});

test('thousands of tools with long arguments stay below what a policy may have', async () => {
  const { tools } = await gather([...callMany(1_500, 12)]);
  const planned = planTools(tools, { findSchema: () => null, isWidened: false });
  const text = renderPolicy({ server: 'files', tools: planned, tests: planned.flatMap(listTests) });
  expect(Buffer.byteLength(text)).toBeLessThan(1 << 20);
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
