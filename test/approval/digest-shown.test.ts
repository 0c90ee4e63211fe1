import { describe, expect, test } from 'vitest';
import type { Content, Listed } from '../../src/approval/hub/console-message.ts';
import { digestShown } from '../../src/approval/digest-shown.ts';
import type { DefinitionChange, ShownProfile } from '../../src/approval/question.ts';

const LISTED: Listed = {
  key: 'k',
  server: 'mq',
  tool: 'make',
  title: null,
  profile: null,
  isChanged: false,
  rule: 'default',
  reason: null,
  group: 'g',
  allowsAlways: false,
  bytes: 7,
  asked: 0,
  allowed: 0,
  refused: 0,
  waitedMs: 0,
  leftMs: 50_000,
  isLate: false,
};
const CONTENT: Content = {
  arguments: '{"n":1}',
  attachments: [['task', '{}']],
  lastAllowed: null,
  change: null,
};

const PROFILE: ShownProfile = { category: 'read', risk: 'low', evidence: ['a'] };
const CHANGE: DefinitionChange = { was: '{}', now: '{"title":"x"}' };

const digest = (listed: Partial<Listed> = {}, content: Partial<Content> = {}): string =>
  digestShown({ ...LISTED, ...listed }, { ...CONTENT, ...content });

describe('the digest of what is shown', () => {
  test.each<[Partial<Listed>, Partial<Content>]>([
    [{ key: 'l' }, {}],
    [{ server: 'mr' }, {}],
    [{ tool: 'made' }, {}],
    [{ title: '' }, {}],
    [{ title: 'null' }, {}],
    [{ rule: 'tools.make' }, {}],
    [{ reason: 'because' }, {}],
    [{ allowsAlways: true }, {}],
    [{ profile: { category: 'read', risk: 'low', evidence: [] } }, {}],
    [{ isChanged: true }, {}],
    [{}, { change: 'unknown' }],
    [{}, { change: CHANGE }],
    // Texts that would run together if they were only written one after the other.
    [{ server: 'm', tool: 'qmake' }, {}],
    [{ title: 'a', reason: null }, {}],
    [{ title: null, reason: 'a' }, {}],
    [{}, { arguments: null }],
    [{}, { arguments: 'null' }],
    [{}, { arguments: '{"n":1.0}' }],
    [{}, { arguments: '{"n": 1}' }],
    [{}, { attachments: [] }],
    [{}, { attachments: [['task', '{"a":1}']] }],
    [{}, { attachments: [['requestState', '{}']] }],
    [
      {},
      {
        attachments: [
          ['task', '{}'],
          ['requestState', '{}'],
        ],
      },
    ],
  ])('differs for %j %j', (listed, content) => {
    expect(digest(listed, content)).not.toBe(digest());
  });

  test.each<[Partial<Listed>, Partial<Content>]>([
    [{ profile: { ...PROFILE, category: 'write' } }, {}],
    [{ profile: { ...PROFILE, risk: 'medium' } }, {}],
    [{ profile: { ...PROFILE, evidence: ['b'] } }, {}],
    [{}, { change: { ...CHANGE, was: '[]' } }],
    [{}, { change: { ...CHANGE, now: '[]' } }],
  ])('differs where what is told of the tool differs in %j %j', (listed, content) => {
    const [before, then] = [{ profile: PROFILE }, { change: CHANGE }];
    expect(digest({ ...before, ...listed }, { ...then, ...content })).not.toBe(digest(before, then));
  });

  test('is the same while time goes on', () => {
    expect(digest({ waitedMs: 9, leftMs: 1, asked: 3, allowed: 2, refused: 1, isLate: true })).toBe(digest());
  });

  test('survives the way through a message, odd characters and all', () => {
    const odd = { title: '\ud800 \u2028 \u0000 é', reason: '\u{1f600}' };
    const sent = JSON.parse(JSON.stringify({ ...LISTED, ...odd })) as Listed;
    expect(digestShown(sent, CONTENT)).toBe(digest(odd));
  });
});
