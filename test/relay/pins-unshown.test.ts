import { describe, expect, test } from 'vitest';
import { canonicalDefinition, type Definition } from '../../src/catalogue/pins/definition.ts';
import type { Action, PinMode } from '../../src/policy/policy.ts';
import { createQuestion } from '../../src/relay/question.ts';
import type { Pins } from '../../src/relay/state.ts';
import { Dialogue, YES } from '../helpers/dialogue.ts';
import { policyOf } from '../helpers/policy.ts';

const OLD = '{"name":"echo","description":"Says it again."}';
/** Which of the two descriptions the client took, nobody can tell. */
const TWICE = '{"name":"echo","description":"Says it again.","description":"Says it to everybody."}';
const REFUSED = ['log deny tool_changed echo', 'to-client 1 refused tool_changed'];

const describeAs = (text: string): string => JSON.stringify({ name: 'echo', description: text });

function start(
  action: Action,
  { pin = 'ask', pinned = OLD }: { pin?: PinMode; pinned?: string } = {},
): Dialogue {
  const pins: Pins = { kind: 'read', pinned: mapOf(pinned) };
  return new Dialogue(policyOf({ echo: { action } }, { pin }), {}, pins);
}

function mapOf(definition: string): ReadonlyMap<string, Definition> {
  return new Map([['echo', canonicalDefinition(Buffer.from(definition))]]);
}

function list(session: Dialogue, definition: string): string[] {
  session.client({ jsonrpc: '2.0', id: 'list', method: 'tools/list' });
  return session.server(`{"jsonrpc":"2.0","id":"list","result":{"tools":[${definition}]}}`);
}

describe('a change that nobody can be shown', () => {
  test.each([
    ['one key stands twice', TWICE],
    ['it is longer than what is kept', describeAs('x'.repeat(70_000))],
    ['it is longer than what is read', describeAs('x'.repeat(2 << 20))],
    ['it is nested beyond any use', `{"name":"echo","inputSchema":${'['.repeat(300)}${']'.repeat(300)}}`],
  ])('is refused: %s', (_, definition) => {
    for (const action of ['allow', 'require_approval'] as const) {
      const session = start(action);
      list(session, definition);
      expect(session.call(1, 'echo')).toEqual(REFUSED);
    }
  });

  test('is refused where it is what was pinned that was too long', () => {
    const session = start('allow', { pinned: describeAs('x'.repeat(70_000)) });
    list(session, OLD);
    expect(session.call(1, 'echo')).toEqual(REFUSED);
  });

  test('tells the agent why, and what its user can do', () => {
    const session = start('allow');
    list(session, TWICE);
    session.call(1, 'echo');
    expect(session.reply.result?.content[0]?.text).toMatch(
      /the difference cannot be shown, so nobody can be asked about it\..*`mcp-guard pins diff`/s,
    );
  });

  test('ends a question that waits', () => {
    const session = start('require_approval');
    session.call(1, 'echo');
    expect(list(session, TWICE).slice(-3)).toEqual([
      'withdraw q1: the definition of the tool has changed',
      ...REFUSED,
    ]);
    expect(session.answer('q1', YES)).toEqual([]);
  });

  test('is never told as none, should a question come to it all the same', () => {
    const session = start('require_approval');
    session.call(1, 'echo');
    const [asked] = session.state.asked.values();
    session.state.tools.learn('echo', Buffer.from(TWICE));
    expect(asked === undefined ? null : createQuestion(session.state, asked, 0).change).toBe('unknown');
  });

  test('is no matter under pin: off', () => {
    const session = start('allow', { pin: 'off' });
    list(session, TWICE);
    expect(session.call(1, 'echo')[0]).toBe('log allow allowed echo');
  });

  test('runs once somebody accepts it', () => {
    const session = start('allow');
    list(session, TWICE);
    session.event({ kind: 'pins', pinned: mapOf(TWICE) });
    expect(session.call(1, 'echo')[0]).toBe('log allow allowed echo');
  });
});
