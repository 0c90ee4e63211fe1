import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/policy/policy.ts';
import { Dialogue, YES } from '../helpers/dialogue.ts';
import { limitOf, policyOf } from '../helpers/policy.ts';

type Rules = Parameters<typeof policyOf>[1];

const DENY = { action: 'deny', reason: 'Not here' } as const;
const ASK = { action: 'require_approval' } as const;

function start(rules: NonNullable<Rules>['rules'], settings = {}): Dialogue {
  const session = new Dialogue(policyOf({}, rules === undefined ? {} : { rules }), settings);
  session.event({ kind: 'consoles', count: 1 });
  return session;
}

function request(id: number, method: string, params: object = {}): object {
  return { jsonrpc: '2.0', id, method, params };
}

function sent(message: object): string {
  return `to-server ${JSON.stringify(message)}`;
}

describe('a request of the client', () => {
  const files = { resources: { 'file:///etc/*': DENY } };

  test.each<[string, Record<string, Record<string, Partial<Rule>>>, object, string[] | null]>([
    [
      'passes unlogged where nobody speaks of it',
      {},
      request(1, 'resources/read', { uri: 'file:///x' }),
      null,
    ],
    ['passes where no rule fits', files, request(1, 'resources/read', { uri: 'file:///x' }), null],
    [
      'is denied by its URI',
      files,
      request(1, 'resources/read', { uri: 'file:///etc/passwd' }),
      ['log deny denied resources/read file:///etc/passwd', 'to-client 1 error 403 denied'],
    ],
    [
      'is denied where it only watches',
      files,
      request(1, 'resources/subscribe', { uri: 'file:///etc/passwd' }),
      ['log deny denied resources/subscribe file:///etc/passwd', 'to-client 1 error 403 denied'],
    ],
    [
      'is denied where it names a URI by no text',
      files,
      request(1, 'resources/read', { uri: ['file:///etc/passwd'] }),
      ['log deny denied resources/read resources/read', 'to-client 1 error 403 denied'],
    ],
    [
      'is denied by the name of its prompt',
      { prompts: { deploy: DENY } },
      request(1, 'prompts/get', { name: 'deploy', arguments: { to: 'prod' } }),
      ['log deny denied prompts/get deploy', 'to-client 1 error 403 denied'],
    ],
    [
      'is denied where it completes for a denied prompt',
      { prompts: { deploy: DENY } },
      request(1, 'completion/complete', { ref: { type: 'ref/prompt', name: 'deploy' } }),
      ['log deny denied completion/complete deploy', 'to-client 1 error 403 denied'],
    ],
    [
      'is denied by its method',
      { methods: { 'logging/*': DENY } },
      request(1, 'logging/setLevel', { level: 'debug' }),
      ['log deny denied logging/setLevel logging/setLevel', 'to-client 1 error 403 denied'],
    ],
    [
      'is denied by the stricter of two maps',
      { methods: { 'resources/read': DENY }, resources: { '*': { action: 'allow' } } },
      request(1, 'resources/read', { uri: 'file:///x' }),
      ['log deny denied resources/read file:///x', 'to-client 1 error 403 denied'],
    ],
    ['begins a session whatever the methods say', { methods: { '*': DENY } }, request(1, 'ping'), null],
  ])('%s', (...[, rules, message, said]) => {
    expect(start(rules).client(message)).toEqual(said ?? [sent(message)]);
  });

  test.each([
    'FILE:///etc/passwd',
    'file://localhost/etc/passwd',
    'file:///x/../etc/passwd',
    'file:///%65tc/passwd',
    'file:///x/%2e%2e/etc/passwd',
  ])('is denied under another spelling of its URI: %s', (uri) => {
    expect(start(files).client(request(1, 'resources/read', { uri }))[1]).toBe(
      'to-client 1 error 403 denied',
    );
  });

  test('is logged where a rule allows it, and counted', () => {
    const limit = limitOf('resources.*.rate_limit', 1);
    const session = start({ resources: { '*': { action: 'allow', limit } } });
    const message = request(1, 'resources/read', { uri: 'file:///x' });
    expect(session.client(message)).toEqual(['log allow allowed resources/read file:///x', sent(message)]);
    expect(session.client(request(2, 'resources/read', { uri: 'file:///y' }))).toEqual([
      'log deny rate_limited resources/read file:///y',
      'to-client 2 error 403 rate_limited',
    ]);
  });

  test('waits for a person, while everything else flows', () => {
    const session = start({ prompts: { deploy: ASK } });
    const message = request(1, 'prompts/get', { name: 'deploy', arguments: { to: 'prod' } });
    expect(session.client(message)).toEqual(['ask q1 prompts/get deploy']);
    expect(session.client(request(2, 'ping'))).toEqual([sent(request(2, 'ping'))]);
    expect(session.answer('q1', YES)).toEqual(['log allow approved prompts/get deploy', sent(message)]);
    expect(session.server({ jsonrpc: '2.0', id: 1, result: {} })).toEqual([
      'to-client {"jsonrpc":"2.0","id":1,"result":{}}',
    ]);
  });

  test('is gone for good when the client gives it up, or nobody answers', () => {
    const session = start({ prompts: { deploy: ASK } });
    session.client(request(1, 'prompts/get', { name: 'deploy' }));
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
    expect(session.client(cancel)).toEqual([
      'withdraw q1: the client gave the call up',
      'log deny cancelled prompts/get deploy',
    ]);
    session.client(request(2, 'prompts/get', { name: 'deploy' }));
    session.now = 50_000;
    expect(session.event({ kind: 'tick' })).toEqual([
      'log deny approval_timeout prompts/get deploy',
      'to-client 2 error 403 approval_timeout',
      'withdraw q2: no answer in time',
    ]);
    expect(session.answer('q2', YES)).toEqual([]);
  });

  test('is answered where its log line cannot be written', () => {
    const session = start({ resources: { '*': { action: 'allow' } } });
    session.client(request(1, 'resources/read', { uri: 'file:///x' }));
    expect(session.event({ kind: 'unlogged', call: 'n:1', why: 'disk full' })).toEqual([
      'to-client 1 error 403 audit_unavailable',
    ]);
  });

  test('is forwarded in a dry run, and logged as what it would be', () => {
    const message = request(1, 'resources/read', { uri: 'file:///etc/x' });
    expect(start(files, { dryRun: true }).client(message)).toEqual([
      'log deny denied resources/read file:///etc/x',
      sent(message),
    ]);
  });
});

test('a notification that the methods deny goes nowhere', () => {
  const session = start({ methods: { 'x/*': DENY } });
  expect(session.client({ jsonrpc: '2.0', method: 'x/y' })).toEqual(['log refused-frame client']);
  const own = { jsonrpc: '2.0', method: 'notifications/initialized' };
  expect(session.client(own)).toEqual([sent(own)]);
});

describe('a request of the server', () => {
  const sampling = { jsonrpc: '2.0', id: 's1', method: 'sampling/createMessage', params: { messages: [] } };

  test('passes where nobody speaks of it, and its answer goes back', () => {
    const session = start({ server_requests: { 'roots/list': DENY } });
    expect(session.server(sampling)).toEqual([`to-client ${JSON.stringify(sampling)}`]);
    const answer = { jsonrpc: '2.0', id: 's1', result: {} };
    expect(session.client(answer)).toEqual([sent(answer)]);
  });

  test('is answered by the guard where it is denied; an answer of the client has nowhere to go', () => {
    const session = start({ server_requests: { 'sampling/*': DENY } });
    expect(session.server(sampling)).toEqual([
      'log deny denied sampling/createMessage sampling/createMessage',
      expect.stringMatching(
        /^to-server \{"jsonrpc":"2.0","id":"s1","error":\{"code":403,"message":".*Not here/,
      ),
    ]);
    expect(session.client({ jsonrpc: '2.0', id: 's1', result: {} })).toEqual(['log refused-frame client']);
  });

  test('waits for a person under an id of its own, and goes on with a yes', () => {
    const session = start({ server_requests: { 'sampling/*': ASK } });
    expect(session.server(sampling)).toEqual(['ask q1 sampling/createMessage']);
    // The client's request of the same id is another.
    const own = request(0, 'ping');
    expect(session.client({ ...own, id: 's1' })).toEqual([sent({ ...own, id: 's1' })]);
    expect(session.answer('q1', YES)).toEqual([
      'log allow approved sampling/createMessage sampling/createMessage',
      `to-client ${JSON.stringify(sampling)}`,
    ]);
    const answer = { jsonrpc: '2.0', id: 's1', result: {} };
    expect(session.client(answer)).toEqual([sent(answer)]);
    expect(session.server(answer)).toEqual([`to-client ${JSON.stringify(answer)}`]);
  });

  test('is withdrawn when the server gives it up', () => {
    const session = start({ server_requests: { 'sampling/*': ASK } });
    session.server(sampling);
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 's1' } };
    expect(session.server(cancel)).toEqual([
      'withdraw q1: the server gave it up',
      'log deny cancelled sampling/createMessage sampling/createMessage',
    ]);
    expect(session.answer('q1', YES)).toEqual([]);
  });

  test('is answered with an error when a person says no', () => {
    const session = start({ server_requests: { 'sampling/*': ASK } });
    session.server(sampling);
    expect(session.answer('q1', { kind: 'no', message: null, approver: 'console' })).toEqual([
      'log deny approval_denied sampling/createMessage sampling/createMessage',
      expect.stringContaining('to-server {"jsonrpc":"2.0","id":"s1","error":{"code":403'),
    ]);
  });
});

describe('an answer that asks the client something first', () => {
  const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
  const asks = {
    jsonrpc: '2.0',
    id: 1,
    result: {
      resultType: 'input_required',
      inputRequests: { a: { method: 'sampling/createMessage', params: {} } },
      requestState: 'x',
    },
  };

  function startModern(rules: NonNullable<Rules>['rules']): Dialogue {
    const session = new Dialogue(
      policyOf({ make: { action: 'allow' } }, rules === undefined ? {} : { rules }),
    );
    session.event({ kind: 'consoles', count: 1 });
    const params = { name: 'make', arguments: {}, _meta: META };
    expect(session.client(request(1, 'tools/call', params))[0]).toBe('log allow allowed make');
    return session;
  }

  test('passes where nobody speaks of it', () => {
    const session = startModern({ server_requests: { 'roots/list': DENY } });
    expect(session.server(asks)).toEqual([`to-client ${JSON.stringify(asks)}`]);
  });

  test('is a refusal for the client where it is denied', () => {
    const session = startModern({ server_requests: { 'sampling/*': DENY } });
    expect(session.server(asks)).toEqual([
      'log deny denied tools/call sampling/createMessage',
      'to-client 1 refused denied',
    ]);
    expect(session.reply.result?.content[0]?.text).toContain('sampling/createMessage for make');
    expect(session.reply.result?.['resultType']).toBe('complete');
  });

  test('waits for a person, and passes with a yes', () => {
    const session = startModern({ server_requests: { 'sampling/*': ASK } });
    expect(session.server(asks)).toEqual(['ask q1 sampling/createMessage for make']);
    expect(session.answer('q1', YES)).toEqual([
      'log allow approved tools/call sampling/createMessage',
      `to-client ${JSON.stringify(asks)}`,
    ]);
  });

  test('is judged by the params of what it asks', () => {
    const small = {
      clauses: [
        {
          path: { text: 'args.maxTokens', steps: [{ kind: 'key', key: 'maxTokens' }] },
          tests: [{ kind: 'lte', bound: '10' }],
        },
      ],
    } as const;
    const rules = {
      server_requests: { '*': [{ when: small, action: 'allow' }, { action: 'deny' }] },
    } as const;
    const ask = (params: object): object => ({
      ...asks,
      result: { ...asks.result, inputRequests: { a: { method: 'sampling/createMessage', params } } },
    });
    expect(startModern(rules).server(ask({ maxTokens: 11 }))[1]).toBe('to-client 1 refused denied');
    expect(startModern(rules).server(ask({}))[1]).toBe('to-client 1 refused denied');
    expect(startModern(rules).server(ask({ maxTokens: 5 }))[0]).toBe(
      'log allow allowed tools/call sampling/createMessage',
    );
    const nameless = { ...asks, result: { ...asks.result, inputRequests: { a: { params: {} } } } };
    expect(startModern(rules).server(nameless)[1]).toBe('to-client 1 refused denied');
  });

  test('goes nowhere when the client has given the call up meanwhile', () => {
    const session = startModern({ server_requests: { 'sampling/*': ASK } });
    session.server(asks);
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
    expect(session.client(cancel)).toEqual([
      'withdraw q1: the client gave the call up',
      'log deny cancelled tools/call sampling/createMessage',
    ]);
    expect(session.answer('q1', YES)).toEqual([]);
  });
});
