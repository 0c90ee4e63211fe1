import { describe, expect, test } from 'vitest';
import { canonicalDefinition } from '../../src/catalogue/pins/definition.ts';
import type { Definition } from '../../src/catalogue/pins/definition.ts';
import type { PinMode } from '../../src/policy/policy.ts';
import type { Pins } from '../../src/relay/state.ts';
import { Dialogue, YES } from '../helpers/dialogue.ts';
import { policyOf } from '../helpers/policy.ts';

const OLD = { name: 'echo', description: 'Says it again.' };
const NEW = { name: 'echo', description: 'Says it again, and to everybody else.' };
const OTHER = { name: 'other', description: 'Something else.' };

const define = (tool: object): Definition => canonicalDefinition(Buffer.from(JSON.stringify(tool)));
const pinned = (...tools: { name: string }[]): Pins => ({
  kind: 'read',
  pinned: new Map(tools.map((tool) => [tool.name, define(tool)])),
});

/** A session whose echo is allowed, unless `tools` says otherwise. */
function open(
  pins: Pins,
  pin: PinMode | null = null,
  tools = { echo: { action: 'allow' as const } },
): Dialogue {
  return new Dialogue({ ...policyOf(tools), pin }, {}, pins);
}

let ids = 100;
/** The server lists these tools, on one page or on one of several. */
function list(session: Dialogue, tools: readonly object[], nextCursor?: string): string[] {
  const id = ids++;
  session.client({ jsonrpc: '2.0', id, method: 'tools/list' });
  const result = { tools, ...(nextCursor === undefined ? {} : { nextCursor }) };
  return session.server({ jsonrpc: '2.0', id, result }).filter((said) => !said.startsWith('to-client'));
}

describe('a definition', () => {
  test('is pinned when it is listed first, and says nothing in the log', () => {
    const session = open(pinned());
    expect(list(session, [OLD, OTHER])).toEqual(['pin pin echo, pin other']);
    expect(list(session, [OLD, OTHER])).toEqual([]);
  });

  test('on a later page is pinned as well, and a tool that is on another page is not missed', () => {
    const session = open(pinned());
    expect(list(session, [OLD], 'next')).toEqual(['pin pin echo']);
    expect(list(session, [OTHER])).toEqual(['log definition new other', 'pin pin other']);
    expect(list(session, [OLD], 'next')).toEqual([]);
    expect(session.call(1, 'echo')[0]).toBe('log allow allowed echo');
  });

  test('that is new beside pinned ones follows the policy, and is told in the log', () => {
    const session = open(pinned(OLD), null, {
      echo: { action: 'allow' },
      other: { action: 'allow' },
    } as never);
    expect(list(session, [OLD, OTHER])).toEqual(['log definition new other', 'pin pin other']);
    expect(session.call(1, 'other')[0]).toBe('log allow allowed other');
  });

  test('with other spacing, another order of keys or other _meta is the same', () => {
    const session = open(pinned(OLD));
    const { description, name } = OLD;
    expect(list(session, [{ description, name, _meta: { at: 1 }, icons: [] }])).toEqual([]);
  });

  test('of a name that can never be called is not kept', () => {
    const session = open(pinned());
    expect(list(session, [{ name: 'no tool' }, { name: '' }, OLD])).toEqual(['pin pin echo']);
  });
});

describe('a definition that has changed', () => {
  test('is logged once, and its tool asked about although a rule allows it, with both definitions shown', () => {
    const session = open(pinned(OLD));
    expect(session.call(1, 'echo')[0]).toBe('log allow allowed echo');
    expect(list(session, [NEW])).toEqual(['log definition changed echo', 'pin seen echo']);
    expect(list(session, [NEW])).toEqual([]);
    expect(session.call(2, 'echo')).toEqual(['ask q1 echo']);
    const asked = session.effects.findLast((effect) => effect.kind === 'ask');
    expect(asked?.kind === 'ask' && [asked.layer, asked.question]).toMatchObject([
      'built-in',
      {
        rule: 'pin',
        reason: 'Its definition is not the one that was pinned',
        change: { was: define(OLD).text, now: define(NEW).text },
        allowsAlways: false,
      },
    ]);
    expect(session.answer('q1', YES)[0]).toBe('log allow approved echo');
  });

  test('stays changed when the server shows the old one again: its words were read', () => {
    const session = open(pinned(OLD));
    list(session, [NEW]);
    expect(list(session, [OLD])).toEqual([]);
    expect(session.call(1, 'echo')).toEqual(['ask q1 echo']);
  });

  test('within one list, by a second tool of its name, counts as changed', () => {
    const session = open(pinned());
    expect(list(session, [OLD, NEW])).toEqual(['log definition changed echo', 'pin pin echo, seen echo']);
    expect(session.call(1, 'echo')).toEqual(['ask q1 echo']);
  });

  test('on the second page, or after the list was announced as changed, counts all the same', () => {
    const session = open(pinned(OLD, OTHER));
    list(session, [OTHER], 'next');
    expect(list(session, [NEW])).toEqual(['log definition changed echo', 'pin seen echo']);
  });

  test('is refused under pin: deny, and not looked at under pin: off', () => {
    const strict = open(pinned(OLD), 'deny');
    list(strict, [NEW]);
    expect(strict.call(1, 'echo')).toEqual([
      'log deny tool_changed echo',
      'to-client 1 refused tool_changed',
    ]);
    const lax = open(pinned(OLD), 'off');
    expect(list(lax, [NEW])).toEqual(['log definition changed echo']);
    expect(lax.call(1, 'echo')[0]).toBe('log allow allowed echo');
  });

  test('leaves a deny, and the rule that asks anyway, as they are', () => {
    const rules = { echo: { action: 'deny' }, other: { action: 'require_approval' } } as never;
    const session = open(pinned(OLD, OTHER), null, rules);
    list(session, [NEW, { ...OTHER, title: 'x' }]);
    expect(session.call(1, 'echo')[0]).toBe('log deny denied echo');
    session.call(2, 'other');
    const asked = session.effects.findLast((effect) => effect.kind === 'ask');
    expect(asked?.kind === 'ask' && asked.question).toMatchObject({
      rule: 'tools.other',
      change: { was: define(OTHER).text },
    });
  });

  test('is no longer covered by a yes for the session that was given for the old one', () => {
    const session = open(pinned(OLD), null, { echo: { action: 'require_approval' } } as never);
    list(session, [OLD]);
    session.call(1, 'echo');
    session.answer('q1', { kind: 'yes', scope: 'tool', lasts: { kind: 'session' }, approver: 'console' });
    expect(session.call(2, 'echo')[0]).toBe('log allow granted echo');
    list(session, [NEW]);
    expect(session.call(3, 'echo')).toEqual(['ask q2 echo']);
  });

  test('while a question about the tool waits withdraws it and asks anew', () => {
    const session = open(pinned(OLD), null, { echo: { action: 'require_approval' } } as never);
    list(session, [OLD]);
    session.call(1, 'echo');
    expect(list(session, [NEW])).toEqual([
      'log definition changed echo',
      'pin seen echo',
      'withdraw q1: the definition of the tool has changed',
      'ask q2 echo',
    ]);
    expect(session.answer('q1', YES)).toEqual([]);
  });

  test('holds again once somebody has accepted it, for the question that waits too', () => {
    const session = open(pinned(OLD));
    list(session, [NEW]);
    session.call(1, 'echo', { text: 'x' });
    const accepted = session.event({ kind: 'pins', pinned: new Map([['echo', define(NEW)]]) });
    expect(accepted.slice(0, 2)).toEqual([
      'withdraw q1: the definition of the tool was accepted',
      'log allow allowed echo',
    ]);
    expect(session.call(2, 'echo')[0]).toBe('log allow allowed echo');
  });

  test('stays changed where somebody accepted another one', () => {
    const session = open(pinned(OLD));
    list(session, [NEW]);
    session.event({ kind: 'pins', pinned: new Map([['echo', define({ ...NEW, title: 'x' })]]) });
    expect(session.call(1, 'echo')).toEqual(['ask q1 echo']);
  });
});

test('where nobody can tell what was pinned, what a rule allows is asked about', () => {
  const session = open({ kind: 'unusable', why: 'the file is not yours' });
  expect(session.call(1, 'echo')).toEqual(['ask q1 echo']);
  const lax = open({ kind: 'unusable', why: 'the file is not yours' }, 'off');
  expect(lax.call(1, 'echo')[0]).toBe('log allow allowed echo');
});

test('a server that lists names without end fills neither memory nor log', () => {
  const session = open(pinned(OLD));
  const many = Array.from({ length: 12_000 }, (_, index) => ({ name: `tool-${index}` }));
  const said = list(session, [...many, NEW]);
  expect(said.filter((line) => line.startsWith('log')).length).toBe(101);
  expect(session.state.tools.findListed('tool-11999')).toBeNull();
  expect(session.call(1, 'echo')).toEqual(['log deny tool_changed echo', 'to-client 1 refused tool_changed']);
});

test('a package that the launcher resolves anew is told of in the log', () => {
  const session = open(pinned());
  const is = { name: 'awslabs.mq', version: '2.0.27' };
  expect(session.event({ kind: 'package', is, was: { name: 'awslabs.mq', version: '2.0.26' } })).toEqual([
    'log package awslabs.mq 2.0.27, was 2.0.26',
  ]);
});
