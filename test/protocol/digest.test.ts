import { describe, expect, test } from 'vitest';
import { digestParams } from '../../src/protocol/digest.ts';

const digest = (params: string, round: 'whole' | 'first' = 'whole'): string =>
  digestParams(Buffer.from(params), round);
const call = digest('{"name":"make","arguments":{"a":1},"_meta":{"progressToken":7,"x":1}}');

describe('the digest of a call', () => {
  test.each([
    ['white space', '{ "name": "make", "arguments":{"a":1}, "_meta":{"progressToken":7, "x":1} }'],
    ['the order of its members', '{"_meta":{"x":1,"progressToken":7},"arguments":{"a":1},"name":"make"}'],
    ['the progress token', '{"name":"make","arguments":{"a":1},"_meta":{"progressToken":"other","x":1}}'],
    ['having none', '{"name":"make","arguments":{"a":1},"_meta":{"x":1}}'],
    [
      'what else the client says of the request',
      '{"name":"make","arguments":{"a":1},"_meta":{"agent/stepId":"s2"}}',
    ],
    ['saying nothing of it', '{"name":"make","arguments":{"a":1}}'],
  ])('does not change with %s', (_, params) => {
    expect(digest(params)).toBe(call);
  });

  test.each([
    ['an argument', '{"name":"make","arguments":{"a":2},"_meta":{"x":1}}'],
    ['the spelling of an argument', '{"name":"make","arguments":{"a":1.0},"_meta":{"x":1}}'],
    ['another member', '{"name":"make","arguments":{"a":1},"_meta":{"x":1},"task":{}}'],
    ['a value that imitates the next member', '{"name":"make9:arguments7:{\\"a\\":1}","_meta":{"x":1}}'],
  ])('changes with %s', (_, params) => {
    expect(digest(params)).not.toBe(call);
  });

  test('of the first round leaves out what a client adds when it calls again', () => {
    const again = '{"name":"make","arguments":{},"requestState":"s","inputResponses":{"k":1}}';
    expect(digest(again, 'first')).toBe(digest('{"name":"make","arguments":{}}', 'first'));
    expect(digest(again)).not.toBe(digest('{"name":"make","arguments":{}}'));
  });
});
