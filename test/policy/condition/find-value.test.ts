import { expect, test } from 'vitest';
import type { Test } from '../../../src/policy/condition/condition.ts';
import { judgeIn, literalOf } from '../../helpers/condition.ts';

const eq = (json: string): Test[] => [{ kind: 'eq', literal: literalOf(json) }];
const ne = (json: string): Test[] => [{ kind: 'ne', literal: literalOf(json) }];
const exists = (wanted: boolean): Test[] => [{ kind: 'exists', wanted }];

test.each([
  ['args.a', '{"a":1}', true],
  ['args.a.b', '{"a":{"b":1}}', true],
  ['args.list[1].x', '{"list":[{"x":2},{"x":1}]}', true],
  ['args.list[0].x', '{"list":[{"x":2},{"x":1}]}', false],
  ['args["a.b"]', '{"a.b":1,"a":{"b":2}}', true],
  ['args[""]', '{"":1}', true],
  ['args.__proto__', '{"__proto__":1}', true],
  ['args.__proto__', '{}', false],
  ['args.constructor.name', '{}', false],
  ['args.a', '{"a":2,"a":1}', true],
  ['args.a', '{}', false],
  ['args.a', null, false],
  ['args.a.b', '{"a":{}}', false],
  ['args.a.b', '{}', false],
  ['args.list[2]', '{"list":[1,1]}', false],
  ['args.list[2].x', '{"list":[]}', false],
  // A step into what has no such places: who knows what the server makes of it.
  ['args.a.b', '{"a":"{\\"b\\":1}"}', 'unknown'],
  ['args.a.b', '{"a":1}', 'unknown'],
  ['args.a.b', '{"a":true}', 'unknown'],
  ['args.a.b', '{"a":null}', 'unknown'],
  ['args.a.b', '{"a":[{"b":1}]}', 'unknown'],
  ['args.a[0]', '{"a":{"0":1}}', 'unknown'],
  ['args.a[0]', '{"a":"1"}', 'unknown'],
  ['args.a[0]', '{"a":null}', 'unknown'],
  ['args.a[0]', '{}', false],
] as const)('%s of %s is 1: %j', (path, args, truth) => {
  expect(judgeIn({ [path]: eq('1') }, args)).toBe(truth);
});

test.each(['Path', 'PATH', 'path\0', 'path\0\0', 'p\u0061TH', 'ｐａｔｈ', 'paTh'])(
  'knows nothing of "path" beside the key %j, whatever it is',
  (other) => {
    const key = JSON.stringify(other);
    for (const args of [`{${key}:1}`, `{${key}:1,"path":1}`, `{"path":1,${key}:null}`]) {
      for (const tests of [eq('1'), ne('1'), exists(true), exists(false)]) {
        expect(judgeIn({ 'args.path': tests }, args)).toBe('unknown');
      }
      expect(judgeIn({ 'args.in.path': eq('1') }, `{"in":${args}}`)).toBe('unknown');
      expect(judgeIn({ 'args.path.in': eq('1') }, args)).toBe('unknown');
    }
  },
);

test.each([
  ['kind', '\u212aind'],
  ['kind', 'K\u0130ND'],
  ['size', '\u017fize'],
  ['file', 'f\u0131le'],
  ['file', '\ufb01le'],
  ['größe', 'GRÖSSE'],
  ['größe', 'gro\u0308ße'],
  ['\u212aind', 'kind'],
])('takes %j and %j for one key, as some servers do', (key, other) => {
  const path = `args[${JSON.stringify(key)}]`;
  expect(judgeIn({ [path]: eq('1') }, JSON.stringify({ [key]: 1, [other]: 1 }))).toBe('unknown');
  expect(judgeIn({ [path]: eq('1') }, JSON.stringify({ [other]: 1 }))).toBe('unknown');
});

test.each(['pat', 'paths', 'path ', 'p_ath', 'pàth', 'pa\u200bth'])(
  'does not take %j for "path"',
  (other) => {
    expect(judgeIn({ 'args.path': eq('1') }, JSON.stringify({ path: 1, [other]: 2 }))).toBe(true);
  },
);

test.each([1, 100])('finds twins beside %i other keys, again and again', (count) => {
  const others = Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, at]));
  const say = (more: object): unknown[] =>
    [1, 2].map(() => judgeIn({ 'args.path': eq('1') }, JSON.stringify({ ...others, ...more })));
  expect(say({ path: 1 })).toEqual([true, true]);
  expect(say({})).toEqual([false, false]);
  expect(say({ Path: 1 })).toEqual(['unknown', 'unknown']);
  expect(say({ path: 1, Path: 1 })).toEqual(['unknown', 'unknown']);
  expect(say({ Path: 1, path: 1 })).toEqual(['unknown', 'unknown']);
});

test('stays linear with a hundred thousand keys and many conditions', () => {
  const args = `{${Array.from({ length: 100_000 }, (_, at) => `"k${at}":0`).join(',')}}`;
  const paths = Array.from({ length: 50 }, (_, at) => [`args.a${at}`, ne('1')]);
  const start = performance.now();
  expect(judgeIn(Object.fromEntries(paths) as Record<string, Test[]>, args)).toBe('unknown');
  expect(performance.now() - start).toBeLessThan(3_000);
});

const SCHEMA = {
  type: 'object',
  properties: {
    public: { type: 'boolean', default: true },
    none: { default: null },
    box: {
      properties: {
        size: { default: 5 },
        none: { default: null },
        deep: { properties: { x: { default: 1 } } },
      },
    },
    full: {
      default: { size: 7, deep: {} },
      properties: { size: { default: 5 }, deep: { properties: { x: { default: 1 } } } },
    },
    list: { items: { properties: { x: { default: 3 } } } },
    pair: { prefixItems: [{ properties: { x: { default: 4 } } }] },
    odd: { default: { Size: 1 } },
    ref: { $ref: '#/$defs/ref' },
  },
  $defs: { ref: { default: 1 } },
};

test.each([
  ['args.public', eq('true'), '{}', true],
  ['args.public', eq('true'), null, true],
  ['args.public', ne('true'), '{}', false],
  ['args.public', eq('true'), '{"public":false}', false],
  ['args.public', eq('true'), '{"public":null}', 'unknown'],
  ['args.public', eq('true'), '{"Public":false}', 'unknown'],
  ['args.public', exists(true), '{}', 'unknown'],
  ['args.public', exists(false), '{}', 'unknown'],
  ['args.none', eq('null'), '{}', true],
  ['args.none', eq('1'), '{}', false],
  ['args.none', ne('null'), '{}', 'unknown'],
  ['args.none', ne('1'), '{}', 'unknown'],
  ['args.none', exists(true), '{}', false],
  ['args.none', exists(false), '{}', true],
  ['args.none.x', eq('1'), '{}', false],
  ['args.box.size', eq('5'), '{"box":{}}', true],
  ['args.box.none', eq('null'), '{"box":{}}', true],
  ['args.box.deep.x', eq('1'), '{"box":{"deep":{}}}', true],
  // What is in a box that is left out may be made with it, or not.
  ['args.box.size', eq('5'), '{}', 'unknown'],
  ['args.box.size', eq('6'), '{}', false],
  ['args.box.size', ne('5'), '{}', 'unknown'],
  ['args.box.size', exists(true), '{}', 'unknown'],
  ['args.box.none', eq('null'), '{}', 'unknown'],
  ['args.box.none', eq('1'), '{}', false],
  ['args.box.deep.x', eq('1'), '{"box":{}}', 'unknown'],
  ['args.box.other', eq('5'), '{}', false],
  ['args.full.size', eq('7'), '{}', true],
  ['args.full.size', eq('5'), '{"full":{}}', true],
  ['args.full.deep.x', eq('1'), '{}', 'unknown'],
  ['args.full.deep.x', eq('2'), '{}', false],
  ['args.full.size.x', eq('2'), '{}', 'unknown'],
  ['args.list[0].x', eq('3'), '{"list":[{}]}', true],
  ['args.list[1].x', eq('3'), '{"list":[{}]}', false],
  ['args.pair[0].x', eq('4'), '{"pair":[{}]}', true],
  ['args.odd.size', eq('1'), '{}', 'unknown'],
  ['args.ref', eq('1'), '{}', false],
  ['args.constructor', eq('1'), '{}', false],
] as const)('%s %j of %s with the defaults of the schema: %j', (path, tests, args, truth) => {
  expect(judgeIn({ [path]: tests }, args, SCHEMA)).toBe(truth);
});

test.each([
  {},
  { properties: [] },
  { properties: { a: true } },
  { properties: { a: 'default' } },
  [],
  'text',
])('finds no default in the schema %j', (schema) => {
  expect(judgeIn({ 'args.a': eq('1') }, '{}', schema as object)).toBe(false);
});

test('knows the arguments as a whole', () => {
  expect(judgeIn({ args: exists(true) }, '{}')).toBe(true);
  expect(judgeIn({ args: exists(true) }, null)).toBe(false);
  expect(judgeIn({ args: [{ kind: 'length', tests: eq('2') }] }, '{"a":1,"A":2}')).toBe(true);
});
