import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseArgPath } from '../../../src/policy/condition/arg-path.ts';

const key = (name: string) => ({ kind: 'key', key: name });
const index = (place: number) => ({ kind: 'index', index: place });

test.each([
  ['args', []],
  ['args.a', [key('a')]],
  ['args.a.b', [key('a'), key('b')]],
  ['args.host-type.$ref._x1', [key('host-type'), key('$ref'), key('_x1')]],
  ['args.größe.名前', [key('größe'), key('名前')]],
  ['args.2fa', [key('2fa')]],
  ['args.list[0].x', [key('list'), index(0), key('x')]],
  ['args[3]', [index(3)]],
  ['args["odd.key"]', [key('odd.key')]],
  ['args[""]', [key('')]],
  ['args["a\\"]b"].c', [key('a"]b'), key('c')]],
  ['args["\\u0061\\\\"][1]["2"]', [key('a\\'), index(1), key('2')]],
  ['args.__proto__.constructor', [key('__proto__'), key('constructor')]],
])('reads %s', (text, steps) => {
  expect(parseArgPath(text)).toEqual({ text, steps });
});

const NO_PATHS = [
  [
    '',
    'arg',
    'amount',
    'Args.a',
    'args.',
    'args..a',
    '.a',
    'argsa',
    'args a',
    'args. a',
    'args.a ',
    ' args',
    'params.a',
  ],
  [
    'args.0',
    'args.list.0',
    'args.0.a',
    'args[',
    'args[]',
    'args[-1]',
    'args[01]',
    'args[1.5]',
    'args[9999999999]',
  ],
  [
    "args['a']",
    'args["a]',
    'args["a"',
    'args["\\x"]',
    'args["\n"]',
    'args["\\ud800"]',
    'args.a["b"]c',
    'args[*]',
    'args.*',
    'args.-a',
  ],
].flat();

test.each(NO_PATHS)('reads no path in %j', (text) => {
  expect(parseArgPath(text)).toBe(null);
});

test('reads every key that is quoted', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (keys) => {
      const text = `args${keys.map((name) => `[${JSON.stringify(name)}]`).join('')}`;
      expect(parseArgPath(text)).toEqual({ text, steps: keys.map(key) });
    }),
  );
});

test('reads a long path in linear time', () => {
  const start = performance.now();
  expect(parseArgPath(`args${'[0]'.repeat(100_000)}${'.a'.repeat(100_000)}["`)).toBe(null);
  expect(performance.now() - start).toBeLessThan(1_000);
});
