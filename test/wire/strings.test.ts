import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visitStrings } from '../../src/wire/strings.ts';
import { decodeString } from '../../src/wire/token.ts';

function list(json: string): unknown[] {
  const bytes = Buffer.from(json);
  const found: unknown[] = [];
  visitStrings(bytes, (string) => {
    found.push([decodeString(bytes, string), string.isKey, string.depth]);
    return false;
  });
  return found;
}

test('visits keys and values at any depth, in order', () => {
  expect(list('{"a" : "b", "c": [1, "d", {"e\\u0066\\"": ["g"]}], "": true}')).toEqual([
    ['a', true, 1],
    ['b', false, 1],
    ['c', true, 1],
    ['d', false, 2],
    ['ef"', true, 3],
    ['g', false, 4],
    ['', true, 1],
  ]);
});

test.each([['true'], ['12'], ['{}'], ['']])('finds none in %j', (json) => {
  expect(list(json)).toEqual([]);
});

test('stops when it is told to', () => {
  let visited = 0;
  expect(visitStrings(Buffer.from('["a","b","c"]'), () => ++visited === 2)).toBe(true);
  expect(visited).toBe(2);
});

test('passes long strings, escapes where the search begins, and strings that do not end', () => {
  const long = '\\"'.repeat(100) + 'x'.repeat(1_000) + '\\\\';
  expect(list(`["${long}","b"]`)).toEqual([
    [JSON.parse(`"${long}"`), false, 1],
    ['b', false, 1],
  ]);
  const ends: number[] = [];
  visitStrings(Buffer.from('["a\\'), ({ end }) => ends.push(end) === 0);
  expect(ends).toEqual([4]);
});

test('finds every string that JSON.parse finds', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 1), (value, indent) => {
      const found = list(JSON.stringify(value, null, indent)).map((one) => (one as unknown[])[0]);
      expect(new Set(found)).toEqual(new Set(collect(JSON.parse(JSON.stringify(value)))));
    }),
  );
});

function collect(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [] : Object.keys(value);
  return [...keys, ...Object.values(value).flatMap(collect)];
}
