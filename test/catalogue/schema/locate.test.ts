import { describe, expect, test } from 'vitest';
import { findOptional, locate } from '../../../src/catalogue/schema/locate.ts';
import { readSchema, type Schema } from '../../../src/catalogue/schema/schema.ts';
import { listAllowed, listKinds } from '../../../src/catalogue/schema/values.ts';
import type { Step } from '../../../src/policy/condition/condition.ts';

function schemaOf(schema: object): Schema {
  const read = readSchema(Buffer.from(JSON.stringify(schema)));
  if (read === null) throw new Error('not a schema');
  return read;
}

const steps = (...path: (string | number)[]): Step[] =>
  path.map((step) =>
    typeof step === 'string' ? { kind: 'key', key: step } : { kind: 'index', index: step },
  );

/** The kinds of what the path leads to, or why it leads nowhere. */
function look(schema: object, ...path: (string | number)[]): unknown {
  const location = locate(schemaOf(schema), steps(...path));
  if (location.kind !== 'known') return location;
  return [...new Set(location.schemas.flatMap((one) => listKinds(one)))];
}

const NESTED = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    tags: { type: 'array', items: { type: 'object', properties: { key: { type: 'string' } } } },
    pair: { type: 'array', prefixItems: [{ type: 'number' }, { type: 'boolean' }] },
    tuple: { type: 'array', items: [{ type: 'number' }], additionalItems: { type: 'string' } },
    free: { type: 'object' },
    map: { type: 'object', additionalProperties: { type: 'integer' } },
    any: {},
    closed: { type: 'object', additionalProperties: false },
    ref: { $ref: '#/$defs/address' },
    maybe: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/address' }] },
    loop: { $ref: '#/$defs/loop' },
    foreign: { $ref: 'https://example.com/schema.json' },
    patterns: { type: 'object', properties: {}, patternProperties: { '^(a+)+$': { type: 'string' } } },
  },
  $defs: {
    address: { type: 'object', properties: { street: { type: 'string' } }, required: ['street'] },
    loop: { anyOf: [{ $ref: '#/$defs/loop' }, { allOf: [{ $ref: '#/$defs/loop' }] }] },
  },
};

describe('a path', () => {
  test.each([
    [['name'], ['string']],
    [['tags'], ['list']],
    [['tags', 3, 'key'], ['string']],
    [['pair', 1], ['boolean']],
    [['pair', 2], { kind: 'open' }],
    [['tuple', 0], ['number']],
    [['tuple', 1], ['string']],
    [['free', 'x', 'y'], { kind: 'open' }],
    [['map', 'x'], ['number']],
    [['any', 0, 'x'], { kind: 'open' }],
    [['ref', 'street'], ['string']],
    [['maybe', 'street'], ['string']],
    [['maybe'], ['null', 'map']],
    [['loop', 'x'], { kind: 'open' }],
    [['foreign', 'x'], { kind: 'open' }],
    [['patterns', 'aaa'], { kind: 'open' }],
    [['nmae'], { kind: 'missing', step: 0, keys: Object.keys(NESTED.properties) }],
    [['name', 'x'], { kind: 'missing', step: 1, keys: [] }],
    [['name', 0], { kind: 'missing', step: 1, keys: [] }],
    [['tags', 'key'], { kind: 'missing', step: 1, keys: [] }],
    [['closed', 'x'], { kind: 'missing', step: 1, keys: [] }],
    [['ref', 'road'], { kind: 'missing', step: 1, keys: ['street'] }],
    [['__proto__'], { kind: 'missing', step: 0, keys: Object.keys(NESTED.properties) }],
  ])('%j leads where the schema says', (path, expected) => {
    expect(look(NESTED, ...path)).toEqual(expected);
  });

  test('into a tool without arguments leads nowhere, into one that says nothing anywhere', () => {
    expect(look({ type: 'object', properties: {} }, 'x')).toEqual({ kind: 'missing', step: 0, keys: [] });
    expect(look({ type: 'object' }, 'x')).toEqual({ kind: 'open' });
  });
});

test('a schema that is no JSON or no object is none', () => {
  expect(
    [null, '[]', 'true', '{'].map((text) => readSchema(text === null ? null : Buffer.from(text))),
  ).toEqual([null, null, null, null]);
});

test('a schema that nests without end is read in a moment', () => {
  const depth = 200_000;
  const text = `{"type":"object","properties":{"a":${'{"anyOf":['.repeat(depth)}{}${']}'.repeat(depth)}}}`;
  const schema = readSchema(Buffer.from(text));
  if (schema !== null) expect(locate(schema, steps('a', 'b')).kind).toBe('open');
  const wide = schemaOf({
    properties: { a: { anyOf: Array.from({ length: 50 }, () => ({ $ref: '#/$defs/b' })) } },
    $defs: {
      b: { oneOf: Array.from({ length: 50 }, () => ({ $ref: '#/$defs/c' })) },
      c: { oneOf: Array.from({ length: 50 }, () => ({ $ref: '#/properties/a' })) },
    },
  });
  expect(locate(wide, steps('a', 'b')).kind).toBe('open');
});

describe('what may be left out', () => {
  const schema = schemaOf({
    type: 'object',
    required: ['a', 'list', 'either'],
    properties: {
      a: { type: 'object', required: ['b'], properties: { b: {}, c: {} } },
      d: { type: 'object', required: ['e'], properties: { e: {} } },
      list: { type: 'array' },
      either: {
        anyOf: [
          { required: ['x'], properties: { x: {} } },
          { required: ['x', 'y'], properties: { x: {} } },
        ],
      },
    },
  });

  test.each([
    [['a'], null],
    [['a', 'b'], null],
    [['a', 'c'], 1],
    [['d'], 0],
    [['d', 'e'], 0],
    [['list', 0], null],
    [['either', 'x'], null],
    [['either', 'y'], 1],
  ])('%j is the step %j', (path, step) => {
    expect(findOptional(schema, steps(...path))).toBe(step);
  });
});

describe('the values that pass', () => {
  test.each([
    [{ type: ['string', 'null'] }, ['null', 'string']],
    [{ type: 'integer' }, ['number']],
    [{ type: 'string', nullable: true }, ['null', 'string']],
    [{ enum: ['a', 1] }, ['number', 'string']],
    [{ const: true }, ['boolean']],
    [{ allOf: [{ type: ['string', 'number'] }, { type: ['number', 'array'] }] }, ['number']],
    [{ type: 'thing' }, ['null', 'boolean', 'number', 'string', 'list', 'map']],
  ])('of %j are of the kinds %j', (schema, kinds) => {
    expect(listKinds(schemaOf(schema))).toEqual(kinds);
  });

  test('are listed where the schema lists them', () => {
    const a = { kind: 'string', value: 'a' };
    expect(listAllowed(schemaOf({ enum: ['a', null] }))).toEqual([a, { kind: 'null' }]);
    expect(listAllowed(schemaOf({ anyOf: [{ const: 'a' }, { type: 'null' }] }))).toEqual([
      a,
      { kind: 'null' },
    ]);
    expect(listAllowed(schemaOf({ anyOf: [{ const: 'a' }, { type: 'string' }] }))).toBe(null);
    expect(listAllowed(schemaOf({ type: 'string' }))).toBe(null);
  });
});
