import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editLine, findInner } from '../../src/wire/edit.ts';

const edit = (line: string, changes: Readonly<Record<string, string | null>>): string | null => {
  const map = new Map(
    Object.entries(changes).map(([key, json]) => [key, json === null ? null : Buffer.from(json)]),
  );
  const edited = editLine(Buffer.from(`${line}\n`), { outer: 'params', changes: map });
  return edited === null ? null : String(edited).trimEnd();
};

describe('a member of an inner object', () => {
  test.each([
    [
      'is left out',
      '{"params": {"a":1, "b": 2.0 ,"c":3},"id":1}',
      { b: null },
      '{"params": {"a":1,"c":3},"id":1}',
    ],
    ['is set behind the others', '{"params":{"a":1,"b":2}}', { a: '1e2' }, '{"params":{"b":2,"a":1e2}}'],
    ['is added', '{"params":{}}', { a: '"x"' }, '{"params":{"a":"x"}}'],
    ['is found under its escaped name', String.raw`{"params":{"\u0061":1}}`, { a: null }, '{"params":{}}'],
    [
      'is left out as often as it stands',
      '{"params":{"a":1,"b":2,"a":3}}',
      { a: null },
      '{"params":{"b":2}}',
    ],
    ['that is not there is not missed', '{"params":{"b":2}}', { a: null }, '{"params":{"b":2}}'],
  ])('%s', (_, line, changes, wanted) => {
    expect(edit(line, changes as Record<string, string | null>)).toBe(wanted);
  });

  test.each(['{"params":[1]}', '{"params":null}', '{}', '[]', 'x'])('is not looked for in %s', (line) => {
    expect(edit(line, { a: null })).toBeNull();
  });

  test('changes nothing of the others, whatever they hold', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.json()), fc.json(), (members, json) => {
        const params = Object.fromEntries(
          Object.entries(members).map(([key, value]) => [key, JSON.parse(value) as unknown]),
        );
        const edited = edit(JSON.stringify({ id: 1, params }), { requestState: json });
        expect(JSON.parse(edited ?? '')).toEqual(
          JSON.parse(
            JSON.stringify({ id: 1, params: { ...params, requestState: JSON.parse(json) as unknown } }),
          ),
        );
      }),
    );
  });
});

test('the last of equal names is the one that counts, as for JSON.parse', () => {
  const line = Buffer.from('{"params":{"a":1,"a": [2] }}\n');
  expect(String(findInner(line, 'params', 'a'))).toBe('[2]');
  expect(findInner(line, 'params', 'b')).toBeNull();
  expect(findInner(line, 'result', 'a')).toBeNull();
});
