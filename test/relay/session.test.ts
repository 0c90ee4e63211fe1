import { describe, expect, test } from 'vitest';
import { Dialogue, YES } from '../helpers/dialogue.ts';
import { limitOf, policyOf } from '../helpers/policy.ts';

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
const call = (id: number | string, name: string, args = '{}'): string =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"tools/call","params":{"name":"${name}","arguments":${args}}}`;
const result = (id: number | string): string =>
  `{"result":{"content":[]},"jsonrpc":"2.0","id":${JSON.stringify(id)}}`;

describe('a call', () => {
  test('that the policy allows is logged, then forwarded byte for byte, and its answer passes', () => {
    const session = new Dialogue(policyOf({ read: { action: 'allow' } }));
    const line = call(7, 'read', '{"n":1.0,"big":9007199254740993}');
    expect(session.client(line)).toEqual(['log allow allowed read', `to-server ${line}`]);
    expect(session.server(result(7))).toEqual([`to-client ${result(7)}`]);
  });

  test('that the policy denies is logged and answered with the reason; the server sees nothing', () => {
    const session = new Dialogue(
      policyOf({ drop: { action: 'deny', reason: 'Deletions go through Terraform' } }),
    );
    expect(session.client(call(7, 'drop'))).toEqual(['log deny denied drop', 'to-client 7 refused denied']);
    expect(session.reply).toEqual({
      jsonrpc: '2.0',
      id: 7,
      result: {
        content: [
          {
            type: 'text',
            text: 'Policy violation: mcp-guard did not run drop. Deletions go through Terraform. The policy denies it; calling it again will not help.',
          },
        ],
        isError: true,
        _meta: { 'io.github.mcp-guard/decision': { decision: 'deny', code: 'denied', rule: 'tools.drop' } },
      },
    });
  });

  test('of 2026-07-28 is refused with a resultType, a task-augmented one with an error', () => {
    const session = new Dialogue(policyOf({}, { default: 'deny' }));
    const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    session.client({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x', _meta: meta } });
    expect(session.reply.result).toMatchObject({ resultType: 'complete', isError: true });
    session.client({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'x', task: { ttl: 1 } } });
    expect(session.reply.error).toMatchObject({ code: 403, data: { decision: { code: 'denied' } } });
  });

  test('of a hidden tool is answered as an unknown tool', () => {
    const session = new Dialogue(policyOf({ drop: { action: 'deny', hide: true } }));
    expect(session.client(call('a', 'drop'))).toEqual([
      'log deny unknown_tool drop',
      'to-client "a" error -32602',
    ]);
    expect(session.reply.error).toEqual({ code: -32602, message: 'Unknown tool: drop' });
  });

  test('whose log line cannot be written is refused, and its id is free again', () => {
    const session = new Dialogue(policyOf({ read: { action: 'allow' } }));
    session.client(call(7, 'read'));
    expect(session.event({ kind: 'unlogged', call: 'n:7', why: 'ENOSPC' })).toEqual([
      'to-client 7 refused audit_unavailable',
    ]);
    expect(session.server(result(7))).toEqual(['log refused-frame server']);
    expect(session.client(call(7, 'read'))).toEqual([
      'log allow allowed read',
      `to-server ${call(7, 'read')}`,
    ]);
  });

  test('is only logged as refused in a dry run, and forwarded', () => {
    const session = new Dialogue(policyOf({ drop: { action: 'deny' } }), { dryRun: true });
    expect(session.client(call(1, 'drop'))).toEqual(['log deny denied drop', `to-server ${call(1, 'drop')}`]);
    expect(session.client(call(2, 'other'))[1]).toBe(`to-server ${call(2, 'other')}`);
  });
});

describe('a question', () => {
  test('holds the call until a yes, while everything else flows', () => {
    const session = new Dialogue(policyOf({ read: { action: 'allow' } }));
    expect(session.client(call(1, 'make'))).toEqual(['ask q1 make']);
    expect(session.client(call(2, 'read'))).toEqual([
      'log allow allowed read',
      `to-server ${call(2, 'read')}`,
    ]);
    expect(session.client(LIST)).toEqual([
      `log refused-frame client`,
      'to-client null error -32600 invalid_frame',
    ]);
    expect(session.client('{"jsonrpc":"2.0","id":3,"method":"ping"}')).toEqual([
      'to-server {"jsonrpc":"2.0","id":3,"method":"ping"}',
    ]);
    expect(session.answer('q1', YES)).toEqual(['log allow approved make', `to-server ${call(1, 'make')}`]);
  });

  test('carries what will be forwarded', () => {
    const session = new Dialogue(
      policyOf({ make: { action: 'require_approval', reason: 'Makes an identity' } }),
    );
    session.client(call(1, 'make', '{"name":"ci",  "n":1e2}'));
    const [asked] = session.effects;
    expect(asked).toMatchObject({
      kind: 'ask',
      question: {
        key: 'q1',
        server: 'mq',
        tool: 'make',
        rule: 'tools.make',
        reason: 'Makes an identity',
        timeoutMs: 50_000,
      },
    });
    expect(String(asked?.kind === 'ask' && asked.question.arguments)).toBe('{"name":"ci",  "n":1e2}');
  });

  test.each([
    [{ kind: 'no', message: null, approver: 'terminal' }, 'approval_denied', []],
    [{ kind: 'timeout' }, 'approval_timeout', ['late q1']],
    [{ kind: 'unavailable', why: 'no terminal' }, 'approval_unavailable', ['late q1']],
  ] as const)('that ends with %j refuses the call', (answer, code, after) => {
    const session = new Dialogue(policyOf({}));
    session.client(call(1, 'make'));
    expect(session.answer('q1', answer)).toEqual([
      `log deny ${code} make`,
      `to-client 1 refused ${code}`,
      ...after,
    ]);
  });

  test.each([
    ['the client cancels', { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }],
  ])(
    'is withdrawn when %s; the server sees neither call nor cancellation, and a late yes runs nothing',
    (_, message) => {
      const session = new Dialogue(policyOf({}));
      session.client(call(1, 'make'));
      expect(session.client(message)).toEqual([
        'withdraw q1: the client gave the call up',
        'log deny cancelled make',
      ]);
      expect(session.answer('q1', YES)).toEqual([]);
    },
  );

  test('is not withdrawn by a cancellation of another id, nor of the same id of another type', () => {
    const session = new Dialogue(policyOf({}));
    session.client(call(1, 'make'));
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: '1' } };
    expect(session.client(cancel)).toEqual([`to-server ${JSON.stringify(cancel)}`]);
    expect(session.answer('q1', YES)).toHaveLength(2);
  });

  test('is withdrawn when the client goes and when the server ends', () => {
    const left = new Dialogue(policyOf({}));
    left.client(call(1, 'make'));
    expect(left.event({ kind: 'client-end' })).toEqual([
      'withdraw q1: the client has gone',
      'log deny cancelled make',
    ]);
    const ended = new Dialogue(policyOf({}));
    ended.client(call(1, 'make'));
    expect(ended.event({ kind: 'server-end', how: 'exit code 3' })).toEqual([
      'withdraw q1: the server has ended',
      'log deny cancelled make',
      'to-client 1 refused upstream_gone',
      'log end exit code 3',
    ]);
  });

  test('is not asked when 32 wait already', () => {
    const session = new Dialogue(policyOf({}));
    for (let id = 0; id < 32; id++) expect(session.client(call(id, 'make'))).toEqual([`ask q${id + 1} make`]);
    expect(session.client(call(32, 'make'))).toEqual([
      'log deny approval_overflow make',
      'to-client 32 refused approval_overflow',
    ]);
  });

  test('is not asked where the policy lists no channel', () => {
    const session = new Dialogue(policyOf({}, { approval: { channels: [], timeoutMs: null, open: null } }));
    expect(session.client(call(1, 'make'))[1]).toBe('to-client 1 refused approval_unavailable');
  });
});

describe('a grant', () => {
  test('for the tool lets later calls of it through, whatever their arguments, and no other tool', () => {
    const session = new Dialogue(policyOf({}));
    session.client(call(1, 'make'));
    session.answer('q1', { kind: 'yes', scope: 'tool', lasts: { kind: 'session' }, approver: 'terminal' });
    expect(session.client(call(2, 'make', '{"a":1}'))[0]).toBe('log allow granted make');
    expect(session.client(call(3, 'other'))).toEqual(['ask q2 other']);
  });

  test('for exactly this call lets only the same arguments through, whatever the client says of the request', () => {
    const session = new Dialogue(policyOf({}));
    const withMeta = (id: number, meta: string, args: string): string =>
      `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"make","arguments":${args},"_meta":${meta}}}`;
    session.client(withMeta(1, '{"progressToken":1,"x":1}', '{"a":1}'));
    session.answer('q1', { kind: 'yes', scope: 'call', lasts: { kind: 'session' }, approver: 'terminal' });
    expect(session.client(withMeta(2, '{"progressToken":2,"x":1}', '{"a":1}'))[0]).toBe(
      'log allow granted make',
    );
    expect(session.client(withMeta(3, '{"agent/stepId":"s3"}', '{"a":1}'))[0]).toBe('log allow granted make');
    expect(session.client(withMeta(4, '{"progressToken":4,"x":1}', '{"a":2}'))).toEqual(['ask q2 make']);
  });

  test('ends when the definition of its tool changes', () => {
    const session = new Dialogue(policyOf({}));
    const list = (id: number, description: string): void => {
      session.client({ jsonrpc: '2.0', id, method: 'tools/list' });
      session.server({ jsonrpc: '2.0', id, result: { tools: [{ name: 'make', description }] } });
    };
    list(1, 'makes');
    session.client(call(2, 'make'));
    session.answer('q1', { kind: 'yes', scope: 'tool', lasts: { kind: 'session' }, approver: 'terminal' });
    list(3, 'makes');
    expect(session.client(call(4, 'make'))[0]).toBe('log allow granted make');
    list(5, 'makes and deletes');
    expect(session.client(call(6, 'make'))).toEqual(['ask q2 make']);
  });
});

describe('a limit', () => {
  test('refuses the call after the last place and says when the next is possible', () => {
    const session = new Dialogue(
      policyOf({ read: { action: 'allow', limit: limitOf('tools.read.rate_limit', 2) } }),
    );
    session.client(call(1, 'read'));
    session.now = 18_000;
    session.client(call(2, 'read'));
    expect(session.client(call(3, 'read'))).toEqual([
      'log deny rate_limited read',
      'to-client 3 refused rate_limited',
    ]);
    expect(session.reply.result).toMatchObject({
      content: [
        {
          text: 'Policy violation: mcp-guard did not run read. The limit of 2 calls per 60 s is reached; the next call is possible in 42 s.',
        },
      ],
      _meta: { 'io.github.mcp-guard/decision': { rule: 'tools.read.rate_limit', retryAfterMs: 42_000 } },
    });
    session.now = 60_001;
    expect(session.client(call(4, 'read'))[0]).toBe('log allow allowed read');
  });

  test('counts waiting questions, and a no gives the place back', () => {
    const session = new Dialogue(
      policyOf({ make: { action: 'require_approval', limit: limitOf('tools.make.rate_limit', 1) } }),
    );
    session.client(call(1, 'make'));
    expect(session.client(call(2, 'make'))[1]).toBe('to-client 2 refused rate_limited');
    session.answer('q1', { kind: 'no', message: null, approver: 'terminal' });
    expect(session.client(call(3, 'make', '{"other":1}'))).toEqual(['ask q2 make']);
  });

  test('asks instead where the policy says so, also for an allowed tool, and a yes goes over it', () => {
    const limit = limitOf('tools.read.rate_limit', 1, 'require_approval');
    const session = new Dialogue(policyOf({ read: { action: 'allow', limit } }));
    session.client(call(1, 'read'));
    expect(session.client(call(2, 'read'))).toEqual(['ask q1 read']);
    expect(session.answer('q1', YES)[0]).toBe('log allow approved read');
    expect(session.client(call(3, 'read'))).toEqual(['ask q2 read']);
  });
});

describe('the wire', () => {
  test('a second request with an id in flight is refused, and 1 is not "1"', () => {
    const session = new Dialogue(policyOf({}, { default: 'allow' }));
    session.client(call(1, 'a'));
    expect(session.client(call(1, 'b'))).toEqual([
      'log refused-frame client',
      'to-client null error -32600 invalid_frame',
    ]);
    expect(session.client(call('1', 'b'))[0]).toBe('log allow allowed b');
    session.server(result(1));
    expect(session.client(call(1, 'c'))[0]).toBe('log allow allowed c');
  });

  test.each([
    ['a held call', (session: Dialogue) => void session.client(call(7, 'make'))],
    ['nothing', () => {}],
    ['a refused call', (session: Dialogue) => void session.client(call(7, 'drop'))],
    [
      'a call that is answered already',
      (session: Dialogue) => {
        session.client(call(7, 'read'));
        session.server(result(7));
      },
    ],
    ['an id of another spelling', (session: Dialogue) => void session.client(call('7', 'read'))],
  ])('an answer of the server to %s is dropped', (_, prepare) => {
    const session = new Dialogue(policyOf({ read: { action: 'allow' }, drop: { action: 'deny' } }));
    prepare(session);
    expect(session.server(result(7))).toEqual(['log refused-frame server']);
  });

  test('an answer of the client passes once, to a request the server made', () => {
    const session = new Dialogue(policyOf({}));
    const request = '{"jsonrpc":"2.0","id":0,"method":"roots/list"}';
    const answer = '{"jsonrpc":"2.0","id":0,"result":{"roots":[]}}';
    expect(session.client(answer)).toEqual(['log refused-frame client']);
    expect(session.server(request)).toEqual([`to-client ${request}`]);
    expect(session.client(answer)).toEqual([`to-server ${answer}`]);
    expect(session.client(answer)).toEqual(['log refused-frame client']);
  });

  test('what is not JSON-RPC stays away from the client', () => {
    const session = new Dialogue(policyOf({}));
    expect(session.server('Starting server...')).toEqual([]);
    expect(session.effects).toMatchObject([{ kind: 'note', level: 'warn' }]);
  });

  test('a batch is judged element by element in a session of 2025-03-26, and refused elsewhere', () => {
    const batch = `[${call(1, 'read')},${call(2, 'drop')}]`;
    const policy = policyOf({ read: { action: 'allow' } }, { default: 'deny' });
    const agreeing = (protocolVersion: string): Dialogue => {
      const session = new Dialogue(policy);
      session.client({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {} });
      session.server({ jsonrpc: '2.0', id: 0, result: { protocolVersion } });
      return session;
    };
    expect(agreeing('2025-03-26').client(batch)).toEqual([
      'log allow allowed read',
      `to-server ${call(1, 'read')}`,
      'log deny denied drop',
      'to-client 2 refused denied',
    ]);
    expect(agreeing('2025-06-18').client(batch)).toEqual([
      'log refused-frame client',
      'to-client null error -32600 invalid_frame',
    ]);
  });

  test('hidden tools are cut out of the list and every other byte stays', () => {
    const session = new Dialogue(policyOf({ drop: { action: 'deny', hide: true } }));
    session.client(LIST);
    const list = (tools: string): string =>
      `{"result":{"x":1.0,"tools":[${tools}],"nextCursor":""},"id":1,"jsonrpc":"2.0"}`;
    const kept = ['{"name":"a","n":1e2}', '{"name":"b"}'];
    expect(session.server(list([kept[0], '{"name":"drop"}', kept[1]].join(', ')))).toEqual([
      'pin pin a, pin drop, pin b',
      `to-client ${list(kept.join(', '))}`,
    ]);
  });

  test('everything in flight is answered when the server ends, and told that it may have run', () => {
    const session = new Dialogue(policyOf({}, { default: 'allow' }));
    session.client(call(1, 'make'));
    session.client('{"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":"x"}}');
    expect(session.event({ kind: 'server-end', how: 'signal SIGKILL' })).toEqual([
      'to-client 1 refused upstream_gone',
      'to-client 2 error -32603 upstream_gone',
      'log end signal SIGKILL',
    ]);
  });
});
