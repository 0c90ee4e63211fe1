import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listElements, listMembers, skimLine } from '../../src/wire/skim.ts';
import { spellToken, type Token } from '../../src/wire/token.ts';

/** Of one line: the spelled top-level members, or why there are none, and the id that can be told all the same. */
function skim(line: string | Buffer): unknown {
  const bytes = Buffer.concat([Buffer.from(line), Buffer.from('\n')]);
  const found = skimLine(bytes);
  const spell = (token: Token | null): string | null => (token === null ? null : spellToken(bytes, token));
  switch (found.kind) {
    case 'object':
      return Object.fromEntries(
        Object.entries(found.top).flatMap(([name, token]) => (token === null ? [] : [[name, spell(token)]])),
      );
    case 'array':
      return found.elements.map(spell);
    case 'refused':
      return `${found.why}; id ${spell(found.id)}`;
    case 'blank':
      return 'blank';
  }
}

describe('a line', () => {
  test.each([
    ['{"id":7,"result":{"a":[1,{"b":"}"}]}}', { id: '7', result: '{"a":[1,{"b":"}"}]}' }],
    [' {\t"id" : "x\\"" , "error":null} ', { id: '"x\\""', error: 'null' }],
    ['{}', {}],
    ['{"\\u0069d":7}', { id: '7' }],
    ['{"id":7,"result":[NaN,-Infinity]}', { id: '7', result: '[NaN,-Infinity]' }],
    ['[{"id":1}, {"id":2}]', ['{"id":1}', '{"id":2}']],
    ['', 'blank'],
    [' \t', 'blank'],
  ])('is told by its outermost members: %j', (line, members) => {
    expect(skim(line)).toEqual(members);
  });

  test.each([
    ['{"id":7,"result":1,"result":2}', 'the key "result" comes twice; id 7'],
    ['{"result":1,"r\\u0065sult":2,"id":7}', 'the key "result" comes twice; id 7'],
    ['{"id":7,"id":8}', 'the key "id" comes twice; id null'],
    ['{"id":7,"ID":8}', 'the key "ID", which some clients would take for another; id null'],
    ['{"id":7,"reſult":8}', 'the key "re\\u017fult", which some clients would take for another; id 7'],
    ['{"id":7,"a":"\r"}', 'a raw CR at byte 13; id 7'],
    ['{"id":7}\r{"id":8}', 'a raw CR at byte 8; id null'],
    ['{"id":7} {"id":8}', 'it is not a JSON object; id null'],
    ['{"id":7,}', 'it is not a JSON object; id null'],
    ['{,"id":7}', 'it is not a JSON object; id null'],
    ['{"id":}', 'it is not a JSON object; id null'],
    ['{"id" 7}', 'it is not a JSON object; id null'],
    ['{"id":7', 'it is not a JSON object; id null'],
    ['{"id":"7', 'it is not a JSON object; id null'],
    ['{"\\x":1,"id":7}', 'it is not a JSON object; id null'],
    ['\ufeff{"id":7}', 'it is not a JSON object; id null'],
    ['Listening...', 'it is not a JSON object; id null'],
    ['[]', 'it is no batch of 1 to 10000 messages; id null'],
    ['[{},1]', 'it is no batch of 1 to 10000 messages; id null'],
    ['[[{}]]', 'it is no batch of 1 to 10000 messages; id null'],
    [`[${'{},'.repeat(10_000)}{}]`, 'it is no batch of 1 to 10000 messages; id null'],
  ])('is refused, with its id where it has one: %j', (line, why) => {
    expect(skim(line)).toBe(why);
  });

  test.each([
    ['{"id":7,"a":"\xff"}', 'it is not UTF-8; id 7'],
    ['{"id":"\xff","a":1}', 'it is not UTF-8; id null'],
  ])('that is no UTF-8 is refused: %j', (line, why) => {
    expect(skim(Buffer.from(line, 'latin1'))).toBe(why);
  });

  test('nested a million levels deep is passed over', () => {
    const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
    expect(skim(`{"result":${deep},"id":7}`)).toMatchObject({ id: '7' });
    expect(skim(deep)).toBe('it is no batch of 1 to 10000 messages; id null');
  });
});

/** Strings whose ends are hard to find: quotes and backslashes at every distance. */
const hostileString = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', '\\', '\\"', '}', ']', ',', 'é', '\n'),
      fc.nat(80).map((n) => 'x'.repeat(n)),
    ),
    {
      maxLength: 30,
    },
  )
  .map((parts) => parts.join(''));

describe('the parts of any value', () => {
  const value = fc.oneof(hostileString, fc.jsonValue({ maxDepth: 3 }));
  const space = fc.constantFrom(0, 1, '\t');

  test('are those that JSON.parse finds, in their spelling and order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hostileString, value), { maxLength: 6 }), space, (members, indent) => {
        const text = JSON.stringify(Object.fromEntries(members), null, indent).replaceAll('\n', ' ');
        const bytes = Buffer.from(`[${text}]`);
        const found = listMembers(bytes, { start: 1, end: bytes.length - 1 });
        expect(
          found?.map(({ key, value: token }) => [
            JSON.parse(spellToken(bytes, key)),
            JSON.parse(spellToken(bytes, token)),
          ]),
        ).toEqual(Object.entries(JSON.parse(text) as object));
      }),
      { numRuns: 500 },
    );
  });

  test('of a list are its elements', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 6 }), space, (elements, indent) => {
        const text = JSON.stringify(elements, null, indent).replaceAll('\n', ' ');
        const bytes = Buffer.from(text);
        const found = listElements(bytes, { start: 0, end: bytes.length });
        expect(found?.map((token) => JSON.parse(spellToken(bytes, token)) as unknown)).toEqual(
          JSON.parse(text),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('are none where the range is cut short or goes on', () => {
    const bytes = Buffer.from('{"a":"b"} \t{"a":1}');
    expect(listMembers(bytes, { start: 0, end: 8 })).toBeNull();
    expect(listMembers(bytes, { start: 0, end: 12 })).toBeNull();
    expect(listMembers(bytes, { start: 0, end: bytes.length })).toBeNull();
    expect(listElements(bytes, { start: 0, end: 9 })).toBeNull();
    // White space may follow the range as well as end it.
    for (const end of [9, 10, 11]) expect(listMembers(bytes, { start: 0, end })).toHaveLength(1);
  });
});
