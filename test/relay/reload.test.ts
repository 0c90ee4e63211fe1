import { describe, expect, test } from 'vitest';
import type { Policy } from '../../src/policy/policy.ts';
import { Dialogue, YES } from '../helpers/dialogue.ts';
import { limitOf, policyOf } from '../helpers/policy.ts';

const ALLOW = policyOf({ make: { action: 'allow' } });
const ASK = policyOf({ make: { action: 'require_approval' } });
const DENY = policyOf({ make: { action: 'deny' } });
const LOADED = 'policy loaded: the policy was changed, and holds from now on';
const GONE = 'withdraw q1: the policy has changed';
const SENT = 'to-server {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"make"}}';

/** A guard with one question open. */
function startAsked(policy: Policy): Dialogue {
  const session = new Dialogue(policy);
  session.event({ kind: 'consoles', count: 1 });
  expect(session.call(1, 'make')).toEqual(['ask q1 make']);
  return session;
}

test('a saved policy holds for the next call', () => {
  const session = new Dialogue(DENY);
  expect(session.call(1, 'make')[0]).toBe('log deny denied make');
  expect(session.reload(ALLOW)).toEqual(['log policy loaded', LOADED]);
  expect(session.call(2, 'make')[0]).toBe('log allow allowed make');
});

test('one that cannot be used changes nothing, and is told of', () => {
  const session = new Dialogue(DENY);
  const why = 'mcp-guard.yaml:4:13: unknown action "alow"';
  expect(session.event({ kind: 'policy-kept', why, summary: why })).toEqual([
    'log policy kept',
    `policy broken: ${why}`,
  ]);
  expect(session.call(1, 'make')[0]).toBe('log deny denied make');
});

describe('a question that waits', () => {
  test.each<[string, Policy, string[]]>([
    ['stays where the same rule asks it', policyOf({ make: { action: 'require_approval' }, x: {} }), []],
    ['is answered by a rule that now allows', ALLOW, [GONE, 'log allow allowed make', SENT]],
    [
      'is answered by one that now denies',
      DENY,
      [GONE, 'log deny denied make', 'to-client 1 refused denied'],
    ],
    [
      'is put anew where another rule asks',
      policyOf({ 'm*': { action: 'require_approval' } }),
      [GONE, 'ask q2 make'],
    ],
    [
      'is put anew where the rule has other words',
      policyOf({ make: { action: 'require_approval', reason: 'Costs money' } }),
      [GONE, 'ask q2 make'],
    ],
    [
      'is put anew where another file asks',
      policyOf({ make: { action: 'require_approval' } }, { file: 'other.yaml' }),
      [GONE, 'ask q2 make'],
    ],
  ])('%s', (_, policy, effects) => {
    const session = startAsked(ASK);
    expect(session.reload(policy)).toEqual(['log policy loaded', LOADED, ...effects]);
  });

  test('counts no answer to what it asked before', () => {
    const session = startAsked(ASK);
    session.reload(policyOf({ 'm*': { action: 'require_approval' } }));
    expect(session.answer('q1', YES)).toEqual([]);
    expect(session.answer('q2', YES)[0]).toBe('log allow approved make');
  });

  test('disappears where it was refused already', () => {
    const session = startAsked(ASK);
    session.now = 60_000;
    expect(session.event({ kind: 'tick' })).toContain('late q1');
    expect(session.reload(DENY)).toEqual(['log policy loaded', LOADED, GONE]);
  });
});

test('windows of limits survive, with what the new policy says of them', () => {
  const limited = (max: number) =>
    policyOf({ make: { action: 'allow', limit: limitOf('tools.make.rate_limit', max) } });
  const session = new Dialogue(limited(2));
  session.call(1, 'make');
  session.reload(limited(1));
  expect(session.call(2, 'make')[0]).toBe('log deny rate_limited make');
  session.reload(limited(2));
  expect(session.call(3, 'make')[0]).toBe('log allow allowed make');
  expect(session.call(4, 'make')[0]).toBe('log deny rate_limited make');
});

test('grants end with the rule they were given for', () => {
  const session = startAsked(ASK);
  session.answer('q1', { kind: 'yes', scope: 'tool', lasts: { kind: 'session' }, approver: 'console' });
  expect(session.call(2, 'make')[0]).toBe('log allow granted make');
  session.reload(policyOf({ make: { action: 'require_approval', reason: 'Now it costs' } }));
  expect(session.call(3, 'make')).toEqual(['ask q2 make']);
});

describe('tools that a saved policy hides or shows', () => {
  /** A session whose server has listed two tools, and said whether it announces changes. */
  function open(listChanged: boolean): Dialogue {
    const session = new Dialogue(ALLOW);
    session.client({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {} });
    const result = { protocolVersion: '2025-06-18', capabilities: { tools: { listChanged } } };
    session.server({ jsonrpc: '2.0', id: 0, result });
    session.client({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    session.server({ jsonrpc: '2.0', id: 1, result: { tools: [{ name: 'make' }, { name: 'drop' }] } });
    return session;
  }
  const isAnnounced = (said: readonly string[]): boolean =>
    said.some((line) => line.includes('notifications/tools/list_changed'));
  const HIDING = policyOf({ drop: { action: 'deny', hide: true } }, { default: 'allow' });

  test('are announced to the client, each time and only then', () => {
    const session = open(true);
    expect([HIDING, HIDING, ALLOW, DENY].map((policy) => isAnnounced(session.reload(policy)))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test('are not announced where the server never said that it would', () => {
    expect(isAnnounced(open(false).reload(HIDING))).toBe(false);
  });
});
