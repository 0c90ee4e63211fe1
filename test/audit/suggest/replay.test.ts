import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Windows } from '../../../src/policy/limit/windows.ts';
import { callOf } from '../../helpers/policy.ts';
import { record, refuse, suggestFor } from './recorded.ts';

test('the recorded calls, made again, never reach a limit of the policy that they led to', async () => {
  const call = fc.record({
    session: fc.constantFrom('one', 'two'),
    tool: fc.constantFrom('get', 'put'),
    at: fc.oneof(fc.nat(100), fc.nat(10_000)),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 80 }), async (unsorted) => {
      const calls = unsorted
        .toSorted((a, b) => a.at - b.at)
        .map(({ session, tool, at }) => record(tool, '{"x":1}', { session, time: at * 1_000 }));
      const { decide } = await suggestFor(calls);
      const sessions = new Map([
        ['one', new Windows(null)],
        ['two', new Windows(null)],
      ]);
      const over = calls.filter(({ tool, session, time }) => {
        const { verdict, limits } = decide(tool ?? '', '{"x":1}');
        const place = sessions.get(session)?.reserve(limits, callOf(tool ?? ''), time);
        if (place?.kind === 'reserved') place.commit(time);
        return (
          verdict !== 'allow' || limits.length !== 1 || place?.kind !== 'reserved' || place.overLimit !== null
        );
      });
      expect(over).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test('more calls than ever are asked about, and not refused', async () => {
  const { decide } = await suggestFor([record('get', '{"x":1}')]);
  expect(decide('get', '{"x":1}').limits).toMatchObject([
    { measure: { kind: 'calls', max: 2 }, windowMs: 3_600_000, onExceed: 'require_approval' },
  ]);
});

test('where a limit refused calls there is room for no more than ran', async () => {
  const calls = [1, 2, 3].map((second) => record('get', '{"x":1}', { time: second * 1_000 }));
  const { decide } = await suggestFor([...calls, refuse(record('get', '{"x":1}'), 'rate_limited')]);
  expect(decide('get', '{"x":1}').limits).toMatchObject([
    { measure: { kind: 'calls', max: 3 }, windowMs: 60_000, onExceed: 'require_approval' },
    { measure: { kind: 'calls', max: 3 }, windowMs: 3_600_000, onExceed: 'require_approval' },
  ]);
});
