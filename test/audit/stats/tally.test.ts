import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordedCall } from '../../../src/audit/read/recorded-call.ts';
import { BoundedCounts } from '../../../src/audit/stats/bounded-counts.ts';
import { Histogram } from '../../../src/audit/stats/histogram.ts';
import { Tally } from '../../../src/audit/stats/tally.ts';

const HOUR_MS = 3_600_000;
const NOON = new Date(2026, 0, 2, 12).getTime();

function callOf(members: Partial<RecordedCall>): RecordedCall {
  return {
    session: 'aaaa',
    seq: 1,
    time: NOON,
    server: 'mq',
    tool: 'echo',
    other: null,
    category: 'read',
    risk: 'low',
    arguments: { kind: 'absent' },
    verdict: 'allow',
    code: 'allowed',
    rule: 'default',
    approver: null,
    waitMs: null,
    dryRun: false,
    result: { outcome: 'ok', upstreamMs: 10 },
    ...members,
  };
}

function tally(...calls: Partial<RecordedCall>[]): Tally {
  const made = new Tally();
  for (const call of calls) made.add(callOf(call));
  return made;
}

test('a night comes to its figures', () => {
  const { stats } = tally(
    {},
    { session: 'bbbb', seq: 2, time: NOON + HOUR_MS, result: { outcome: 'tool_error', upstreamMs: 500 } },
    {
      tool: 'create',
      code: 'approved',
      approver: 'console',
      waitMs: 4_000,
      result: { outcome: 'ok', upstreamMs: 2_000 },
    },
    { tool: 'create', code: 'granted', approver: 'console', result: null },
    { tool: 'drop', verdict: 'deny', code: 'denied', rule: 'tools.drop', result: null },
    { tool: 'drop', verdict: 'deny', code: 'denied', rule: 'tools.drop', dryRun: true },
    {
      tool: 'boot',
      verdict: 'deny',
      code: 'approval_denied',
      approver: 'terminal',
      waitMs: 1_000,
      result: null,
    },
    {
      tool: 'boot',
      verdict: 'deny',
      code: 'approval_timeout',
      waitMs: 50_000,
      time: NOON + 2 * HOUR_MS,
      result: null,
    },
    { tool: null, other: { method: 'resources/read', target: 'file:///x' } },
  );
  expect(stats).toEqual({
    period: { first: NOON, last: NOON + 2 * HOUR_MS },
    calls: 9,
    sessions: 2,
    tools: [
      { server: 'mq', tool: 'echo', calls: 2, ran: 2, approved: 0, refused: 0, failed: 1 },
      { server: 'mq', tool: 'create', calls: 2, ran: 0, approved: 2, refused: 0, failed: 0 },
      { server: 'mq', tool: 'drop', calls: 2, ran: 1, approved: 0, refused: 1, failed: 0 },
      { server: 'mq', tool: 'boot', calls: 2, ran: 0, approved: 0, refused: 2, failed: 0 },
      { server: 'mq', tool: 'resources/read', calls: 1, ran: 1, approved: 0, refused: 0, failed: 0 },
    ],
    otherTools: null,
    reasons: [
      { code: 'denied', rule: 'tools.drop', calls: 2 },
      { code: 'approval_denied', rule: 'default', calls: 1 },
      { code: 'approval_timeout', rule: 'default', calls: 1 },
    ],
    questions: { asked: 3, yes: 1, no: 1, unanswered: 1 },
    answerMs: { median: expect.closeTo(1_000, -2) as number, most: expect.closeTo(4_000, -2.5) as number },
    approvers: [
      { approver: 'console', answers: 1 },
      { approver: 'terminal', answers: 1 },
    ],
    upstreamMs: { median: expect.closeTo(10, 0) as number, most: expect.closeTo(2_000, -2.3) as number },
    slowest: [
      { session: 'aaaa', seq: 1, tool: 'create', ms: 2_000 },
      { session: 'bbbb', seq: 2, tool: 'echo', ms: 500 },
      { session: 'aaaa', seq: 1, tool: 'echo', ms: 10 },
      { session: 'aaaa', seq: 1, tool: 'drop', ms: 10 },
      { session: 'aaaa', seq: 1, tool: 'resources/read', ms: 10 },
    ],
    hours: [
      { start: NOON, questions: 2 },
      { start: NOON + 2 * HOUR_MS, questions: 1 },
    ],
    alwaysAllowed: [],
  });
});

test('what is asked often and always allowed is told of', () => {
  const yes = { code: 'approved', approver: 'console', waitMs: 1_000 };
  const { stats } = tally(
    ...Array.from({ length: 5 }, () => ({ ...yes, tool: 'create' })),
    ...Array.from({ length: 5 }, () => ({ ...yes, tool: 'boot' })),
    { tool: 'boot', verdict: 'deny', code: 'approval_denied' },
    ...Array.from({ length: 4 }, () => ({ ...yes, tool: 'seldom' })),
  );
  expect(stats.alwaysAllowed).toEqual([{ tool: 'create', asked: 5 }]);
});

test('nothing comes to nothing', () => {
  expect(new Tally().stats).toMatchObject({
    period: null,
    calls: 0,
    tools: [],
    answerMs: null,
    upstreamMs: null,
  });
});

describe('whatever the log holds', () => {
  test('tools beyond so many are one row, and all calls are still counted', () => {
    const made = new Tally();
    for (let index = 0; index < 6_000; index++) made.add(callOf({ tool: `tool_${index}` }));
    const { tools, otherTools, calls } = made.stats;
    expect([calls, tools.length, otherTools?.calls, otherTools?.tool]).toEqual([
      6_000,
      5_000,
      1_000,
      '(others)',
    ]);
  });

  test('the parts add up', () => {
    const CALL = fc.record({
      tool: fc.constantFrom('a', 'b', '__proto__', 'constructor'),
      verdict: fc.constantFrom('allow' as const, 'deny' as const),
      code: fc.constantFrom('allowed', 'approved', 'denied', 'approval_denied', 'x'),
      waitMs: fc.option(fc.nat(100_000)),
      dryRun: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(CALL, { maxLength: 40 }), (calls) => {
        const { stats } = tally(...calls);
        const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
        expect(stats.calls).toBe(calls.length);
        expect(sum(stats.tools.map((tool) => tool.calls))).toBe(calls.length);
        for (const { calls: all, ran, approved, refused } of stats.tools)
          expect(ran + approved + refused).toBe(all);
        const { asked, yes, no, unanswered } = stats.questions;
        expect(yes + no + unanswered).toBe(asked);
        expect(sum(stats.hours.map(({ questions }) => questions))).toBe(asked);
      }),
    );
  });

  test('quantiles are off by a twentieth at most', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1e7, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (times, part) => {
          const histogram = new Histogram();
          for (const ms of times) histogram.add(ms);
          const exact = times.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(times.length * part)) - 1] ?? 0;
          const found = histogram.findQuantile(part) ?? 0;
          expect(found).toBeGreaterThan(exact / 1.05);
          expect(found).toBeLessThan(exact * 1.05);
        },
      ),
    );
  });

  test('names that objects have are names like others', () => {
    const counts = new BoundedCounts<{ n: number }>(1);
    for (const name of ['__proto__', 'toString', '__proto__']) counts.get(name, () => ({ n: 0 })).n++;
    expect([counts.named, counts.others]).toEqual([[{ n: 2 }], { n: 1 }]);
  });
});
