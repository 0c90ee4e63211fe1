import { describe, expect, test } from 'vitest';
import { readClientLine } from '../../src/protocol/read-client.ts';

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
      '-32600 1: the method "tools\\u200b/list" is not "tools/list", but some servers would take it for that',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"method":"ｔools/call"}',
      '-32600 1: the method "\\uff54ools/call" is not "tools/call", but some servers would take it for that',
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
    [
      '{"jsonrpc":"2.0","id":"\\ud800","method":"x"}',
      '-32600 null: "id" must be a string of at most 1 KiB or an integer within ±(2^53 - 1)',
    ],
    [
      '{"jsonrpc":"2.0","id":"a\rb","method":"x"}',
      '-32700 null: it is not JSON: byte 0x0d at 24, inside a string, where it must be escaped',
    ],
    [
      '{"jsonrpc":"2.0","method":"x","method":"y","id":7}',
      '-32600 7: the key "method" comes twice in one object, at byte 30; readers differ on which counts',
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
    '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"x","arguments":{"a":"b?"}}}',
    '{"jsonrpc":"2.0","method":"notifications/x?"}',
    '{"jsonrpc":"2.0","id":"?","result":["?"]}',
  ])('goes on with its separators escaped and every other byte as it was: %s', (text) => {
    const message = readClientLine(line(text.replaceAll('?', 'é\u2028\u0085')));
    expect('bytes' in message && String(message.bytes)).toBe(`${text.replaceAll('?', 'é\\u2028\\u0085')}\n`);
  });

  test('that goes on unchanged is not copied', () => {
    const bytes = line('{"jsonrpc":"2.0","id":7,"method":"x"}');
    const message = readClientLine(bytes);
    expect(message.kind === 'request' && message.bytes).toBe(bytes);
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
