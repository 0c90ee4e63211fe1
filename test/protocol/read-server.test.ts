import { describe, expect, test } from 'vitest';
import { readServerLine } from '../../src/protocol/read-server.ts';

const line = (text: string): Buffer => Buffer.from(`${text}\n`);

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
    ['{"jsonrpc":"2.0","result":{},"result":1,"id":7}', { kind: 'noise', id: { key: 'n:7' } }],
    ['{"jsonrpc":"2.0","id":7,"method":"x","result":{}}', { kind: 'noise', id: null }],
    ['{"jsonrpc":"2.0","id":"a\tb","result":{}}', { kind: 'noise', id: null }],
    ['{"jsonrpc":"2.0","id":7.0,"result":{}}', { kind: 'noise', id: null }],
    ['{"jsonrpc":"2.0","id":7,"method":1}', { kind: 'noise' }],
    ['[]', { kind: 'noise' }],
    ['[[{"jsonrpc":"2.0","id":7,"result":{}}]]', { kind: 'noise' }],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, { kind: 'noise' }],
    ['{"jsonrpc":"2.0","id":7,"Id":8,"result":{}}', { kind: 'noise' }],
    ['{"jsonrpc":"2.0","id":7,"result":{}}\r{"jsonrpc":"2.0","id":8,"result":{}}', { kind: 'noise' }],
    ['{"jsonrpc":"2.0","id":7,"result":{"a":"\\\\"}}', { kind: 'response', id: { key: 'n:7' } }],
    [
      `{"jsonrpc":"2.0","id":7,"result":{"a":"${'\\"}'.repeat(50)}"}}`,
      { kind: 'response', id: { key: 'n:7' } },
    ],
    ['{"jsonrpc":"2.0","id":7,"result":{}', { kind: 'noise' }],
    ['Starting server...', { kind: 'noise', id: null }],
    ['{"level":"info","id":7}', { kind: 'noise', id: null }],
    ['[{"jsonrpc":"2.0","id":7,"result":{}}]', { kind: 'batch' }],
    ['', { kind: 'blank' }],
  ])('%s', (text, expected) => {
    expect(readServerLine(line(text))).toMatchObject(expected);
  });
});
