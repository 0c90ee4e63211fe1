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
      '{"\\u0061":1,"a":1}',
      '-32600 the key "a" comes twice in one object, at byte 12; readers differ on which counts',
    ],
    [
      '{"Id":1}',
      '-32600 the key "Id" at byte 1 is not "id", but some servers would take it for that; spell it exactly',
    ],
    ['{"params":{"paramſ":1}}', 'object'],
    [
      '{"paramſ":1}',
      '-32600 the key "param\\u017f" at byte 1 is not "params", but some servers would take it for that; spell it exactly',
    ],
    [
      '{"params":{"name\\u0000":1}}',
      '-32600 the key "name\\u0000" at byte 11 is not "name", but some servers would take it for that; spell it exactly',
    ],
    [
      '{"ıd":1}',
      '-32600 the key "\\u0131d" at byte 1 is not "id", but some servers would take it for that; spell it exactly',
    ],
    [
      '{"params":{"_meta":{"ProgressToken":1}}}',
      '-32600 the key "ProgressToken" at byte 20 is not "progressToken", but some servers would take it for that; spell it exactly',
    ],
    ['{"\\ud800":1}', '-32600 the key at byte 1 holds half a surrogate pair; readers differ on it'],
    [
      '{"a":1}\r{"b":1}',
      '-32700 it is not JSON: byte 0x0d at 7, behind the end of the message; one message takes one line',
    ],
    ['{"a":\r1}', '-32700 it is not JSON: byte 0x0d at 5, where a JSON value is expected'],
    ['{"a":"\t"}', '-32700 it is not JSON: byte 0x09 at 6, inside a string, where it must be escaped'],
    ['{"a":NaN}', '-32700 it is not JSON: byte "N" at 5, where a JSON value is expected'],
    ['{"a":01}', '-32700 it is not JSON: byte "1" at 6, where a "," or "}" is expected'],
    ['{"a":1,}', '-32700 it is not JSON: byte "}" at 7, where a key in double quotes is expected'],
    ['{"a":"\\x"}', '-32700 it is not JSON: byte "\\" at 6, which begins no escape that JSON has'],
    ['{"a":"', '-32700 it is not JSON: the line ends in the midst of it'],
    ['"text"', '-32700 it is not JSON: byte """ at 0, where a JSON object is expected'],
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

  test('with 100,000 keys is read, and a double among them found', () => {
    const keys = Array.from({ length: 100_000 }, (_, index) => `"k${index}":0`).join(',');
    expect(refusal(`{${keys}}`)).toBe('object');
    expect(refusal(`{${keys},"\\u006b7":0}`)).toContain('the key "k7" comes twice');
  });

  test.each(['\u2028', '\u2029', '\u0085'])('is told to hold a separator: %j', (separator) => {
    expect(scan(`{"a":{"b":["x${separator}"]}}`)).toMatchObject({ separators: true });
    expect(scan('{"a":"\\u2028â\u0084 \u201d\u00c5"}')).toMatchObject({ separators: false });
  });

  test('keeps its meaning when separators are escaped', () => {
    const text = '{"a":"x\u2028y\u2029z\u0085é"}';
    expect(scan(text)).toMatchObject({ kind: 'object', separators: true });
    const escaped = String(escapeSeparators(Buffer.from(text)));
    expect(escaped).toBe('{"a":"x\\u2028y\\u2029z\\u0085é"}');
    expect(JSON.parse(escaped)).toEqual(JSON.parse(text));
  });
});

describe('a batch', () => {
  test('is told by its elements', () => {
    expect(scan('[1, {"a":[]}]')).toEqual({
      kind: 'array',
      elements: [
        { start: 1, end: 2 },
        { start: 4, end: 12 },
      ],
    });
  });

  test('of more messages than anybody sends is refused before it is held', () => {
    expect(refusal(`[${'1,'.repeat(9_999)}1]`)).toBe('array');
    expect(refusal(`[${'1,'.repeat(10_000)}1]`)).toBe(
      '-32600 a batch of more than 10000 messages; send smaller ones',
    );
  });
});

describe('what is refused', () => {
  test.each([
    ['a key', `{"name${'\\u0000'.repeat(100_000)}":1}`],
    ['a key that comes twice', `{"${'k'.repeat(100_000)}":1,"${'k'.repeat(100_000)}":2}`],
    ['a parameter', `{"params":{"name${'\\u0000'.repeat(100_000)}":1}}`],
  ])('is quoted in part, and in ASCII alone: %s', (_, text) => {
    expect(refusal(text)).toMatch(/^[ -~]{1,800}$/);
  });

  test('leaves nothing behind for the next line', () => {
    expect(refusal(`{"params":{"a":{"b":${'[{"c":'.repeat(20)}`)).toContain('-32700');
    expect(refusal('{"a":{"b":{"c":{"d":1}}},"b":1,"c":1}')).toBe('object');
    expect(scan('{"id":1}')).toMatchObject({ params: null, meta: null, separators: false });
  });
});

/** JSON with a few of its bytes changed, dropped or doubled. */
const nearlyJson = fc
  .tuple(
    fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.constantFrom(...Array.from('{}[]",:\\/u0-+.eEtrufalsn \t\r\f\v\0\u00a0\u2028é'), '', '""', '00'),
      ),
      { maxLength: 2 },
    ),
    fc.nat(1),
  )
  .map(([value, edits, dropped]) => {
    let text = JSON.stringify(value);
    for (const [at, put] of edits) {
      const place = at % (text.length + 1);
      text = text.slice(0, place) + put + text.slice(place + dropped);
    }
    return text;
  });

describe('JSON', () => {
  test('is what JSON.parse takes for it, but for what readers differ on', () => {
    let accepted = 0;
    fc.assert(
      fc.property(nearlyJson, (text) => {
        const found = scan(text);
        if (found.kind === 'object') accepted++;
        expect([found.kind, isObject(text)]).not.toEqual(['object', false]);
        if (found.kind === 'refused' && found.code === -32700 && isObject(text)) {
          expect(text).toMatch(/\r/);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(200);
  });

  test('of any value is read and skimmed alike', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (value) => {
        const bytes = Buffer.from(`${JSON.stringify({ ...value, id: 7 })}\n`);
        const found = scanLine(bytes);
        const skimmed = skimLine(bytes);
        if (found.kind === 'refused') expect(found.message).toMatch(/spell it exactly|surrogate/);
        else expect(skimmed).toEqual({ kind: 'object', top: found.kind === 'object' && found.top });
      }),
      { numRuns: 1_000 },
    );
  });
});

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
