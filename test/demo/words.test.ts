import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import type { LogLine } from '../../src/demo/log-line.ts';
import { STEPS } from '../../src/demo/steps.ts';
import { findRule, renderCall, renderOutcome } from '../../src/demo/words.ts';

const LAYOUT = { chalk: new Chalk({ level: 0 }), width: 80 };
const STEP = STEPS[4]!;

function line(code: string): LogLine {
  const { tool, arguments: args } = STEP;
  const verdict = code === 'approved' || code === 'granted' ? 'allow' : 'deny';
  return { time: '2026-07-28T12:00:05.123Z', tool, verdict, code, rule: `tools.${tool}`, arguments: args };
}

test.each([
  ['approved', null, '   ran      You said yes. The server answered: arn:x'],
  ['granted', null, '   ran      You said yes. The server answered: arn:x'],
  ['approval_denied', 'No.', '   refused  You said no. The agent reads: "No."'],
  [
    'approval_timeout',
    'No.',
    '   refused  Nobody answered in time, and without a yes nothing runs. The agent\n            reads: "No."',
  ],
  [
    'approval_unavailable',
    'No.',
    '   refused  Nobody can be asked here, and without a yes nothing runs. The agent\n            reads: "No."',
  ],
  ['audit_unavailable', 'No.', '   refused  The agent reads: "No."'],
])('says what %s means', (code, refusal, words) => {
  const answer = {
    id: 1,
    text: refusal ?? '{"workloadIdentityArn":"arn:x"}',
    code: refusal === null ? null : code,
  };
  const [outcome] = renderOutcome(STEP, answer, line(code), LAYOUT).split('   log');
  expect(outcome).toBe(`${words}\n`);
});

test('shows the telling members of the line in the log, its time as it is stored', () => {
  const answer = { id: 1, text: 'No.', code: 'approval_denied' };
  expect(renderOutcome(STEP, answer, line('approval_denied'), LAYOUT)).toBe(
    `   refused  You said no. The agent reads: "No."
   log      12:00:05Z  identity_create_workload_identity  deny  approval_denied
            tools.identity_create_workload_identity  {"name":"orders-agent",
            "allowedResourceOauth2ReturnUrls":["https://orders.example/done"]}

`,
  );
});

test('goes by the answer and says so when the log has no line', () => {
  expect(renderOutcome(STEP, { id: 1, text: 'No.', code: 'approval_denied' }, null, LAYOUT)).toBe(
    '   refused  You said no. The agent reads: "No."\n   log      no line of this call was found\n\n',
  );
});

test('breaks what is longer than a line, at spaces and commas where there are any', () => {
  const step = { ...STEP, tool: 'x', arguments: { a: 'b'.repeat(40), c: 1 } };
  expect(renderCall(1, { ...step, title: 'One' }, null, { ...LAYOUT, width: 40 })).toBe(
    `1  One
   call     x
            {"a":"bbbbbbbbbbbbbbbbbbbbbb
            bbbbbbbbbbbbbbbbbb","c":1}
`,
  );
});

test('colours a refusal and dims the log where the terminal has colours', () => {
  const layout = { chalk: new Chalk({ level: 1 }), width: 80 };
  expect(renderOutcome(STEP, { id: 1, text: 'No.', code: 'denied' }, null, layout)).toBe(
    '   \u{1b}[31mrefused  \u{1b}[39mThe agent reads: "No."\n' +
      '\u{1b}[2m   log      no line of this call was found\u{1b}[22m\n\n',
  );
});

test('finds the rule of a tool in the policy, whatever stands below it', () => {
  const policy = 'tools:\n  a*: allow\n  a:\n    action: deny\n    reason: no\n\n  b: { action: allow }\n';
  expect(['a*', 'a', 'b'].map((tool) => findRule(policy, tool))).toEqual([
    'a*: allow',
    'a:\n  action: deny\n  reason: no',
    'b: { action: allow }',
  ]);
});
