import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readClientLine } from '../../src/protocol/read-client.ts';
import { readServerLine } from '../../src/protocol/read-server.ts';
import { findIdOfSkipped } from '../../src/protocol/skipped.ts';

const line = (text: string): Buffer => Buffer.from(`${text}\n`);

function refusal(text: string): string {
  const message = readClientLine(line(text));
  return message.kind === 'unreadable'
    ? `${message.drop ? 'drop ' : ''}${message.code} ${message.id}: ${message.message}`
    : message.kind;
}

describe('a line of the client', () => {
  test('that is a tools/call tells the bytes of its arguments and of what is attached', () => {
    const text =
      '{"jsonrpc":"2.0","id":"a\\u0062","method":"tools\\/call","params":{"name":"x","arguments":{"n": 1.0},"requestState":"s","_meta":{"progressToken":0}}}';
    const message = readClientLine(line(text));
    expect(message).toMatchObject({
      kind: 'request',
      id: { key: 's:ab', token: '"a\\u0062"' },
      method: 'tools/call',
      era: 'legacy',
      call: { name: 'x', isTask: false },
    });
    if (message.kind !== 'request' || message.call === null) return;
    const { arguments: args, attachments, params, progressToken } = message.call;
    expect(String(message.bytes)).toBe(`${text}\n`);
    expect(String(args)).toBe('{"n": 1.0}');
    expect([...attachments].map(([name, bytes]) => [name, String(bytes)])).toEqual([['requestState', '"s"']]);
    expect(String(params.subarray(progressToken?.start, progressToken?.end))).toBe('0');
  });

  test('is of the era it names itself', () => {
    const era = (version: string): unknown => {
      const message = readClientLine(
        line(
          `{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":${version}}}}`,
        ),
      );
      return message.kind === 'request' && message.era;
    };
    expect([era('"2026-07-28"'), era('"2027-01-01"'), era('"2025-11-25"'), era('7')]).toEqual([
      'modern',
      'modern',
      'legacy',
      'legacy',
    ]);
  });

  test.each([
    ['{"jsonrpc":"2.0","id":1,"method":"x"}', 'request'],
    ['{"jsonrpc":"2.0","id":1,"method":"x/y","params":[1],"extra":true}', 'request'],
    ['{"jsonrpc":"2.0","method":"notifications/x"}', 'notification'],
    ['{"jsonrpc":"2.0","id":1,"result":{}}', 'response'],
    [
      '{"jsonrpc":"2.0","id":7.0,"method":"x"}',
      '-32600 null: "id" must be a string of at most 1 KiB or an integer within ±(2^53 - 1)',
    ],
    [
      '{"jsonrpc":"2.0","id":9007199254740992,"method":"x"}',
      '-32600 null: "id" must be a string of at most 1 KiB or an integer within ±(2^53 - 1)',
    ],
    ['{"jsonrpc":"2.0","id":-9007199254740991,"method":"x"}', 'request'],
    [
      '{"jsonrpc":"2.0","id":-0,"method":"x"}',
      '-32600 null: "id" must be a string of at most 1 KiB or an integer within ±(2^53 - 1)',
    ],
    [`{"jsonrpc":"2.0","id":"${'i'.repeat(1_022)}","method":"x"}`, 'request'],
    [
      `{"jsonrpc":"2.0","id":"${'i'.repeat(1_023)}","method":"x"}`,
      '-32600 null: "id" must be a string of at most 1 KiB or an integer within ±(2^53 - 1)',
    ],
    ['{"jsonrpc":"2.0","id":1}', '-32600 1: it has neither a method nor a result'],
    ['{"jsonrpc":"2.0","id":1,"method":7}', '-32600 1: "method" is a number; it must be a string'],
    [
      '{"jsonrpc":"2.0","id":1,"method":"x","params":"y"}',
      '-32600 1: "params" is a string; it must be an object or an array',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"TOOLS/call "}',
      '-32600 1: the method "TOOLS/call " is not "tools/call", but some servers would take it for that',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"tools\u200b/list"}',
      '-32600 1: the method "tools\u200b/list" is not "tools/list", but some servers would take it for that',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"ｔools/call"}',
      '-32600 1: the method "ｔools/call" is not "tools/call", but some servers would take it for that',
    ],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call"}', '-32600 1: a tools/call needs "params", an object'],
    [
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}',
      '-32600 1: a tools/call needs the "name" of a tool',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":null}}',
      '-32600 1: "arguments" is a literal; it must be an object',
    ],
    [
      '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"x"}}',
      'drop -32600 null: a tools/call without an id; nobody could be told how it ended',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}',
      'drop -32600 null: it has both a result and an error',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"x","result":{}}',
      '-32600 1: it has a method and a result or error; servers differ on what it is',
    ],
    ['[]', '-32600 null: a batch holds at least one message, and nothing but messages'],
    ['[[{}]]', '-32600 null: a batch holds at least one message, and nothing but messages'],
    ['[{"jsonrpc":"2.0","id":1,"method":"x"}]', 'batch'],
    [
      '{"jsonrpc":"2.0","id":1,"id":2,"method":"x"}',
      '-32600 null: the key "id" comes twice in one object, at byte 24; readers differ on which counts',
    ],
  ])('%s: %s', (text, outcome) => {
    expect(refusal(text)).toBe(outcome);
  });

  test.each([
    ['{"requestId":7}', 'n:7'],
    ['{"requestId":"7"}', 's:7'],
    ['{"requestId":7.0}', null],
    ['{}', null],
  ])('that cancels %s names exactly that id', (params, cancels) => {
    const message = readClientLine(
      line(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":${params}}`),
    );
    expect(message).toMatchObject({ kind: 'notification', cancels });
  });
});

describe('a line of the server', () => {
  test.each([
    ['{"result":{"x":NaN},"jsonrpc":"2.0","id":7}', { kind: 'response', id: { key: 'n:7' } }],
    ['{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}', { kind: 'response', id: null }],
    [
      '{"jsonrpc":"2.0","id":0,"method":"roots/list"}',
      { kind: 'request', id: { key: 'n:0' }, method: 'roots/list' },
    ],
    ['{"jsonrpc":"2.0","method":"notifications/message","params":{}}', { kind: 'notification' }],
    ['{"jsonrpc":"2.0","id":null,"result":{}}', { kind: 'noise' }],
    ['{"jsonrpc":"2.0","id":7,"id":8,"result":{}}', { kind: 'noise', id: null }],
    ['{"jsonrpc":"2.0","id":7,"Id":8,"result":{}}', { kind: 'noise' }],
    ['{"jsonrpc":"2.0","id":7,"result":{}}\r{"jsonrpc":"2.0","id":8,"result":{}}', { kind: 'noise' }],
    ['{"jsonrpc":"2.0","id":7,"result":{"a":"\\\\"}}', { kind: 'response', id: { key: 'n:7' } }],
    [
      `{"jsonrpc":"2.0","id":7,"result":{"a":"${'\\"}'.repeat(50)}"}}`,
      { kind: 'response', id: { key: 'n:7' } },
    ],
    ['{"jsonrpc":"2.0","id":7,"result":{}', { kind: 'noise' }],
    ['Starting server...', { kind: 'noise', id: null }],
    ['{"level":"info","id":7}', { kind: 'noise', id: { key: 'n:7' } }],
    ['[{"jsonrpc":"2.0","id":7,"result":{}}]', { kind: 'batch' }],
    ['', { kind: 'blank' }],
  ])('%s', (text, expected) => {
    expect(readServerLine(line(text))).toMatchObject(expected);
  });
});

test.each([
  ['{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"na', 'xxx"}}', 'n:7'],
  ['{"method":"tools/call","params":{"id":3,"a":"xxx', 'xxx"},"jsonrpc":"2.0","id":"a"}', 's:a'],
  ['{"result":{"content":[{"text":"xxx', 'xxx"}]},"id":7,"jsonrpc":"2.0"}', 'n:7'],
  ['{"result":{"content":[{"text":"xxx', 'xxx"},{"id":7}]}}', undefined],
])('the id of a skipped line %s … %s is %s', (head, tail, key) => {
  expect(findIdOfSkipped(Buffer.from(head), Buffer.from(tail))?.key).toBe(key);
});

const PYTHON = `
import json, sys
for line in sys.stdin.buffer:
    text = bytes.fromhex(line.decode().strip()).decode('utf-8')
    m = json.loads(text)
    p = m.get('params') if isinstance(m.get('params'), dict) else {}
    print(json.dumps([len(text.replace('\\r', '\\n').strip('\\n').split('\\n')), m.get('method'), m.get('id'), p.get('name'), json.dumps(p.get('arguments'), sort_keys=True)]), flush=True)
`;

/** Go's encoding/json as far as it matters: keys are matched without case, the last one counts, objects are merged. */
function readLikeGo(text: string): { method: unknown; id: unknown; name: unknown; args: unknown } {
  const seen = { method: undefined, id: undefined, name: undefined, args: undefined } as Record<
    string,
    unknown
  >;
  const fold = (key: string): string =>
    key.replaceAll('ſ', 's').replaceAll('\u212a', 'k').replace(/\0+$/, '').toLowerCase();
  const walk = (object: object, names: Record<string, (value: unknown) => void>): void => {
    for (const [key, value] of Object.entries(object))
      if (value !== null) new Map(Object.entries(names)).get(fold(key))?.(value);
  };
  walk(JSON.parse(text) as object, {
    method: (value) => (seen['method'] = value),
    id: (value) => (seen['id'] = value),
    params: (value) =>
      walk(value as object, {
        name: (name) => (seen['name'] = name),
        arguments: (args) => (seen['args'] = args),
      }),
  });
  return seen as never;
}

describe('what is accepted', () => {
  test('is read alike by JSON.parse, by Python and by a reader that folds case', async () => {
    const python = spawn('python3', ['-c', PYTHON], { stdio: ['pipe', 'pipe', 'inherit'] });
    const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(hostileFrame(), async (text) => {
        const bytes = Buffer.from(`${text}\n`);
        if (readClientLine(bytes).kind !== 'request') return;
        accepted++;
        const message = JSON.parse(text) as {
          method?: unknown;
          id?: unknown;
          params?: { name?: unknown; arguments?: unknown };
        };
        const { method, id, params } = message;
        // To Go null is as good as absent, and only a string is ever a name.
        const go = readLikeGo(text);
        expect(go).toEqual({
          method,
          id,
          name: params?.name ?? undefined,
          args: params?.arguments ?? undefined,
        });
        python.stdin.write(`${bytes.toString('hex')}\n`);
        const answer = JSON.parse(String((await answers.next()).value)) as unknown[];
        expect(answer.slice(0, 4)).toEqual([1, method ?? null, id ?? null, params?.name ?? null]);
      }),
      { numRuns: 3_000 },
    );
    python.stdin.end();
    // A property that refuses everything would prove nothing.
    expect(accepted).toBeGreaterThan(200);
  });
});

/** A tools/call as an attacker would spell it: keys twice, in other cases, with escapes, between odd white space. */
function hostileFrame(): fc.Arbitrary<string> {
  const space = fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom('', '', ' ', '\t') },
    { weight: 1, arbitrary: fc.constantFrom('\r', '\u2028', '\v') },
  );
  const name = fc.constantFrom('"safe"', '"danger"', '"saf\\u0065"', 'null', '7');
  const key = (exact: string, ...others: string[]): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 16, arbitrary: fc.constant(exact) },
      { weight: 1, arbitrary: fc.constantFrom(...others) },
    );
  const args = fc.oneof(
    fc.constantFrom(
      '{}',
      '{"x":1.0}',
      '{"x":1,"x":2}',
      '{"x":NaN}',
      '{"x":1e400}',
      '{"x":"\r"}',
      '{"__proto__":{"name":"danger"}}',
    ),
    fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify({ value })),
  );
  const member = (keys: fc.Arbitrary<string>, values: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc
      .tuple(keys, space, values, space)
      .map(([k, before, value, after]) => `${before}"${k}":${before}${value}${after}`);
  const params = fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: member(key('name', 'Name', 'n\\u0061me', 'name\\u0000', 'NAME'), name) },
        { weight: 2, arbitrary: member(key('arguments', 'Arguments', 'argument\\u017f'), args) },
        {
          weight: 1,
          arbitrary: member(fc.constantFrom('x', 'task', '__proto__'), fc.constantFrom('1', '{}', '[]')),
        },
      ),
      { maxLength: 2 },
    )
    .map((members) => `{${members.join(',')}}`);
  return fc
    .tuple(
      member(
        key('method', 'Method', 'm\\u0065thod', 'method\\u0000'),
        fc.constantFrom('"tools/call"', '"ping"', '"tools\\/c\\u0061ll"'),
      ),
      member(key('id', 'ID', 'Id'), fc.constantFrom('1', '"1"', '7')),
      member(key('params', 'Params', 'paramſ'), params),
      fc.oneof(
        { weight: 6, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: member(key('params', 'PARAMS'), params) },
      ),
    )
    .map(([...members]) => `{"jsonrpc":"2.0",${members.filter((part) => part !== null).join(',')}}`);
}
