import { expect, test } from 'vitest';
import { Dialogue } from '../helpers/dialogue.ts';
import { policyOf } from '../helpers/policy.ts';

const ALLOW = policyOf({}, { default: 'allow' });

function outcomes({ effects }: Dialogue): string[] {
  return effects.flatMap((effect) =>
    effect.kind === 'log' && effect.entry.event === 'result'
      ? [`${effect.entry.id} ${effect.entry.outcome} ${String(effect.entry.answer)}`]
      : [],
  );
}

test.each<[string, object, string]>([
  ['a result', { result: { content: [] } }, '1 ok {"content":[]}'],
  [
    'a result that says the tool failed',
    { result: { content: [], isError: true } },
    '1 tool_error {"content":[],"isError":true}',
  ],
  [
    'a result that only speaks of failing',
    { result: { text: '"isError":true', isError: false } },
    '1 ok {"text":"\\"isError\\":true","isError":false}',
  ],
  ['an error', { error: { code: -1, message: 'no' } }, '1 error {"code":-1,"message":"no"}'],
  [
    'a question of the server',
    { result: { resultType: 'input_required', requestState: 's' } },
    '1 input_required {"resultType":"input_required","requestState":"s"}',
  ],
])('%s is the outcome of its call, behind the answer', (_, answer, told) => {
  const session = new Dialogue(ALLOW);
  session.call(1, 'echo');
  session.server({ jsonrpc: '2.0', id: 1, ...answer });
  expect(outcomes(session)).toEqual([told]);
  expect(session.effects.slice(-2).map(({ kind }) => kind)).toEqual(['to-client', 'log']);
});

test('a call that the client gives up is told once, however its server ends it', () => {
  const session = new Dialogue(ALLOW);
  session.call(1, 'echo');
  session.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
  expect(outcomes(session)).toEqual(['1 cancelled null']);
});

test('a call whose server ends is lost', () => {
  const session = new Dialogue(ALLOW);
  session.call(1, 'echo');
  session.event({ kind: 'server-end', how: 'signal SIGKILL' });
  expect(outcomes(session)).toEqual(['1 lost null']);
});

test('an answer that cannot be read is told as that', () => {
  const session = new Dialogue(ALLOW);
  session.call('a', 'echo');
  session.server('{"jsonrpc":"2.0","id":"a","result":{},"result":{}}');
  expect(outcomes(session)).toEqual(['"a" unreadable null']);
});

test('only what the server got has an outcome to wait for', () => {
  const session = new Dialogue(policyOf({ drop: { action: 'deny' } }, { default: 'allow' }));
  session.call(1, 'drop');
  session.call(2, 'echo');
  const awaited = session.effects.flatMap((effect) =>
    effect.kind === 'log' && effect.entry.event === 'call' ? [effect.entry.isAwaited] : [],
  );
  expect(awaited).toEqual([false, true]);
});
