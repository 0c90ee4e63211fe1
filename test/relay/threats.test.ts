import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/relay/event.ts';
import { LineReader } from '../../src/wire/lines.ts';
import { Dialogue, YES, type Said } from '../helpers/dialogue.ts';
import { limitOf, policyOf } from '../helpers/policy.ts';

const call = (id: number | string, name: string, args = '{}'): string =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"tools/call","params":{"name":"${name}","arguments":${args}}}`;
const result = (id: string): string => `{"jsonrpc":"2.0","id":${id},"result":{"content":[]}}`;
const cancel = (id: string): string =>
  `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id}}}`;
const MIXED = policyOf(
  { read: { action: 'allow' }, drop: { action: 'deny' }, make: { action: 'require_approval' } },
  { default: 'deny' },
);

/** What a client stream of these chunks does, line by line. */
function play(chunks: readonly Buffer[], session = new Dialogue(MIXED)): Said[] {
  const reader = new LineReader(16 << 20);
  const lines = chunks.flatMap((chunk) => [...reader.push(chunk)].map(copy));
  return [...lines, ...reader.end()].flatMap((line) =>
    session.event(
      line.kind === 'line'
        ? { kind: 'client-line', bytes: line.bytes }
        : { ...line, kind: 'client-too-long' },
    ),
  );
}

/** Lines are views of a chunk; a test reads on before it looks at them. */
function copy<T extends ReturnType<LineReader['push']>[number]>(line: T): T {
  return line.kind === 'line' ? { ...line, bytes: Buffer.from(line.bytes) } : line;
}

function forwarded(said: readonly Said[]): string[] {
  return said.filter((text) => text.startsWith('to-server ')).map((text) => text.slice(10));
}

describe('a stream of the client', () => {
  const lines = [
    call(1, 'read', '{"é😀":"\u2028"}'),
    call(2, 'drop'),
    '{"jsonrpc":"2.0","method":"notifications/initialized"}\r',
    `${call(3, 'read')}\r${call(4, 'drop')}`,
    '',
    'garbage',
    call(5, 'make'),
    cancel('5'),
    call(6, 'read', '{"n":9007199254740993}'),
  ];
  const stream = Buffer.from(lines.join('\n'));
  const whole = play([stream]);

  test('is decided alike at every single place of a cut, and byte by byte', () => {
    expect(forwarded(whole)).toEqual([call(1, 'read', '{"é😀":"\\u2028"}'), lines[2]?.trimEnd(), lines[8]]);
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(play([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(whole);
    }
    expect(play([...stream].map((byte) => Buffer.of(byte)))).toEqual(whole);
  });

  test('of 20,000 calls in one piece is decided call by call, in order', () => {
    const names = Array.from({ length: 20_000 }, (_, id) => (id % 3 === 0 ? 'drop' : 'read'));
    const session = new Dialogue(MIXED);
    const said = play([Buffer.from(names.map((name, id) => `${call(id, name)}\n`).join(''))], session);
    const allowed = names.flatMap((name, id) => (name === 'read' ? [call(id, name)] : []));
    expect(forwarded(said)).toEqual(allowed);
    expect(said.filter((text) => text.startsWith('to-client '))).toHaveLength(names.length - allowed.length);
  });

  test.each([
    ['the name of the tool', '"name":"read\xff"'],
    ['the arguments', '"name":"read","arguments":{"path":"\xc0\xaf"}'],
    ['half a surrogate pair as UTF-8', '"name":"read","arguments":{"path":"\xed\xa0\x80"}'],
    ['the method of its key', '"n\xe9me":"read"'],
    ['a character cut short', '"name":"read","arguments":{"path":"\xf0\x9f\x98"}'],
  ])('with bytes that are no UTF-8 in %s reaches nobody, and is answered', (_, params) => {
    const session = new Dialogue(policyOf({}, { default: 'allow' }));
    const bytes = Buffer.from(
      `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{${params}}}\n`,
      'latin1',
    );
    expect(session.event({ kind: 'client-line', bytes })).toEqual([
      'log refused-frame client',
      'to-client 7 error -32700 invalid_frame',
    ]);
  });
});

describe('names that mean something to JavaScript', () => {
  const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];

  test.each(NAMES)('%s as a tool is decided by the rules alone', (name) => {
    expect(new Dialogue(MIXED).client(call(1, name))).toEqual([
      `log deny denied ${name}`,
      'to-client 1 refused denied',
    ]);
    const own = policyOf({ [name]: { action: 'allow' } }, { default: 'deny' });
    expect(new Dialogue(own).client(call(1, name))[0]).toBe(`log allow allowed ${name}`);
    expect(new Dialogue(own).client(call(1, 'read'))[0]).toBe('log deny denied read');
  });

  test.each(NAMES)('%s as an argument or as an id changes nothing, and is sent as it came', (name) => {
    const line = call(name, 'read', `{"${name}":{"name":"drop"},"a":1}`);
    const session = new Dialogue(MIXED);
    expect(forwarded(session.client(line))).toEqual([line]);
    expect(session.server(result(`"${name}"`))).toEqual([`to-client ${result(`"${name}"`)}`]);
  });
});

describe('an id in flight', () => {
  test('is the same id in any spelling of the string', () => {
    const session = new Dialogue(MIXED);
    session.client(call('a', 'read'));
    const again = String.raw`{"jsonrpc":"2.0","id":"\u0061","method":"ping"}`;
    expect(session.client(again)).toEqual([
      'log refused-frame client',
      String.raw`to-client null error -32600 invalid_frame`,
    ]);
    expect(session.server(result(String.raw`"\u0061"`))).toHaveLength(1);
    expect(forwarded(session.client(again))).toEqual([again]);
  });

  test('cannot be used twice in one batch either', () => {
    const session = new Dialogue(MIXED);
    session.client({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {} });
    session.server({ jsonrpc: '2.0', id: 0, result: { protocolVersion: '2025-03-26' } });
    expect(
      session.client(`[${call(1, 'read')},${call(1, 'make')},${call(2, 'make')},${cancel('2')}]`),
    ).toEqual([
      'log allow allowed read',
      `to-server ${call(1, 'read')}`,
      'log refused-frame client',
      'to-client null error -32600 invalid_frame',
      'ask q1 make',
      'withdraw q1: the client gave the call up',
      'log deny cancelled make',
    ]);
  });

  test('is free again after a refusal, a no and a cancellation', () => {
    const session = new Dialogue(MIXED);
    session.client(call(1, 'drop'));
    session.client(call(1, 'make'));
    session.client(cancel('1'));
    session.client(call(1, 'make'));
    session.answer('q2', { kind: 'no', message: null, approver: 'terminal' });
    expect(session.client(call(1, 'read'))[0]).toBe('log allow allowed read');
  });

  test.each(['initialize', 'tools/list', 'roots/list', 'x/y'])(
    'of a %s request is taken for a call too',
    (method) => {
      const session = new Dialogue(MIXED);
      session.client({ jsonrpc: '2.0', id: 1, method });
      expect(session.client(call(1, 'make'))[0]).toBe('log refused-frame client');
    },
  );
});

describe('a call that is held', () => {
  test.each([
    ['a result', result('7')],
    ['an error', '{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"x"}}'],
    ['a result with another spelling of its id', result('7.0')],
    ['a result with an exponent in its id', result('7e0')],
    ['a result with its id as a string', result('"7"')],
    ['a result in a batch', `[${result('7')}]`],
    ['a result that cannot be read', '{"jsonrpc":"2.0","id":7,"result":{},"error":{}'],
    ['a log line with its id', '{"level":"info","id":7}'],
    ['a result with its id twice', '{"jsonrpc":"2.0","id":8,"id":7,"result":{}}'],
    ['a result with its id in another case', '{"jsonrpc":"2.0","Id":7,"result":{}}'],
    ['a result behind a lone CR', `{"jsonrpc":"2.0","method":"x"}\r${result('7')}`],
  ])('is not answered by the server with %s, and the yes still runs it', (_, forged) => {
    const session = new Dialogue(MIXED);
    session.client(call(7, 'make'));
    expect(session.server(forged).filter((text) => text.startsWith('to-client'))).toEqual([]);
    expect(session.answer('q1', YES)).toEqual(['log allow approved make', `to-server ${call(7, 'make')}`]);
    expect(session.server(result('7'))).toEqual([`to-client ${result('7')}`]);
    expect(session.server(result('7'))).toEqual(['log refused-frame server']);
  });

  test('is not answered by a line of the server that is too long', () => {
    const session = new Dialogue(MIXED);
    session.client(call(7, 'make'));
    const line = Buffer.from(result('7'));
    expect(session.event({ kind: 'server-too-long', length: 1 << 30, head: line, tail: line })).toEqual([
      'log refused-frame server',
    ]);
    expect(session.answer('q1', YES)).toHaveLength(2);
  });

  test.each(['7.0', '"7"', '8', 'null', '{}', '[7]', 'true'])(
    'is not withdrawn by a cancellation of %s',
    (id) => {
      const session = new Dialogue(MIXED);
      session.client(call(7, 'make'));
      expect(session.client(cancel(id))).toEqual([`to-server ${cancel(id)}`]);
      expect(session.answer('q1', YES)).toHaveLength(2);
    },
  );

  test('is not moved by progress about it, from either side', () => {
    const session = new Dialogue(MIXED);
    const make = call(7, 'make').replace('{"name"', '{"_meta":{"progressToken":1},"name"');
    session.client(make);
    session.client(call(8, 'read').replace('{"name"', '{"_meta":{"progressToken":1},"name"'));
    const progress =
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}';
    expect(session.client(progress)).toEqual([`to-server ${progress}`]);
    expect(session.server(progress)).toEqual([`to-client ${progress}`]);
    expect(forwarded(session.answer('q1', YES))).toEqual([make]);
  });

  test('is asked about again when the client sends it again with answers for the server', () => {
    const session = new Dialogue(MIXED);
    session.client(call(1, 'make'));
    session.answer('q1', { kind: 'yes', scope: 'call', lasts: { kind: 'session' }, approver: 'terminal' });
    expect(session.client(call(2, 'make'))[0]).toBe('log allow granted make');
    const retry = call(3, 'make').replace(
      '{"name"',
      '{"inputResponses":{"a":{"action":"accept"}},"requestState":"s","name"',
    );
    expect(session.client(retry)).toEqual(['ask q2 make']);
    const asked = session.effects.at(-1);
    expect(asked?.kind === 'ask' && [...asked.question.attachments.keys()]).toEqual([
      'inputResponses',
      'requestState',
    ]);
  });
});

describe('a late answer of the server', () => {
  test.each<[string, (session: Dialogue) => unknown]>([
    ['a time-out', (session) => session.answer('q1', { kind: 'timeout' })],
    ['a no', (session) => session.answer('q1', { kind: 'no', message: null, approver: 'terminal' })],
    ['a cancellation', (session) => session.client(cancel('7'))],
  ])('after %s is dropped', (_, end) => {
    const session = new Dialogue(MIXED);
    session.client(call(7, 'make'));
    end(session);
    expect(session.server(result('7'))).toEqual(['log refused-frame server']);
  });
});

describe('what the server says by itself', () => {
  test('a request with the id of a call in flight is another matter than the call', () => {
    const session = new Dialogue(MIXED);
    session.client(call(7, 'read'));
    const request = '{"jsonrpc":"2.0","id":7,"method":"sampling/createMessage","params":{}}';
    expect(session.server(request)).toEqual([`to-client ${request}`]);
    expect(session.client(result('7'))).toEqual([`to-server ${result('7')}`]);
    expect(session.server(result('7'))).toEqual([`to-client ${result('7')}`]);
  });

  test('20,000 notifications pass in order, whole, and none is taken for an answer', () => {
    const session = new Dialogue(MIXED);
    session.client(call(7, 'make'));
    for (let n = 0; n < 20_000; n++) {
      const line = `{"jsonrpc":"2.0","method":"notifications/message","params":{"id":7,"n":${n}}}`;
      session.server(line);
    }
    const lines = session.effects.flatMap((effect) => (effect.kind === 'to-client' ? [effect.bytes] : []));
    expect(lines).toHaveLength(20_000);
    expect(String(lines.at(-1))).toContain('"n":19999}');
    expect(session.answer('q1', YES)).toHaveLength(2);
  });

  test.each([
    [
      'no UTF-8',
      Buffer.from('{"jsonrpc":"2.0","id":7,"result":{"x":"\xff"}}\n', 'latin1'),
      ['log refused-frame server', 'to-client 7 refused upstream_gone'],
    ],
    ['a byte order mark first', Buffer.from(`\ufeff${result('7')}\n`), []],
    ['nothing but a banner', Buffer.from('\x1b[2JStarting...\n'), []],
    [
      'a version that is none',
      Buffer.from('{"jsonrpc":"1.0","id":7,"result":{}}\n'),
      ['log refused-frame server', 'to-client 7 refused upstream_gone'],
    ],
  ])('%s: the client is spared it, and told where its call is known', (_, bytes, said) => {
    const session = new Dialogue(MIXED);
    session.client(call(7, 'read'));
    expect(session.event({ kind: 'server-line', bytes })).toEqual(said);
  });

  test.each([
    ['a number', '20250326'],
    ['a list', '["2025-03-26"]'],
    ['an object', '{"toString":"2025-03-26"}'],
    ['longer by a space', '"2025-03-26 "'],
    ['null', 'null'],
  ])('a protocol version that is %s opens no batches', (_, version) => {
    const session = new Dialogue(MIXED);
    session.client({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {} });
    const answer = `{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":${version}}}`;
    expect(session.server(answer)).toEqual([`to-client ${answer}`]);
    expect(session.client(`[${call(1, 'read')}]`)[0]).toBe('log refused-frame client');
  });

  test('an agreed version in an answer to something else opens no batches', () => {
    const session = new Dialogue(MIXED);
    session.client({ jsonrpc: '2.0', id: 0, method: 'server/discover', params: {} });
    session.server({ jsonrpc: '2.0', id: 0, result: { protocolVersion: '2025-03-26' } });
    expect(session.client(`[${call(1, 'read')}]`)[0]).toBe('log refused-frame client');
  });
});

describe('the list of tools', () => {
  const HIDING = policyOf({ drop: { action: 'deny', hide: true } }, { default: 'allow' });
  const list = (tools: readonly string[]): string =>
    `{"jsonrpc":"2.0","id":1,"result":{"tools":[${tools.join(',')}]}}`;
  const listed = (tools: readonly string[]): Said[] => {
    const session = new Dialogue(HIDING);
    session.client({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    return session.server(list(tools)).filter((said) => said.startsWith('to-client'));
  };

  test('loses a hidden tool in every spelling, however often it stands there', () => {
    const hidden = [
      '{"name":"drop"}',
      '{"name":"drop","x":1}',
      String.raw`{"name":"dr\u006fp"}`,
      String.raw`{"n\u0061me":"drop"}`,
      '{"name":"Drop"}',
      '{"name":"read","name":"drop"}',
    ];
    expect(listed([...hidden, '{"name":"read"}', ...hidden])).toEqual([
      `to-client ${list(['{"name":"read"}'])}`,
    ]);
  });

  test('with anything else in it passes as it is', () => {
    const odd = [
      '7',
      'null',
      '{}',
      '{"name":7}',
      String.raw`{"name":"\ud800"}`,
      '{"name":"re ad"}',
      '{"name":"__proto__","inputSchema":{"$ref":"http://127.0.0.1:1/x"}}',
    ];
    expect(listed(odd)).toEqual([`to-client ${list(odd)}`]);
  });

  test('decides nothing: a hidden or an unlisted tool is decided by the rules', () => {
    const session = new Dialogue(HIDING);
    expect(session.client(call(1, 'drop'))[0]).toBe('log deny unknown_tool drop');
    session.client({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    session.server(list(['{"name":"drop","annotations":{"readOnlyHint":true}}']));
    expect(session.client(call(2, 'drop'))[0]).toBe('log deny unknown_tool drop');
    expect(session.client(call(3, 'never-listed'))[0]).toBe('log allow allowed never-listed');
  });
});

test('a method that is no call passes, with everything in it', () => {
  const session = new Dialogue(policyOf({}, { default: 'deny' }));
  for (const [id, method] of [
    'tasks/get',
    'resources/read',
    'prompts/get',
    'completion/complete',
    'x/y',
  ].entries()) {
    const line = `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":{"name":"drop","x":1.0},"more":true}`;
    expect(session.client(line)).toEqual([`to-server ${line}`]);
  }
});

test('a fault while deciding refuses the call, with the fault as its reason', () => {
  const session = new Dialogue(MIXED);
  session.state.policy = {
    ...session.state.policy,
    get layers(): never {
      throw new TypeError('x is undefined');
    },
  };
  expect(session.client(call(1, 'read'))).toEqual(['log deny denied read', 'to-client 1 refused denied']);
  expect(session.reply.result?.content[0]?.text).toContain('x is undefined');
});

test('of more calls at once than a limit allows exactly that many run, whatever becomes of them', () => {
  const limit = limitOf('tools.read.rate_limit', 5);
  const session = new Dialogue(policyOf({ read: { action: 'allow', limit } }));
  const said = Array.from({ length: 50 }, (_, id) => session.client(call(id, 'read'))).flat();
  expect(forwarded(said)).toHaveLength(5);
  session.server('{"jsonrpc":"2.0","id":0,"error":{"code":1,"message":"x"}}');
  expect(session.client(call(50, 'read'))[0]).toBe('log deny rate_limited read');
});

type Move =
  | { readonly move: 'call'; readonly id: number; readonly tool: string; readonly isLogFull: boolean }
  | {
      readonly move: 'answer';
      readonly question: number;
      readonly yes: boolean;
      readonly isLogFull: boolean;
    }
  | { readonly move: 'cancel' | 'serve'; readonly id: number };

test('whatever happens in whatever order: only what was allowed and logged runs, once, and each request is answered once', () => {
  const id = fc.nat({ max: 3 });
  const isLogFull = fc.nat({ max: 5 }).map((n) => n === 0);
  const tool = fc.constantFrom('read', 'drop', 'make');
  const move: fc.Arbitrary<Move> = fc.oneof(
    fc.record({ move: fc.constant('call' as const), id, tool, isLogFull }),
    fc.record({
      move: fc.constant('answer' as const),
      question: fc.nat({ max: 6 }),
      yes: fc.boolean(),
      isLogFull,
    }),
    fc.record({ move: fc.constantFrom('cancel' as const, 'serve' as const), id }),
  );
  let ran = 0;
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40, size: 'max' }), (moves) => {
      const session = new Dialogue(MIXED);
      const claims = new Claims();
      for (const [n, each] of moves.entries()) claims.check(each, n, perform(session, each, n));
      ran += claims.ran.size;
    }),
    { numRuns: 2_000 },
  );
  // A session in which nothing runs would prove nothing.
  expect(ran).toBeGreaterThan(2_000);
});

/** Carries a move out; the number of the move stands in its arguments, so that calls of one id differ. */
function perform(session: Dialogue, each: Move, n: number): readonly Effect[] {
  const before = session.effects.length;
  switch (each.move) {
    case 'call':
      session.client(call(each.id, each.tool, `{"n":${n}}`));
      break;
    case 'cancel':
      session.client(cancel(String(each.id)));
      break;
    case 'serve':
      session.server(result(String(each.id)));
      break;
    case 'answer':
      session.answer(
        `q${each.question}`,
        each.yes ? YES : { kind: 'no', message: null, approver: 'terminal' },
      );
      break;
  }
  if (!('isLogFull' in each) || !each.isLogFull) return session.effects.slice(before);
  // As the relay does when the log takes nothing: what was to be forwarded is not.
  const runs = session.effects.slice(before).filter((effect) => effect.kind === 'to-server');
  for (const { call: idKey } of runs) {
    if (idKey !== null) session.event({ kind: 'unlogged', call: idKey, why: 'ENOSPC' });
  }
  return session.effects.slice(before).filter((effect) => effect.kind !== 'to-server');
}

/** What must hold after every move of any dialogue. */
class Claims {
  readonly #sent = new Map<number, { id: number; tool: string }>();
  readonly ran = new Set<number>();
  readonly #withdrawn = new Set<string>();
  readonly #asked = new Map<string, number>();
  readonly #open = new Set<number>();

  check(each: Move, n: number, effects: readonly Effect[]): void {
    const isNew = each.move === 'call' && !this.#open.has(each.id);
    if (each.move === 'call' && isNew) {
      this.#sent.set(n, each);
      this.#open.add(each.id);
    }
    let logged: string | null = null;
    for (const effect of effects) {
      if (effect.kind === 'log') {
        logged = effect.entry.event === 'call' && effect.entry.verdict === 'allow' ? effect.entry.tool : null;
      }
      if (effect.kind === 'ask') this.#asked.set(effect.question.key, n);
      if (effect.kind === 'withdraw') this.#withdraw(effect.key);
      if (effect.kind === 'to-server' && effect.call !== null) this.#checkRun(each, effect.bytes, logged);
      if (effect.kind === 'to-client') this.#checkAnswer(each, effect.bytes, isNew);
    }
  }

  #checkRun(each: Move, bytes: Buffer, logged: string | null): void {
    const { params } = JSON.parse(String(bytes)) as { params: { name: string; arguments: { n: number } } };
    const { n } = params.arguments;
    expect(params.name).not.toBe('drop');
    expect(logged).toBe(params.name);
    expect(this.ran.has(n)).toBe(false);
    this.ran.add(n);
    if (params.name !== 'make') return;
    const key = each.move === 'answer' ? `q${each.question}` : '';
    expect(each).toMatchObject({ move: 'answer', yes: true });
    expect(this.#asked.get(key)).toBe(n);
    expect(this.#withdrawn.has(key)).toBe(false);
  }

  #checkAnswer(each: Move, bytes: Buffer, isNew: boolean): void {
    const { id } = JSON.parse(String(bytes)) as { id: number };
    // The one answer that is not the request's own: an id was used again, and both have it.
    if (each.move === 'call' && !isNew) return;
    expect(this.#open.delete(id)).toBe(true);
  }

  #withdraw(key: string): void {
    this.#withdrawn.add(key);
    this.#open.delete(this.#sent.get(this.#asked.get(key) ?? -1)?.id ?? -1);
  }
}
