import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readUnambiguous, readValue, type JsonValue } from '../../src/wire/value.ts';

const read = (text: string): JsonValue => readValue(Buffer.from(text));

test('keeps numbers as they are spelled, and all else as it is', () => {
  const text =
    ' {"a": [1.10, -0, 1e400, 9007199254740993], "b\\u0041": {"__proto__": null}, "": "\\ud83d\\ude00\\n"}\r\n';
  const entries = new Map<string, JsonValue>([
    [
      'a',
      {
        kind: 'list',
        items: ['1.10', '-0', '1e400', '9007199254740993'].map((number) => ({
          kind: 'number',
          text: number,
        })),
      },
    ],
    ['bA', { kind: 'map', entries: new Map([['__proto__', { kind: 'null' }]]) }],
    ['', { kind: 'string', value: '😀\n' }],
  ]);
  expect(read(text)).toEqual({ kind: 'map', entries });
});

test('takes the last of two equal keys', () => {
  expect(read('{"a":1,"a":true}')).toEqual({
    kind: 'map',
    entries: new Map([['a', { kind: 'boolean', value: true }]]),
  });
});

test.each(['{"a":1,"a":1}', '{"b":[{"a":1,"\\u0061":2}]}'])(
  'refuses %s where no key may come twice',
  (text) => {
    expect(() => readUnambiguous(Buffer.from(text))).toThrow(SyntaxError);
    expect(readUnambiguous(Buffer.from('{"a":{"a":1},"b":{"a":1}}')).kind).toBe('map');
  },
);

test('agrees with JSON.parse on whatever it is given', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      expect(simplify(read(text))).toEqual(
        JSON.parse(text, (_, value: unknown) => (Object.is(value, -0) ? 0 : value)),
      );
    }),
    { numRuns: 500 },
  );
});

const BROKEN = [
  '',
  ' ',
  '{',
  '[',
  '"',
  '"\\',
  '[1,]',
  '{"a":1,}',
  '{a:1}',
  '{"a"}',
  '{"a":}',
  '[1 2]',
  '1 2',
  'tru',
  'nul',
  'NaN',
  '-',
  '01',
  '1.',
  '.5',
  '1e',
  '+1',
  "'a'",
  '"\n"',
  '"\\x"',
  '"\\u12"',
  '[}',
  '{]',
  ']',
  '\ufeff1',
  '[1]]',
  'Infinity',
  '0x10',
  '"\u0000"',
  '{"a":1 "b":2}',
  '//',
  '[\u00a01]',
];

test.each(BROKEN)('throws a SyntaxError for %j', (text) => {
  expect(() => read(text)).toThrow(SyntaxError);
  expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
});

test('takes and refuses what JSON.parse takes and refuses, when text is damaged', () => {
  const damage = fc.tuple(
    fc.json({ maxDepth: 3 }),
    fc.nat(),
    fc.constantFrom('', '"', '\\', ',', ']', '}', '0', '-', 'e', ' ', '\u0001'),
  );
  fc.assert(
    fc.property(damage, ([text, place, piece]) => {
      const at = place % (text.length + 1);
      const damaged = text.slice(0, at) + piece + text.slice(at + (piece === '' ? 1 : 0));
      expect(isRead(() => read(damaged))).toBe(isRead(() => JSON.parse(damaged) as unknown));
    }),
    { numRuns: 2000 },
  );
});

test('reads a hundred thousand levels without running out of stack', () => {
  const levels = 100_000;
  let value = read('[{"a":'.repeat(levels) + '1' + '}]'.repeat(levels));
  let depth = 0;
  for (; value.kind === 'list' || value.kind === 'map'; depth++) {
    value = (value.kind === 'list' ? value.items[0] : value.entries.get('a')) ?? { kind: 'null' };
  }
  expect({ value, depth }).toEqual({ value: { kind: 'number', text: '1' }, depth: 2 * levels });
});

test('takes time of the order of what JSON.parse takes', () => {
  const texts = ['x'.repeat(4e6), '{"a":[1,2.5,"b",null]},'.repeat(1e5), '1,'.repeat(1e6)];
  for (const text of texts) {
    const bytes = Buffer.from(text.startsWith('x') ? JSON.stringify(text) : `[${text.slice(0, -1)}]`);
    const [own, native] = [() => void readValue(bytes), () => void JSON.parse(bytes.toString())].map(
      timeBest,
    );
    // Two orders would be quadratic; a machine that does other work too makes one of ten.
    expect(own).toBeLessThan(30 * (native ?? 0) + 300);
  }
});

function simplify(value: JsonValue): unknown {
  switch (value.kind) {
    case 'null':
      return null;
    case 'number':
      return Number(value.text) + 0;
    case 'list':
      return value.items.map(simplify);
    case 'map':
      return [...value.entries].reduce<Record<string, unknown>>(
        (object, [key, inner]) =>
          Object.defineProperty(object, key, {
            value: simplify(inner),
            enumerable: true,
            configurable: true,
            writable: true,
          }),
        {},
      );
    default:
      return value.value;
  }
}

function isRead(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

function timeBest(run: () => void): number {
  const times = Array.from({ length: 4 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return Math.min(...times);
}
