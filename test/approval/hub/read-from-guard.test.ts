import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FromGuard, Listed, ListedGrant } from '../../../src/approval/hub/console-message.ts';
import { readFromGuard } from '../../../src/approval/hub/read-from-guard.ts';

const HEX = 'a'.repeat(64);
const LISTED: Listed = {
  key: 'k',
  server: 'mq',
  tool: 'make',
  title: null,
  profile: { category: 'write', risk: 'high', evidence: ['the verb'] },
  isChanged: false,
  rule: 'default',
  reason: 'Because\u001b[2J',
  group: 'g',
  allowsAlways: true,
  bytes: 7,
  asked: 3,
  allowed: 2,
  refused: 1,
  waitedMs: 12.5,
  leftMs: -3,
  isLate: false,
};
const GRANT: ListedGrant = {
  id: 'abc',
  server: 'mq',
  tool: 'make',
  rule: 'default',
  scope: 'tool',
  leftMs: null,
  leftCalls: 3,
};
const HELLO: FromGuard = {
  kind: 'hello',
  version: 1,
  server: 'mq',
  since: 5,
  pid: 7,
  nonce: HEX,
  proof: 'p',
};
const read = (value: unknown): FromGuard | null => readFromGuard(Buffer.from(JSON.stringify(value)));

describe('a message of a guard', () => {
  test.each<FromGuard>([
    HELLO,
    { kind: 'status', allowed: 1, denied: 0, paused: true },
    { kind: 'question', question: LISTED },
    {
      kind: 'content',
      key: 'k',
      content: { arguments: null, attachments: [], lastAllowed: null, change: null },
    },
    {
      kind: 'content',
      key: 'k',
      content: {
        arguments: '{}',
        attachments: [['task', '{}']],
        lastAllowed: '{}',
        change: { was: '{}', now: '[]' },
      },
    },
    {
      kind: 'content',
      key: 'k',
      content: { arguments: null, attachments: [], lastAllowed: null, change: 'unknown' },
    },
    { kind: 'proposal', key: 'k', proposal: { kind: 'impossible', why: 'no file' } },
    {
      kind: 'proposal',
      key: 'k',
      proposal: { kind: 'rule', file: '/p.yaml', lines: ['tools:', '  a: allow'] },
    },
    { kind: 'closed', key: 'k', how: 'allowed once' },
    { kind: 'refused', key: 'k', why: 'over' },
    { kind: 'grants', grants: [] },
    { kind: 'grants', grants: [GRANT, { ...GRANT, scope: 'call', leftMs: 5, leftCalls: null }] },
  ])('is read: $kind', (message) => {
    expect(read(message)).toEqual(message);
  });

  test('brings nothing along that it may not have', () => {
    const question = { ...LISTED, isFull: true, ['__proto__']: { isLate: true } };
    expect(read({ kind: 'question', question, more: 1 })).toEqual({ kind: 'question', question: LISTED });
  });

  test.each(Object.keys(LISTED))('is refused where a question has another %s', (name) => {
    for (const value of [undefined, {}, [], ['title', 'reason', 'profile'].includes(name) ? 1 : null]) {
      expect(read({ kind: 'question', question: { ...LISTED, [name]: value } })).toBeNull();
    }
  });

  test.each(Object.keys(GRANT))('is refused where a grant has another %s', (name) => {
    for (const value of [undefined, {}, true]) {
      expect(read({ kind: 'grants', grants: [{ ...GRANT, [name]: value }] })).toBeNull();
    }
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['an unknown kind', { kind: 'exit' }],
    ['a kind that objects have', { kind: 'toString' }],
    ['a message of consoles', { kind: 'pause', on: true }],
    ['another version', { ...HELLO, version: 2 }],
    ['a nonce that is none', { ...HELLO, nonce: 'a' }],
    ['a beginning that no date can tell', { ...HELLO, since: 8.64e15 + 1 }],
    ['a beginning before time', { ...HELLO, since: -1 }],
    ['part of a process', { ...HELLO, pid: 1.5 }],
    ['less than no calls', { kind: 'status', allowed: -1, denied: 0, paused: false }],
    ['no content', { kind: 'content', key: 'k' }],
    [
      'content that is no text',
      {
        kind: 'content',
        key: 'k',
        content: { arguments: {}, attachments: [], lastAllowed: null, change: null },
      },
    ],
    [
      'attachments that are no list',
      {
        kind: 'content',
        key: 'k',
        content: { arguments: null, attachments: {}, lastAllowed: null, change: null },
      },
    ],
    [
      'attachments that are no pairs',
      {
        kind: 'content',
        key: 'k',
        content: { arguments: null, attachments: [['a']], lastAllowed: null, change: null },
      },
    ],
    [
      'attachments of three',
      {
        kind: 'content',
        key: 'k',
        content: { arguments: null, attachments: [['a', 'b', 'c']], lastAllowed: null, change: null },
      },
    ],
    ['a proposal of another kind', { kind: 'proposal', key: 'k', proposal: { kind: 'command' } }],
    [
      'a rule whose lines are no texts',
      { kind: 'proposal', key: 'k', proposal: { kind: 'rule', file: '', lines: [1] } },
    ],
    ['grants that are no list', { kind: 'grants', grants: {} }],
    ['a grant that is none', { kind: 'grants', grants: [null] }],
    ['a key that draws', { kind: 'closed', key: '\u001b', how: '' }],
  ])('is refused with %s', (_, message) => {
    expect(read(message)).toBeNull();
  });

  test('never makes the console throw, and is nothing but what can be read again', () => {
    const kinds = ['hello', 'status', 'question', 'content', 'proposal', 'closed', 'refused', 'grants'];
    const message = fc.record(
      {
        kind: fc.constantFrom(...kinds),
        question: fc.object(),
        content: fc.object(),
        grants: fc.array(fc.anything()),
      },
      { requiredKeys: ['kind'] },
    );
    fc.assert(
      fc.property(message, (value) => {
        const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? 0 : part));
        const read = readFromGuard(Buffer.from(text));
        if (read !== null) expect(readFromGuard(Buffer.from(JSON.stringify(read)))).toEqual(read);
      }),
    );
    expect(read({ kind: 'grants', grants: [] })).not.toBeNull();
  });
});
