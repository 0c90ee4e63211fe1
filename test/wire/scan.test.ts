import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeSeparators } from '../../src/wire/separators.ts';
import { scanLine } from '../../src/wire/scan.ts';
import { skimLine } from '../../src/wire/skim.ts';

const scan = (text: string | Buffer): ReturnType<typeof scanLine> =>
  scanLine(Buffer.concat([Buffer.from(text), Buffer.from('\n')]));

function refusal(text: string | Buffer): string {
  const found = scan(text);
  return found.kind === 'refused' ? `${found.code} ${found.message}` : found.kind;
}

describe('a line', () => {
  test('is told by the places of its members', () => {
    const text = '{"jsonrpc":"2.0", "id" : 7,"params":{"name":"x","_meta":{"progressToken":0}}}';
    const found = scan(text);
    const spell = (token: { start: number; end: number } | null | undefined): string | null =>
      token === null || token === undefined ? null : text.slice(token.start, token.end);
    expect(found).toMatchObject({ kind: 'object', separators: false });
    if (found.kind !== 'object') return;
    expect(spell(found.top.id)).toBe('7');
    expect(spell(found.top.method)).toBeNull();
    expect(spell(found.params?.name)).toBe('"x"');
    expect(spell(found.meta?.progressToken)).toBe('0');
  });

  test.each([
    [
      '{"a":1,"a":1}',
      '-32600 the key "a" comes twice in one object, at byte 7; readers differ on which counts',
    ],
    [
      '{"a":{"b":[{"c":1,"\\u0063":2}]}}',
      '-32600 the key "c" comes twice in one object, at byte 18; readers differ on which counts',
    ],
    [
      '{"Id":1}',
      '-32600 the key "Id" at byte 1 is not "id", but some servers would take it for that; spell it exactly',
    ],
    ['{"params":{"paramſ":1}}', 'object'],
    [
      '{"paramſ":1}',
      '-32600 the key "paramſ" at byte 1 is not "params", but some servers would take it for that; spell it exactly',
    ],
    [
      '{"params":{"name\\u0000":1}}',
      '-32600 the key "name\\u0000" at byte 11 is not "name", but some servers would take it for that; spell it exactly',
    ],
    [
      '{"ıd":1}',
      '-32600 the key "ıd" at byte 1 is not "id", but some servers would take it for that; spell it exactly',
    ],
    [
      '{"params":{"_meta":{"ProgressToken":1}}}',
      '-32600 the key "ProgressToken" at byte 20 is not "progressToken", but some servers would take it for that; spell it exactly',
    ],
    ['{"\\ud800":1}', '-32600 the key at byte 1 holds half a surrogate pair; readers differ on it'],
    ['{"a":1}\r{"b":1}', '-32700 it is not JSON: byte 0x0d at 7, where a message ends with its line'],
    ['{"a":\r1}', '-32700 it is not JSON: byte 0x0d at 5, where a JSON value is expected'],
    [
      '{"a":"\t"}',
      '-32700 it is not JSON: byte 0x09 at 6, where a control character stands raw in a string; escape it',
    ],
    ['{"a":NaN}', '-32700 it is not JSON: byte "N" at 5, where a JSON value is expected'],
    ['{"a":01}', '-32700 it is not JSON: byte "1" at 6, where a "," or "}" is expected'],
    ['{"a":1,}', '-32700 it is not JSON: byte "}" at 7, where a key in double quotes is expected'],
    ['{"a":"\\x"}', '-32700 it is not JSON: byte "\\" at 6, where no such escape'],
    [
      '{"a":"',
      '-32700 it is not JSON: the end of the line, where a control character stands raw in a string; escape it',
    ],
    ['"text"', '-32700 it is not JSON: byte """ at 0, where only a JSON object is a message'],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), '-32700 it is not UTF-8'],
    ['\ufeff{}', '-32700 it begins with a byte order mark; leave it out'],
    [`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, 'object'],
    [`${'{"a":'.repeat(101)}1${'}'.repeat(101)}`, '-32600 it is nested deeper than 100 levels, at byte 500'],
    [`{"a":${'['.repeat(100_000)}`, '-32600 it is nested deeper than 100 levels, at byte 104'],
    ['', 'blank'],
    [' \t', 'blank'],
  ])('%s: %s', (text, outcome) => {
    expect(refusal(text)).toBe(outcome);
  });

  test('with 200,000 keys is read, and a double among them found', () => {
    const keys = Array.from({ length: 200_000 }, (_, index) => `"k${index}":0`).join(',');
    expect(refusal(`{${keys}}`)).toBe('object');
    expect(refusal(`{${keys},"\\u006b7":0}`)).toContain('the key "k7" comes twice');
  });

  test('keeps its meaning when separators are escaped', () => {
    const text = '{"a":"x\u2028y\u2029z\u0085é"}';
    expect(scan(text)).toMatchObject({ kind: 'object', separators: true });
    const escaped = String(escapeSeparators(Buffer.from(text)));
    expect(escaped).toBe('{"a":"x\\u2028y\\u2029z\\u0085é"}');
    expect(JSON.parse(escaped)).toEqual(JSON.parse(text));
  });
});

describe('JSON', () => {
  test('of any value is accepted, and skimmed alike', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (value) => {
        const bytes = Buffer.from(`${JSON.stringify({ ...value, id: 7 })}\n`);
        const found = scanLine(bytes);
        const skimmed = skimLine(bytes);
        if (found.kind !== 'object')
          return expect(found.kind === 'refused' && found.message).toMatch(/spell it exactly|surrogate/);
        expect(skimmed.kind === 'object' && skimmed.top.id).toEqual(found.top.id);
      }),
      { numRuns: 1_000 },
    );
  });
});
