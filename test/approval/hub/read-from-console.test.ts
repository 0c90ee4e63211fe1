import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FromConsole } from '../../../src/approval/hub/console-message.ts';
import type { Choice } from '../../../src/approval/question.ts';
import { readFromConsole } from '../../../src/approval/hub/read-from-console.ts';

const HEX = 'a'.repeat(64);
const read = (value: unknown): FromConsole | null => readFromConsole(Buffer.from(JSON.stringify(value)));
const answer = (choice: unknown): unknown => ({ kind: 'answer', key: 'k', digest: HEX, choice });
const yes = (scope: unknown, lasts: unknown): unknown => ({ kind: 'yes', scope, lasts });
const DAY = 86_400_000;

describe('a message of a console', () => {
  test.each<FromConsole>([
    { kind: 'hello', version: 1, nonce: HEX },
    { kind: 'prove', proof: 'anything' },
    { kind: 'show', key: 'k-1' },
    { kind: 'propose', key: 'k' },
    { kind: 'attend', key: 'k' },
    { kind: 'pause', on: true },
    { kind: 'status' },
    { kind: 'grants' },
    { kind: 'revoke', id: 'abc123' },
  ])('is read: %j', (message) => {
    expect(read({ ...message, more: 1 })).toEqual(message);
  });

  test.each<Choice>([
    { kind: 'yes', scope: 'once', lasts: { kind: 'session' } },
    { kind: 'yes', scope: 'tool', lasts: { kind: 'always' } },
    { kind: 'yes', scope: 'call', lasts: { kind: 'session' } },
    { kind: 'yes', scope: 'tool', lasts: { kind: 'time', ms: 1_000 } },
    { kind: 'yes', scope: 'tool', lasts: { kind: 'time', ms: 30 * DAY } },
    { kind: 'yes', scope: 'tool', lasts: { kind: 'calls', count: 1 } },
    { kind: 'yes', scope: 'tool', lasts: { kind: 'calls', count: 1_000 } },
    { kind: 'no', message: null },
    { kind: 'no', message: '\u{1f600}'.repeat(500) },
  ])('may choose: %j', (choice) => {
    expect(read(answer(choice))).toEqual({ kind: 'answer', key: 'k', digest: HEX, choice });
  });

  test.each([{ kind: 'always' }, { kind: 'time', ms: DAY }, { kind: 'calls', count: 9 }])(
    'that says yes once says no more than that, with %j beside it',
    (lasts) => {
      expect(read(answer(yes('once', lasts)))).toMatchObject({
        choice: { kind: 'yes', scope: 'once', lasts: { kind: 'session' } },
      });
    },
  );

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a list', [{ kind: 'status' }]],
    ['no kind', {}],
    ['an unknown kind', { kind: 'exit' }],
    ['a kind that objects have', { kind: 'constructor' }],
    ['a message of guards', { kind: 'closed', key: 'k', how: '' }],
    ['another version', { kind: 'hello', version: 2, nonce: HEX }],
    ['a short nonce', { kind: 'hello', version: 1, nonce: 'a' }],
    ['a proof that is no text', { kind: 'prove', proof: 1 }],
    ['no key', { kind: 'show' }],
    ['an empty key', { kind: 'show', key: '' }],
    ['a key in a list', { kind: 'show', key: ['k'] }],
    ['a long key', { kind: 'show', key: 'k'.repeat(65) }],
    ['a key that draws', { kind: 'attend', key: '\u001b[2J' }],
    ['a pause that is no flag', { kind: 'pause', on: 'true' }],
    [
      'a digest that is none',
      { kind: 'answer', key: 'k', digest: 'a', choice: { kind: 'no', message: null } },
    ],
    ['no choice', answer(undefined)],
    ['an unknown choice', answer({ kind: 'maybe' })],
    ['no scope', answer(yes(undefined, { kind: 'session' }))],
    ['an unknown scope', answer(yes('all', { kind: 'session' }))],
    ['no end', answer(yes('tool', undefined))],
    ['an unknown end', answer(yes('tool', { kind: 'ever' }))],
    ['always, for one call', answer(yes('call', { kind: 'always' }))],
    ['too short a time', answer(yes('tool', { kind: 'time', ms: 999 }))],
    ['too long a time', answer(yes('tool', { kind: 'time', ms: 30 * DAY + 1 }))],
    ['a time in text', answer(yes('tool', { kind: 'time', ms: '1000' }))],
    ['a part of a millisecond', answer(yes('tool', { kind: 'time', ms: 1_000.5 }))],
    ['no calls', answer(yes('tool', { kind: 'calls', count: 0 }))],
    ['too many calls', answer(yes('tool', { kind: 'calls', count: 1_001 }))],
    ['part of a call', answer(yes('tool', { kind: 'calls', count: 1.5 }))],
    ['a no without words or null', answer({ kind: 'no' })],
    ['too many words', answer({ kind: 'no', message: 'a'.repeat(501) })],
    ['words that are no text', answer({ kind: 'no', message: {} })],
  ])('is refused with %s', (_, message) => {
    expect(read(message)).toBeNull();
  });

  test.each(['', ' ', '{', '{"kind":"status"', 'nul', '{"kind":"status"}x'])('is refused as %j', (text) => {
    expect(readFromConsole(Buffer.from(text))).toBeNull();
  });

  test('never makes the guard throw, and is nothing but what can be read again', () => {
    const line = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(line, (bytes) => {
        const message = readFromConsole(bytes);
        if (message !== null) expect(read(message)).toEqual(message);
      }),
    );
    expect(read({ kind: 'status' })).not.toBeNull();
  });
});
