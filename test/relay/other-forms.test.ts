import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/approval/question.ts';
import type { Limit, Rule } from '../../src/policy/policy.ts';
import { Dialogue, YES } from '../helpers/dialogue.ts';
import { limitOf, policyOf } from '../helpers/policy.ts';

type Maps = Record<string, Record<string, Partial<Rule>>>;

const DENY = { action: 'deny' } as const;
const ASK = { action: 'require_approval' } as const;
const ALLOW = { action: 'allow' } as const;
const FOR_SESSION: Answer = {
  kind: 'yes',
  scope: 'tool',
  lasts: { kind: 'session' },
  approver: 'terminal',
};

function start(rules: Maps): Dialogue {
  const session = new Dialogue(policyOf({}, { rules }));
  session.event({ kind: 'consoles', count: 1 });
  return session;
}

function request(id: number, method: string, params: object | string): string {
  const written = typeof params === 'string' ? params : JSON.stringify(params);
  return `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${written}}`;
}

function read(id: number, uri: string): string {
  return request(id, 'resources/read', { uri });
}

function isRefused(session: Dialogue, line: string): boolean {
  return !session.client(line).some((said) => said.startsWith('to-server'));
}

describe('a denied resource is not read', () => {
  test.each([
    ['as it is written', 'file:///etc/passwd'],
    ['as a path', '/etc/passwd'],
    ['as a path in three strokes', '///etc/passwd'],
    ['with an empty step', 'file:///etc//passwd'],
    ['with an empty step at the front', 'file:////etc/passwd'],
    ['with one stroke', 'file:/etc/passwd'],
    ['on a host', 'file://elsewhere/etc/passwd'],
    ['with a question', 'file:///etc/passwd?x'],
    ['with a fragment', 'file:///etc/passwd#x'],
    ['as a folder', 'file:///etc/passwd/'],
    ['with backslashes', 'file:\\\\\\etc\\passwd'],
    ['with an encoded backslash', 'file:///etc%5cpasswd'],
    ['with a letter encoded twice', 'file:///%2565tc/passwd'],
    ['with steps encoded twice', 'file:///x/%252e%252e/etc/passwd'],
    ['with an encoded stroke', 'file:///etc%2Fpasswd'],
    ['with something cut off behind a NUL', 'file:///etc/passwd%00.txt'],
    ['with something cut off behind a raw NUL', 'file:///etc/passwd\0.txt'],
    ['with a percent sign that is none', 'file:///x%/../%65tc/passwd'],
    ['with a tab that browsers drop', 'file:///e\ttc/passwd'],
    ['with half a surrogate pair that lenient writers drop', 'file:///etc/passwd\ud800'],
  ])('%s: %j', (_, uri) => {
    expect(isRefused(start({ resources: { 'file:///etc/passwd': DENY } }), read(1, uri))).toBe(true);
  });

  test.each([
    'https://user:word@intern.example/x',
    'https://intern.example:443/x',
    'https://INTERN.example/x',
    'https://intern.example./x',
    'https://intern.example/x#part',
    'https:\\\\intern.example\\x',
  ])('over the network: %s', (uri) => {
    expect(isRefused(start({ resources: { 'https://intern.example/x': DENY } }), read(1, uri))).toBe(true);
  });

  test('at a length at which no URI leads anywhere', () => {
    const rules = { resources: { 'file:///etc/passwd': DENY } };
    expect(isRefused(start(rules), read(1, `demo://x/${'y'.repeat(70_000)}`))).toBe(true);
    expect(isRefused(start(rules), read(1, `demo://x/${'y'.repeat(60_000)}`))).toBe(false);
  });

  test.each(['file:///c:/x', 'C:\\x', 'c:/x', '/c:/x', 'file:///C|/x'])('on a drive: %j', (uri) => {
    expect(isRefused(start({ resources: { 'file:///C:/x': DENY } }), read(1, uri))).toBe(true);
  });

  test.each([
    'file:///project/a.txt',
    'demo://Box/a#b',
    'config://app',
    'postgres://db.example:5432/orders/schema',
    'https://docs.example/a',
    'mailbox:in/ada@example.org',
  ])('and what alone is allowed still is: %s', (uri) => {
    expect(isRefused(start({ resources: { '*': DENY, [uri]: ALLOW } }), read(1, uri))).toBe(false);
  });
});

test.each(['deploy', 'deploy ', '\tdeploy', 'deploy\0', 'deploy\0x', 'Deploy'])(
  'a denied prompt is not got as %j',
  (name) => {
    expect(isRefused(start({ prompts: { deploy: DENY } }), request(1, 'prompts/get', { name }))).toBe(true);
  },
);

describe('a completion is judged by all that it may be about', () => {
  const rules = { resources: { 'file:///etc/*': DENY }, prompts: { deploy: DENY } };
  const secret = '"uri":"file:///etc/passwd"';

  test.each([
    ['a prompt', '{"ref":{"type":"ref/prompt","name":"deploy"}}'],
    ['a resource', `{"ref":{"type":"ref/resource",${secret}}}`],
    ['a resource with a name', `{"ref":{"type":"ref/resource","name":"x",${secret}}}`],
    ['a prompt with a URI', '{"ref":{"type":"ref/prompt","name":"deploy","uri":"x:y"}}'],
    ['a resource in another case', `{"ref":{"type":"ref/resource","name":"x","URI":"file:///etc/passwd"}}`],
    ['a prompt in another case', '{"ref":{"type":"ref/prompt","uri":"x:y","Name":"deploy"}}'],
    ['a reference in another case', `{"ref":{"type":"ref/prompt","name":"x"},"Ref":{${secret}}}`],
    [
      'a reference with half a surrogate pair',
      `{"ref":{"type":"ref/prompt","name":"x"},"ref\\ud800":{${secret}}}`,
    ],
    ['no text', '{"ref":{"type":"ref/prompt","name":["deploy"]}}'],
    ['nothing', '{"ref":{"type":"ref/prompt"}}'],
    ['no reference', '{}'],
    ['a list', '{"ref":[]}'],
  ])('%s', (_, params) => {
    expect(isRefused(start(rules), request(1, 'completion/complete', params))).toBe(true);
  });

  test('and passes where none of it is denied', () => {
    const line = request(1, 'completion/complete', '{"ref":{"type":"ref/prompt","name":"x","title":"y"}}');
    expect(start(rules).client(line)).toEqual([`to-server ${line}`]);
  });
});

describe('listening (2026-07-28)', () => {
  const rules = { resources: { 'file:///etc/*': DENY, 'file:///home/*': ASK } };
  const listen = (notifications: string): string =>
    request(1, 'subscriptions/listen', `{"notifications":${notifications}}`);

  test.each([
    ['a denied resource', '{"resourceSubscriptions":["file:///etc/passwd"]}'],
    ['one of several', '{"resourceSubscriptions":["x:y","file:///etc/passwd"]}'],
    ['another spelling', '{"resourceSubscriptions":["FILE:/%65tc/passwd"]}'],
    ['no list', '{"resourceSubscriptions":"file:///etc/passwd"}'],
    ['no text', '{"resourceSubscriptions":[["file:///etc/passwd"]]}'],
    ['another case', '{"resourcesubscriptions":["file:///etc/passwd"]}'],
    ['more than anybody watches', `{"resourceSubscriptions":[${Array(2_000).fill('"x:y"').join()}]}`],
  ])('to %s is refused', (_, notifications) => {
    expect(isRefused(start(rules), listen(notifications))).toBe(true);
  });

  test.each([
    '{"toolsListChanged":true}',
    '{"resourceSubscriptions":null}',
    '{"resourceSubscriptions":[]}',
    '{"resourceSubscriptions":["x:y","x:z"]}',
  ])('to %s passes', (notifications) => {
    expect(start(rules).client(listen(notifications))).toEqual([`to-server ${listen(notifications)}`]);
  });

  test('is asked about with all that it names', () => {
    const line = listen('{"resourceSubscriptions":["file:///home/a","x:y"]}');
    const session = start(rules);
    expect(session.client(line)).toEqual(['ask q1 subscriptions/listen "file:///home/a", "x:y"']);
    expect(session.answer('q1', YES).at(-1)).toBe(`to-server ${line}`);
  });

  test('under another spelling of the method is refused', () => {
    const line = listen('{"resourceSubscriptions":["file:///etc/passwd"]}');
    expect(isRefused(start(rules), line.replace('subscriptions/', 'Subscriptions/'))).toBe(true);
  });
});

test('another spelling of a URI brings no fresh count', () => {
  const limit: Limit = { ...limitOf('resources.*.rate_limit', 1), per: 'tool' };
  const session = start({ resources: { '*': { action: 'allow', limit } } });
  expect(session.client(read(1, 'file:///a'))[0]).toBe('log allow allowed resources/read file:///a');
  expect(isRefused(session, read(2, 'file:///b'))).toBe(false);
  const again = ['file:///a', 'FILE:///a', 'file:///%61', '/a', 'file:///a#x', 'file:///x/../a'];
  expect(again.filter((uri) => !isRefused(session, read(3, uri)))).toEqual([]);
});

test('a yes to one long URI is none to another of the same length', () => {
  const session = start({ resources: { '*': ASK } });
  const long = `file:///${'a'.repeat(300)}`;
  session.client(read(1, `${long}/x`));
  session.answer('q1', FOR_SESSION);
  expect(session.client(read(2, `${long}/x`))[0]).toContain('log allow granted');
  expect(session.client(read(3, `${long}/y`))[0]).toContain('ask q2');
});
