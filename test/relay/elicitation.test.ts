import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/approval/question.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { Dialogue, type Said, YES } from '../helpers/dialogue.ts';
import { limitOf, policyOf } from '../helpers/policy.ts';

const LACK: Answer = { kind: 'unavailable', why: 'no terminal' };
const FORM = { elicitation: { form: {} } };
const call = (id: number, args = '{}', name = 'make'): string =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${name}","arguments":${args}}}`;

function passTime(session: Dialogue, ms: number): Said[] {
  session.now += ms;
  return session.event({ kind: 'tick' });
}

describe('a client of a session begun by initialize', () => {
  /** A session whose client has said this of itself. */
  function begin(
    capabilities: object = FORM,
    version = '2025-06-18',
    ...[consoles = 0, policy = policyOf({})]: readonly [number?, Policy?]
  ): Dialogue {
    const session = new Dialogue(policy);
    session.event({ kind: 'consoles', count: consoles });
    session.client({
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: { protocolVersion: version, capabilities },
    });
    session.server({ jsonrpc: '2.0', id: 0, result: { protocolVersion: version, capabilities: {} } });
    session.client({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return session;
  }

  const reply = (n: number, result: object): object => ({ jsonrpc: '2.0', id: `mcp-guard:i:${n}`, result });
  const accept = (n: number, content?: object): object =>
    reply(n, { action: 'accept', ...(content && { content }) });
  const isAsked = (said: readonly Said[], n: number): boolean =>
    said.some((line) => line.includes(`"id":"mcp-guard:i:${n}","method":"elicitation/create"`));

  test('is asked when nobody else can be, in a form without a default', () => {
    const session = begin();
    session.client(call(7, '{"name":"a\\u001b[2K"}'));
    session.answer('q1', LACK);
    const last = session.effects.findLast((effect) => effect.kind === 'to-client');
    expect(JSON.parse(String(last?.kind === 'to-client' && last.bytes))).toEqual({
      jsonrpc: '2.0',
      id: 'mcp-guard:i:1',
      method: 'elicitation/create',
      params: {
        message:
          'mcp-guard: run make on mq?\nWhat it does: write, medium risk: the verb "make" makes something new\nRule: default\narguments:\n| name: "a\\x1b[2K"\n| ! 1 character that does not draw, shown as escapes',
        requestedSchema: {
          type: 'object',
          properties: {
            decision: {
              type: 'string',
              title: 'Decision',
              enum: ['approve', 'deny'],
              enumNames: ['Approve once', 'Deny'],
            },
          },
          required: ['decision'],
        },
      },
    });
    expect(session.client(accept(1, { decision: 'approve' }))).toEqual([
      'withdraw q1: allowed once in the client',
      'log allow approved make',
      `to-server ${call(7, '{"name":"a\\u001b[2K"}')}`,
    ]);
  });

  test('is not asked about what cannot be undone, since clients can answer by themselves', () => {
    const session = begin();
    session.client(call(7, '{}', 'delete_database'));
    expect(session.answer('q1', LACK)).toEqual([
      'log deny approval_unavailable delete_database',
      'to-client 7 refused approval_unavailable',
      'late q1',
    ]);
    expect(session.reply.result?.content[0]?.text).toContain('no dialog of the client is enough');
  });

  test('is asked about it where the rule itself lists the client, not where its file does for all', () => {
    const channels = { channels: ['client'], timeoutMs: null, open: null } as const;
    const named = begin(
      FORM,
      '2025-06-18',
      0,
      policyOf({ delete_database: { action: 'require_approval', approval: channels } }),
    );
    expect(isAsked(named.client(call(7, '{}', 'delete_database')), 1)).toBe(true);
    const general = begin(FORM, '2025-06-18', 0, policyOf({}, { approval: channels }));
    expect(general.client(call(7, '{}', 'delete_database'))).toContain(
      'log deny approval_unavailable delete_database',
    );
  });

  test.each([
    ['an empty form', accept(1)],
    ['an empty content', accept(1, {})],
    ['a decision of another name', accept(1, { approve: true })],
    ['a decision of another type', accept(1, { decision: true })],
    ['a decision in a list', accept(1, { decision: ['approve'] })],
    ['a word that is not offered', accept(1, { decision: 'Approve' })],
    ['an inherited decision', accept(1, JSON.parse('{"__proto__":{"decision":"approve"}}') as object)],
    ['a cancellation', reply(1, { action: 'cancel' })],
    ['a cancellation with a decision', reply(1, { action: 'cancel', content: { decision: 'approve' } })],
    ['an error', { jsonrpc: '2.0', id: 'mcp-guard:i:1', error: { code: -32601, message: 'no such method' } }],
    ['something else', reply(1, [])],
  ])('that answers with %s has not said yes', (_, answer) => {
    const session = begin();
    session.client(call(7));
    session.answer('q1', LACK);
    expect(session.client(answer)).toEqual([
      'log deny approval_unavailable make',
      'to-client 7 refused approval_unavailable',
      'late q1',
    ]);
    expect(session.reply.result?.content[0]?.text).toContain(
      'the client answered without a choice of a person',
    );
  });

  test.each([
    ['a decline', reply(1, { action: 'decline' })],
    ['the choice to deny', accept(1, { decision: 'deny' })],
  ])('that answers with %s has said no', (_, answer) => {
    const session = begin();
    session.client(call(7));
    session.answer('q1', LACK);
    expect(session.client(answer)).toEqual([
      'withdraw q1: refused in the client',
      'log deny approval_denied make',
      'to-client 7 refused approval_denied',
    ]);
  });

  test('that answers twice, or to a question that is over, has said nothing', () => {
    const session = begin();
    session.client(call(7));
    session.answer('q1', LACK);
    session.client(accept(1, { decision: 'approve' }));
    session.client(call(8));
    expect(session.client(accept(1, { decision: 'approve' }))).toEqual([]);
    expect(session.client(accept(3, { decision: 'approve' }))).toEqual([]);
  });

  test('is asked after 15 s where a console could have answered and nobody looked', () => {
    const session = begin(FORM, '2025-06-18', 1);
    session.client(call(7));
    session.answer('q1', LACK);
    expect(isAsked(passTime(session, 14_999), 1)).toBe(false);
    expect(isAsked(passTime(session, 1), 1)).toBe(true);
    const watched = begin(FORM, '2025-06-18', 1);
    watched.client(call(7));
    watched.event({ kind: 'attended', key: 'q1' });
    expect(passTime(watched, 15_000)).toEqual([]);
  });

  test('hears that its dialog is over when somebody else answers, or the call is given up', () => {
    const cancelled = (n: number): string =>
      `to-client {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"mcp-guard:i:${n}","reason":"answered elsewhere, or no longer wanted"}}`;
    const session = begin(FORM, '2025-06-18', 1);
    session.client(call(7));
    passTime(session, 15_000);
    expect(session.answer('q1', YES)).toEqual([
      cancelled(1),
      'log allow approved make',
      `to-server ${call(7)}`,
    ]);
    session.client(call(8));
    passTime(session, 15_000);
    expect(
      session.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 8 } }),
    ).toEqual([cancelled(2), 'withdraw q2: the client gave the call up', 'log deny cancelled make']);
  });

  test('is shown one dialog at a time', () => {
    const session = begin();
    session.client(call(7));
    session.client(call(8));
    session.answer('q1', LACK);
    expect(isAsked(session.answer('q2', LACK), 2)).toBe(false);
    const said = session.client(reply(1, { action: 'decline' }));
    expect(isAsked(said, 2)).toBe(true);
    expect(session.client(accept(2, { decision: 'approve' }))[1]).toBe('log allow approved make');
  });

  test.each([
    ['declared none', {}, '2025-06-18'],
    ['declared only links', { elicitation: { url: {} } }, '2025-06-18'],
    ['agreed on a version without it', FORM, '2025-03-26'],
  ])('that %s is not asked', (_, capabilities, version) => {
    const session = begin(capabilities, version);
    session.client(call(7));
    expect(session.answer('q1', LACK)[1]).toBe('to-client 7 refused approval_unavailable');
  });

  test('that is not ready is not asked', () => {
    const session = new Dialogue(policyOf({}));
    session.client({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { capabilities: FORM } });
    session.server({ jsonrpc: '2.0', id: 0, result: { protocolVersion: '2025-06-18' } });
    session.client(call(7));
    expect(session.answer('q1', LACK)[1]).toBe('to-client 7 refused approval_unavailable');
  });

  test('is not asked what cannot be shown there whole, nor where the policy leaves it out', () => {
    const session = begin();
    session.client(call(7, JSON.stringify({ text: 'x'.repeat(9_000) })));
    expect(session.answer('q1', LACK)[1]).toBe('to-client 7 refused approval_unavailable');
    const left = new Dialogue(
      policyOf({}, { approval: { channels: ['console'], timeoutMs: null, open: null } }),
    );
    left.client({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { capabilities: FORM } });
    left.server({ jsonrpc: '2.0', id: 0, result: { protocolVersion: '2025-06-18' } });
    left.client({ jsonrpc: '2.0', method: 'notifications/initialized' });
    expect(left.client(call(7))).toContain('to-client 7 refused approval_unavailable');
  });

  test("gets the server's own questions as ever, and answers them to the server", () => {
    const session = begin();
    const asked = '{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{"message":"Name?"}}';
    expect(session.server(asked)).toEqual([`to-client ${asked}`]);
    const answer = '{"jsonrpc":"2.0","id":1,"result":{"action":"accept","content":{"decision":"approve"}}}';
    expect(session.client(answer)).toEqual([`to-server ${answer}`]);
  });
});

describe('a client of 2026-07-28', () => {
  const META = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': FORM,
  };
  const NO_FORM = { ...META, 'io.modelcontextprotocol/clientCapabilities': {} };

  interface Round {
    readonly args?: object;
    readonly meta?: object;
    readonly state?: unknown;
    readonly responses?: object;
  }
  const round = (id: number, { args = { a: 1 }, meta = META, state, responses }: Round = {}): string =>
    JSON.stringify({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name: 'make', arguments: args, _meta: meta, inputResponses: responses, requestState: state },
    });
  const approve = { 'mcp-guard/approval': { action: 'accept', content: { decision: 'approve' } } };
  const stateOf = (session: Dialogue): string => {
    const state = session.reply.result?.['requestState'];
    expect(state).toMatch(/^mg1\./);
    return String(state);
  };

  /** A session whose client has been sent away with the question. */
  function sendAway(policy = policyOf({})): { session: Dialogue; state: string } {
    const session = new Dialogue(policy);
    session.client(round(1));
    session.answer('q1', LACK);
    return { session, state: stateOf(session) };
  }

  test('is sent away with the question, and its yes forwards the call as it first was', () => {
    const { session, state } = sendAway();
    expect(session.reply.result).toEqual({
      resultType: 'input_required',
      inputRequests: {
        'mcp-guard/approval': {
          method: 'elicitation/create',
          params: {
            mode: 'form',
            message:
              'mcp-guard: run make on mq?\nWhat it does: write, medium risk: the verb "make" makes something new\nRule: default\narguments:\n| a: 1',
            requestedSchema: {
              type: 'object',
              properties: {
                decision: {
                  type: 'string',
                  title: 'Decision',
                  oneOf: [
                    { const: 'approve', title: 'Approve once' },
                    { const: 'deny', title: 'Deny' },
                  ],
                },
              },
              required: ['decision'],
            },
          },
        },
      },
      requestState: state,
    });
    expect(session.client(round(2, { state, responses: approve }))).toEqual([
      'withdraw q1: allowed once in the client',
      'log allow approved make',
      `to-server ${round(2)}`,
    ]);
  });

  test.each([
    ['another argument', { args: { a: 2 } }],
    ['another spelling of its arguments', { args: { a: 1, b: null } }],
  ])('cannot use the answer for %s', (_, other) => {
    const { session, state } = sendAway();
    expect(session.client(round(2, { ...other, state, responses: approve }))[0]).toBe('ask q2 make');
  });

  test('cannot use an answer twice', () => {
    const { session, state } = sendAway();
    session.client(round(2, { state, responses: approve }));
    expect(session.client(round(3, { state, responses: approve }))).toEqual(['ask q2 make']);
  });

  test('cannot use it after ten minutes, nor after somebody else has said no', () => {
    const { session, state } = sendAway();
    session.now += 600_000;
    expect(session.client(round(2, { state, responses: approve }))).toEqual(['ask q2 make']);
    const refused = sendAway();
    refused.session.answer('q1', { kind: 'no', message: null, approver: 'console' });
    expect(refused.session.client(round(2, { state: refused.state, responses: approve }))[1]).toBe(
      'to-client 2 refused approval_denied',
    );
    refused.session.now += 60_000;
    expect(refused.session.client(round(3, { state: refused.state, responses: approve }))).toEqual([
      'ask q2 make',
    ]);
  });

  test('cannot make up or change a state', () => {
    const { session, state } = sendAway();
    const [prefix, instance, payload = '', mac = ''] = state.split('.');
    const forged = Buffer.from(
      Buffer.from(payload, 'base64url').toString().replace('"leg":1', '"leg":2'),
    ).toString('base64url');
    for (const text of [
      [prefix, instance, forged, mac].join('.'),
      [prefix, instance, payload, `${mac.slice(0, -2)}AA`].join('.'),
      [prefix, instance, payload].join('.'),
      `${state}.`,
      `mg1.${instance}`,
    ]) {
      const said = session.client(round(2, { state: text, responses: approve }));
      // The question still stands for this very call, so it goes on waiting for its answer.
      expect(said.filter((line) => line.startsWith('to-server') || line.startsWith('log allow'))).toEqual([]);
      session.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } });
    }
  });

  test('that answers without a choice is not asked again', () => {
    const { session, state } = sendAway();
    const said = session.client(
      round(2, { state, responses: { 'mcp-guard/approval': { action: 'accept' } } }),
    );
    expect(said).toEqual([
      'log deny approval_unavailable make',
      'to-client 2 refused approval_unavailable',
      'late q1',
    ]);
  });

  test('that declines has said no', () => {
    const { session, state } = sendAway();
    const declined = { 'mcp-guard/approval': { action: 'decline' } };
    expect(session.client(round(2, { state, responses: declined }))).toEqual([
      'withdraw q1: refused in the client',
      'log deny approval_denied make',
      'to-client 2 refused approval_denied',
    ]);
  });

  test('whose question was answered in a console meanwhile needs no answer of its own', () => {
    const { session, state } = sendAway();
    expect(session.answer('q1', YES)).toEqual(['log grant once make']);
    expect(
      session.client(round(2, { state, responses: { 'mcp-guard/approval': { action: 'cancel' } } })),
    ).toEqual(['log allow approved make', `to-server ${round(2)}`]);
  });

  test('without a form waits in legs, each with a state alone, for one question', () => {
    const session = new Dialogue(policyOf({}));
    session.event({ kind: 'consoles', count: 1 });
    session.client(round(1, { meta: NO_FORM }));
    session.answer('q1', LACK);
    for (let leg = 1; leg <= 3; leg++) {
      passTime(session, 40_000);
      const { result } = session.reply;
      expect(Object.keys(result ?? {})).toEqual(['resultType', 'requestState']);
      expect(session.client(round(leg + 1, { meta: NO_FORM, state: result?.['requestState'] }))).toEqual([]);
    }
    expect(session.answer('q1', YES)).toEqual([
      'log allow approved make',
      `to-server ${round(4, { meta: NO_FORM })}`,
    ]);
  });

  test('is refused after five minutes, or after eight legs, whichever comes first', () => {
    const session = new Dialogue(policyOf({}));
    session.event({ kind: 'consoles', count: 1 });
    session.client(round(1, { meta: NO_FORM }));
    for (let leg = 1; leg <= 7; leg++) {
      passTime(session, 40_000);
      session.client(round(leg + 1, { meta: NO_FORM, state: session.reply.result?.['requestState'] }));
    }
    expect(passTime(session, 19_999)).toEqual([]);
    expect(passTime(session, 1)[1]).toBe('to-client 8 refused approval_timeout');
  });

  test('that does not come again leaves a late question, and the log tells', () => {
    const session = new Dialogue(policyOf({}));
    session.event({ kind: 'consoles', count: 1 });
    session.client(round(1, { meta: NO_FORM }));
    passTime(session, 40_000);
    expect(passTime(session, 260_000)).toEqual(['log deny approval_timeout make', 'late q1']);
  });

  test('gets the answer in its next leg when it comes between two', () => {
    const session = new Dialogue(policyOf({}));
    session.event({ kind: 'consoles', count: 1 });
    session.client(round(1, { meta: NO_FORM }));
    passTime(session, 40_000);
    const state = session.reply.result?.['requestState'];
    session.answer('q1', { kind: 'no', message: null, approver: 'console' });
    expect(session.client(round(2, { meta: NO_FORM, state }))[1]).toBe('to-client 2 refused approval_denied');
  });

  describe('whose server asks something before it is done', () => {
    const asks = (id: number, state?: string): string =>
      JSON.stringify({
        jsonrpc: '2.0',
        id,
        result: {
          resultType: 'input_required',
          inputRequests: { name: { method: 'elicitation/create', params: { message: 'Name?' } } },
          ...(state === undefined ? {} : { requestState: state }),
        },
      });
    const responses = { name: { action: 'accept', content: { name: 'x' } } };

    /** A call that a person allowed, and the answer of its server. */
    function allow(serverState?: string): { session: Dialogue; state: string } {
      const session = new Dialogue(
        policyOf({ make: { action: 'require_approval', limit: limitOf('make.rate_limit', 1) } }),
      );
      session.client(round(1));
      session.answer('q1', YES);
      const [said = ''] = session.server(asks(1, serverState));
      expect(said).toContain('"inputRequests":{"name":');
      return { session, state: stateOf(session) };
    }

    test("is asked about once: the server gets its own state back, and the client's answers", () => {
      const { session, state } = allow('U1');
      expect(session.client(round(2, { state, responses }))).toEqual([
        'log allow granted make',
        `to-server ${round(2, { state: 'U1', responses }).replace(/("inputResponses":.*?\}\}\}),("requestState":"U1")/, '$1,$2')}`,
      ]);
      session.server(asks(2, 'U2'));
      const again = stateOf(session);
      expect(session.client(round(3, { state: again, responses }))[0]).toBe('log allow granted make');
      expect(
        session.server('{"jsonrpc":"2.0","id":3,"result":{"resultType":"complete","content":[]}}'),
      ).toHaveLength(1);
      // The yes was for one call, and the limit counted it once.
      expect(session.client(round(4))[1]).toBe('to-client 4 refused rate_limited');
    });

    test('that keeps no state gets none', () => {
      const { session, state } = allow();
      expect(session.client(round(2, { state, responses }))[1]).toBe(`to-server ${round(2, { responses })}`);
    });

    test('cannot be used for other arguments, nor twice', () => {
      const { session, state } = allow('U1');
      expect(session.client(round(2, { state, args: { a: 2 }, responses }))[1]).toBe(
        'to-client 2 refused rate_limited',
      );
      expect(session.client(round(3, { state, responses }))[1]).toBe('to-client 3 refused rate_limited');
    });

    test('passes untouched where the policy allowed the call by itself', () => {
      const session = new Dialogue(policyOf({ make: { action: 'allow' } }));
      session.client(round(1));
      expect(session.server(asks(1, 'U1'))).toEqual([`to-client ${asks(1, 'U1')}`]);
      const next = round(2, { state: 'U1', responses });
      expect(session.client(next)).toEqual(['log allow allowed make', `to-server ${next}`]);
    });

    test('keeps a state of another guard further on as it is', () => {
      const session = new Dialogue(policyOf({ make: { action: 'allow' } }));
      const next = round(1, { state: 'mg1.other.e30.xxxx', responses: approve });
      expect(session.client(next)[1]).toBe(`to-server ${next}`);
    });
  });
});
