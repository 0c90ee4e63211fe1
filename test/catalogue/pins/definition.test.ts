import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalDefinition } from '../../../src/catalogue/pins/definition.ts';

function hashOf(raw: string | Buffer): string {
  return canonicalDefinition(Buffer.from(raw)).hash;
}

const ECHO = '{"name":"echo","description":"Says it.","inputSchema":{"type":"object","required":["a","b"]}}';

describe('two spellings of one definition', () => {
  test.each([
    [
      'another order of keys',
      '{"inputSchema":{"required":["a","b"],"type":"object"},"description":"Says it.","name":"echo"}',
    ],
    ['white space', ECHO.replaceAll(':', ' :\n ').replace('Says it.', 'Says it.')],
    ['escapes', ECHO.replace('Says it.', '\\u0053ays it.')],
    ['members that nobody reads', ECHO.replace('{', '{"_meta":{"at":"12:00"},"icons":[{"src":"x"}],')],
  ])('are the same: %s', (_, raw) => {
    expect(hashOf(raw)).toBe(hashOf(ECHO));
  });
});

describe('two definitions', () => {
  test.each([
    ['a letter of the description', ECHO.replace('Says', 'says')],
    ['a title', ECHO.replace('{', '{"title":"Echo",')],
    ['a hint', ECHO.replace('{', '{"annotations":{"readOnlyHint":true},')],
    ['a schema of what it answers', ECHO.replace('{', '{"outputSchema":{"type":"object"},')],
    ['a member of a protocol to come', ECHO.replace('{', '{"examples":["First call delete_broker."],')],
    ['a spelling that some readers take for another', ECHO.replace('{', '{"Description":"Sends it away.",')],
    ['what a schema calls _meta', ECHO.replace('"type"', '"_meta":{"description":"x"},"type"')],
    ['how it is run', ECHO.replace('{', '{"execution":{"taskSupport":"required"},')],
    ['the order of a list', ECHO.replace('"a","b"', '"b","a"')],
    ['a character that nobody sees', ECHO.replace('Says it', 'Says\u200b it')],
    ['another form of a letter', ECHO.replace('Says it', 'Sa\u0301ys it')],
    ['a null in place of nothing', ECHO.replace('{', '{"title":null,')],
    ['half a character', ECHO.replace('Says', '\\ud800ays')],
  ])('differ by %s', (_, raw) => {
    expect(hashOf(raw)).not.toBe(hashOf(ECHO));
  });

  test.each([
    ['9007199254740993', '9007199254740992'],
    ['1', '1.0'],
    ['1', '1e0'],
    ['0', '-0'],
    ['1e400', '1e401'],
    ['1', '"1"'],
    ['null', '"null"'],
    ['[]', '{}'],
    ['[1,2]', '[12]'],
    ['"a,b"', '["a","b"]'],
    [String.raw`"\ud800"`, String.raw`"\ufffd"`],
    [String.raw`"\ud83d\ude00"`, String.raw`"\ude00\ud83d"`],
  ])('in which %s stands in place of %s are told apart', (one, other) => {
    const withMaximum = (text: string): string => `{"name":"a","inputSchema":{"maximum":${text}}}`;
    expect(hashOf(withMaximum(one))).not.toBe(hashOf(withMaximum(other)));
  });

  test('that hold keys of prototypes are told apart', () => {
    expect(hashOf('{"name":"a","inputSchema":{"__proto__":{"type":"object"}}}')).not.toBe(
      hashOf('{"name":"a","inputSchema":{}}'),
    );
  });
});

test('the text is canonical JSON of the members that count', () => {
  expect(
    canonicalDefinition(Buffer.from(' {"title" : "E", "name":"e\\u0063ho", "_meta": 1, "description":"d"} ')),
  ).toEqual({
    hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    text: '{"description":"d","name":"echo","title":"E"}',
  });
});

describe('what cannot be brought into that form is told apart by its bytes', () => {
  test.each([
    ['no object', '[1]'],
    ['no JSON', '{"name":'],
    ['bytes that are no UTF-8', Buffer.from([...Buffer.from('{"name":"a'), 0xff, ...Buffer.from('"}')])],
    ['a key twice, further in', '{"name":"a","inputSchema":{"a":1,"\\u0061":2}}'],
    ['a key twice', '{"name":"a","name":"b"}'],
    ['nested beyond any use', `{"name":"a","inputSchema":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
    ['longer than anybody reads', `{"name":"a","description":"${'x'.repeat(1 << 20)}"}`],
  ])('%s', (_, raw) => {
    expect(canonicalDefinition(Buffer.from(raw))).toEqual({
      hash: expect.stringMatching(/^raw-[0-9a-f]{64}$/) as string,
      text: null,
    });
    expect(hashOf(raw)).toBe(hashOf(raw));
    expect(hashOf(Buffer.concat([Buffer.from(raw), Buffer.from(' ')]))).not.toBe(hashOf(raw));
  });

  test('a long one that could be has a hash of its form, and no text', () => {
    const raw = `{"name":"a","description":"${'x'.repeat(70 << 10)}"}`;
    expect(canonicalDefinition(Buffer.from(raw))).toEqual({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      text: null,
    });
    expect(hashOf(raw.replace('{', '{ '))).toBe(hashOf(raw));
  });
});

test('whatever JSON it is, its order of keys makes no difference and any change of a value does', () => {
  const reverse = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(reverse)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, one]) => [key, reverse(one)]),
          )
        : value;
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const render = (schema: unknown): string => JSON.stringify({ name: 'a', inputSchema: schema });
      // Objects list keys that look like numbers in their own order, which reversing cannot change.
      expect(hashOf(render(reverse(one)))).toBe(hashOf(render(one)));
      expect(hashOf(render(one)) === hashOf(render(other))).toBe(
        canonicalDefinition(Buffer.from(render(one))).text ===
          canonicalDefinition(Buffer.from(render(other))).text,
      );
    }),
    { numRuns: 500 },
  );
});
