import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Test, Truth } from '../../../src/policy/condition/condition.ts';
import { loadRegexEngine } from '../../../src/policy/condition/regex.ts';
import { readValue } from '../../../src/wire/value.ts';
import { judge, judgeIn, judgeOf, testsOf, type Operand } from '../../helpers/condition.ts';
import { both, expectMissing, expectTests, not } from '../../helpers/plain-condition.ts';

beforeAll(loadRegexEngine);

const say = (operands: Operand, value?: string): Truth => judge(testsOf(operands), value);

describe('a test', () => {
  test.each<[Operand, string, Truth]>([
    [{ eq: 100 }, '1E+2', true],
    [{ eq: 100 }, '100.0', true],
    [{ eq: 0 }, '-0', true],
    [{ eq: 100 }, '"100"', 'unknown'],
    [{ eq: 100 }, '1e99999', false],
    [{ eq: 100 }, `1e${'9'.repeat(1_001)}`, 'unknown'],
    [{ eq: 'a' }, '"a"', true],
    [{ eq: 'a' }, '"A"', false],
    [{ eq: 'a' }, '"a\\ud800"', 'unknown'],
    [{ eq: 'a' }, '5', 'unknown'],
    [{ eq: 'a' }, '["a"]', 'unknown'],
    [{ eq: 'a' }, '{}', 'unknown'],
    [{ eq: true }, 'true', true],
    [{ eq: true }, 'false', false],
    [{ eq: true }, '1', 'unknown'],
    [{ eq: true }, 'null', 'unknown'],
    [{ eq: null }, 'null', true],
    [{ eq: null }, '0', false],
    [{ eq: null }, 'false', false],
    [{ eq: null }, '[]', false],
    [{ eq: null }, '{}', false],
    [{ eq: null }, '"me"', false],
    [{ ne: null }, '"me"', true],
    [{ ne: null }, 'null', 'unknown'],
    [{ ne: 1 }, '2', true],
    [{ ne: 1 }, '1.0', false],
    [{ ne: 1 }, '"1"', 'unknown'],
    [{ ne: 1 }, 'null', 'unknown'],
    [{ in: [1, 'a'] }, '1', true],
    [{ in: [1, 'a'] }, '"a"', true],
    [{ in: [1, 'a'] }, '2', 'unknown'],
    [{ in: [1, 2] }, '3', false],
    [{ in: ['a', null] }, 'null', true],
    [{ in: ['a', null] }, '"b"', false],
    [{ in: ['a', null] }, '"None"', 'unknown'],
    [{ in: ['a'] }, 'null', 'unknown'],
    [{ in: ['a'] }, '["a"]', 'unknown'],
    [{ not_in: ['a'] }, '"b"', true],
    [{ not_in: ['a'] }, '"a"', false],
    [{ not_in: ['a'] }, '5', 'unknown'],
    [{ not_in: ['a', null] }, 'null', 'unknown'],
    [{ lt: 5 }, '4.999999999999999999999', true],
    [{ lt: 5 }, '5.0', false],
    [{ lte: 5 }, '5.0', true],
    [{ gt: 5 }, '1e400', true],
    [{ gt: 5 }, '-1e400', false],
    [{ gte: '9007199254740993' }, '9007199254740992', false],
    [{ gte: '9007199254740993' }, '9007199254740993', true],
    [{ gt: 5 }, '"9"', 'unknown'],
    [{ gt: 5 }, '[9]', 'unknown'],
    [{ gt: 5 }, 'true', 'unknown'],
    [{ matches: 'b+' }, '"abc"', true],
    [{ matches: '^b+$' }, '"abc"', false],
    [{ matches: 'a$' }, '"a\\n"', false],
    [{ matches: 'b' }, '5', 'unknown'],
    [{ matches: 'b' }, '"b\\udc00"', 'unknown'],
    [{ not_matches: 'b' }, '"a"', true],
    [{ not_matches: 'b' }, '"b"', false],
    [{ not_matches: 'b' }, 'null', 'unknown'],
    [{ starts_with: 'ab' }, '"abc"', true],
    [{ starts_with: 'b' }, '"abc"', false],
    [{ ends_with: 'bc' }, '"abc"', true],
    [{ ends_with: 'b' }, '["b"]', 'unknown'],
    [{ contains: 'b' }, '"abc"', true],
    [{ contains: 'x' }, '"abc"', false],
    [{ contains: 5 }, '"5"', 'unknown'],
    [{ contains: 5 }, '[4,5.0]', true],
    [{ contains: 5 }, '[4,6]', false],
    [{ contains: 5 }, '[4,"6"]', 'unknown'],
    [{ contains: 5 }, '["6",5]', true],
    [{ contains: 5 }, '[]', false],
    [{ contains: 'a' }, '{"a":1}', 'unknown'],
    [{ not_contains: 'b' }, '"abc"', false],
    [{ not_contains: 'b' }, '["a"]', true],
    [{ not_contains: 'b' }, '[1]', 'unknown'],
    [{ exists: true }, 'null', true],
    [{ exists: false }, 'null', false],
    [{ exists: true }, '{}', true],
    [{ length: { eq: 2 } }, '"é😀"', true],
    [{ length: { eq: 2 } }, '[1,2]', true],
    [{ length: { eq: 2 } }, '{"a":1,"b":2}', true],
    [{ length: { gt: 1, lt: 3 } }, '"ab"', true],
    [{ length: { gt: 1, lt: 3 } }, '"abc"', false],
    [{ length: { gt: 1 } }, '55', 'unknown'],
    [{ length: { gt: 1 } }, 'null', 'unknown'],
    [{ length: { gt: 1 } }, '"a\\ud800"', 'unknown'],
    [{ length: { eq: '2' } }, '"ab"', 'unknown'],
    [{ every: { gt: 1 } }, '[]', true],
    [{ some: { gt: 1 } }, '[]', false],
    [{ every: { gt: 1 } }, '[2,3]', true],
    [{ every: { gt: 1 } }, '[2,"3"]', 'unknown'],
    [{ every: { gt: 1 } }, '["3",1]', false],
    [{ some: { gt: 1 } }, '["3",2]', true],
    [{ some: { gt: 1 } }, '["3",1]', 'unknown'],
    [{ some: { gt: 1, lt: 3 } }, '[0,4]', false],
    [{ some: { gt: 1, lt: 3 } }, '[0,2]', true],
    [{ every: { every: { eq: 1 } } }, '[[1],[1,1],[]]', true],
    [{ every: { eq: 'a' } }, '"a"', 'unknown'],
    [{ some: { eq: 'a' } }, '{"a":"a"}', 'unknown'],
    [{ within: ['/data'] }, '"/data/x"', true],
    [{ within: ['/data'] }, '"/etc/passwd"', false],
    [{ within: ['/data'] }, '5', 'unknown'],
    [{ host: ['*.example.com'] }, '"https://a.example.com/"', true],
    [{ host: ['*.example.com'] }, '"https://evil.com/"', false],
    [{ host: ['*.example.com'] }, 'null', 'unknown'],
    [{ gt: 1, ne: 5 }, '3', true],
    [{ gt: 1, ne: 5 }, '5', false],
    [{ gt: 1, eq: 'a' }, '0', false],
    [{ gt: 1, eq: 'a' }, '2', 'unknown'],
  ])('%j of %s is %j', (operands, value, truth) => {
    expect(say(operands, value)).toBe(truth);
  });

  test.each(['', ' ', 'null', 'None', 'NULL', ' nil ', '~', 'undefined'])(
    'does not know whether the text %j is null to the server',
    (text) => {
      expect(say({ eq: null }, JSON.stringify(text))).toBe('unknown');
      expect(say({ ne: null }, JSON.stringify(text))).toBe('unknown');
    },
  );

  test.each<[Operand, Truth]>([
    [{ eq: 1 }, false],
    [{ eq: null }, false],
    [{ in: [1, null] }, false],
    [{ lt: 1 }, false],
    [{ gte: 1 }, false],
    [{ matches: '' }, false],
    [{ starts_with: '' }, false],
    [{ ends_with: '' }, false],
    [{ contains: '' }, false],
    [{ within: ['/'] }, false],
    [{ host: ['a.b'] }, false],
    [{ exists: true }, false],
    [{ exists: false }, true],
    [{ ne: 1 }, 'unknown'],
    [{ ne: null }, 'unknown'],
    [{ not_in: [1] }, 'unknown'],
    [{ not_matches: 'a' }, 'unknown'],
    [{ not_contains: 'a' }, 'unknown'],
    [{ length: { lt: 5 } }, false],
    [{ length: { lt: 5, ne: 3 } }, 'unknown'],
    [{ every: { eq: 1 } }, false],
    [{ every: { some: { not_in: [1] } } }, 'unknown'],
    [{ some: { eq: 1 } }, false],
    [{ some: { ne: 1 } }, 'unknown'],
    [{ ne: 1, exists: true }, false],
    [{ ne: 1, exists: false }, 'unknown'],
  ])('%j of what is not there is %j', (operands, truth) => {
    expect(say(operands)).toBe(truth);
    expect(judgeIn({ 'args.a': testsOf(operands) }, null)).toBe(truth);
  });
});

/** What some server makes of a value, after its checks: converted, parsed, or replaced. */
const READINGS: readonly [value: string, ...readings: string[]][] = [
  ['"5000"', '5000', '5000.0'],
  ['" 5000 "', '5000'],
  ['"5_000"', '5000'],
  ['"5000.0"', '5000'],
  ['"0x1388"', '5000'],
  ['"5e3"', '5000'],
  ['"\\n5000\\t"', '5000'],
  ['[5000]', '5000'],
  ['["5000"]', '5000'],
  ['5000', '"5000"', 'true', '[5000]'],
  ['true', '1', '"true"', '"True"'],
  ['false', '0', '""'],
  ['"yes"', 'true'],
  ['"on"', 'true'],
  ['"T"', 'true'],
  ['"true"', 'true', '1'],
  ['"0"', 'false', '0'],
  ['1', 'true', '"1"'],
  ['0', 'false'],
  ['1.0', 'true', '1'],
  ['"Infinity"', '1e400'],
  ['"1e9"', '1000000000'],
  ['"[\\"/etc/passwd\\"]"', '["/etc/passwd"]'],
  ['"[\\"\\\\u002fetc/passwd\\"]"', '["/etc/passwd"]'],
  ['" [ \\"/etc/pass\\\\u0077d\\", NaN ] "', '["/etc/passwd", 0]'],
  ['"[5000]"', '[5000]'],
  ['"[]"', '[]'],
  ['"{\\"a\\":1}"', '{"a":1}'],
  ['"{}"', '{}'],
  ['null', '0', '""', 'false', 'null', '[]', '{}', '"None"', '"null"', '5000', '"/etc/passwd"', 'true'],
  ['""', 'null', '0', 'false'],
  ['"null"', 'null'],
  ['"None"', 'null'],
];

const POLICIES: readonly Operand[] = [
  ...[5000, 1, 0, true, false, null, '5000', '1', 'true', '/etc/passwd', ''].flatMap((value) => [
    { eq: value },
    { ne: value },
    { in: [value] },
    { in: [value, 'other'] },
    { in: [value, 77] },
    { not_in: [value] },
    { not_in: [value, 'other'] },
    { contains: value },
    { not_contains: value },
    { some: { eq: value } },
    { every: { eq: value } },
    { every: { ne: value } },
    { length: { eq: value } },
  ]),
  ...[0, 1, 4999, 5000, 1e9].flatMap((value) => [
    { lt: value },
    { lte: value },
    { gt: value },
    { gte: value },
    { length: { lt: value } },
    { length: { gte: value } },
    { some: { gt: value } },
    { every: { lt: value } },
  ]),
  ...['^/etc', '^5000$', 'passwd', '^$'].flatMap((value) => [{ matches: value }, { not_matches: value }]),
  ...['/etc', '5', 'pass'].flatMap((value) => [
    { starts_with: value },
    { ends_with: value },
    { some: { starts_with: value } },
    { every: { ends_with: value } },
  ]),
  { within: ['/etc'] },
  { some: { within: ['/etc'] } },
  { host: ['example.com'] },
];

describe('a value of another type', () => {
  test.each(READINGS)(
    '%s does not get past a rule that is meant for what a server reads in it',
    (value, ...readings) => {
      for (const operands of POLICIES) {
        for (const reading of readings) {
          const meant = say(operands, reading);
          const said = say(operands, value);
          // A deny must not be turned off, nor an allow be turned on; a null is null even where it is replaced.
          const isBent = meant !== 'unknown' && said === !meant && value !== 'null';
          const isOff = meant === true && said === false;
          expect({ operands, reading, isBent: isBent || isOff }).toEqual({
            operands,
            reading,
            isBent: false,
          });
        }
      }
    },
  );
});

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -2, max: 3 }),
  fc.constantFrom('', 'a', 'ab', 'b', '1', 'none', '[1]', '{"a":1}', '\ud800'),
);
const value = fc.oneof(
  { weight: 3, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'b'), scalar),
);
const literal = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -2, max: 3 }),
  fc.constantFrom('', 'a', 'ab', '1'),
);
const bound = fc.integer({ min: -2, max: 3 });
const simple: fc.Arbitrary<Operand> = fc.oneof(
  ...(['eq', 'ne', 'contains', 'not_contains'] as const).map((kind) =>
    literal.map((operand) => ({ [kind]: operand })),
  ),
  ...(['in', 'not_in'] as const).map((kind) =>
    fc.array(literal, { minLength: 1, maxLength: 3 }).map((operand) => ({ [kind]: operand })),
  ),
  ...(['lt', 'lte', 'gt', 'gte'] as const).map((kind) => bound.map((operand) => ({ [kind]: operand }))),
  ...(['matches', 'not_matches', 'starts_with', 'ends_with'] as const).map((kind) =>
    fc.constantFrom('', 'a', 'b').map((operand) => ({ [kind]: operand })),
  ),
  fc.boolean().map((operand) => ({ exists: operand })),
);
const operands: fc.Arbitrary<Operand> = fc.oneof(
  { weight: 3, arbitrary: simple },
  fc
    .tuple(fc.constantFrom('length', 'every', 'some'), simple, simple)
    .map(([kind, one, other]) => ({ [kind]: { ...one, ...other } })),
  fc.tuple(simple, simple).map(([one, other]) => ({ ...one, ...other })),
);

describe('all tests', () => {
  test('say what a plain reading of the rules says', () => {
    fc.assert(
      fc.property(operands, fc.option(value, { nil: undefined }), (policy, given) => {
        const json = given === undefined ? undefined : JSON.stringify(given);
        expect(say(policy, json)).toBe(
          given === undefined ? expectMissing(policy) : expectTests(policy, given),
        );
      }),
      { numRuns: 20_000 },
    );
  });

  test('are turned round by their opposites, save for a null that is there', () => {
    const opposites: readonly [string, string][] = [
      ['eq', 'ne'],
      ['contains', 'not_contains'],
    ];
    fc.assert(
      fc.property(literal, value, fc.constantFrom(...opposites), (operand, given, [kind, opposite]) => {
        fc.pre(given !== null);
        const json = JSON.stringify(given);
        expect(say({ [opposite]: operand }, json)).toBe(not(say({ [kind]: operand }, json)));
        expect(say({ not_in: [operand, 'a'] }, json)).toBe(not(say({ in: [operand, 'a'] }, json)));
      }),
    );
  });

  test('follow De Morgan in lists', () => {
    fc.assert(
      fc.property(bound, fc.array(scalar, { maxLength: 4 }), (operand, list) => {
        const json = JSON.stringify(list);
        expect(say({ every: { lt: operand } }, json)).toBe(not(say({ some: { gte: operand } }, json)));
        expect(say({ every: { not_matches: 'a' } }, json)).toBe(not(say({ some: { matches: 'a' } }, json)));
      }),
    );
  });

  test('hold together where each holds, in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(operands, fc.option(value, { nil: undefined })), { minLength: 1, maxLength: 4 }),
        (list) => {
          const args = JSON.stringify(Object.fromEntries(list.map(([, given], at) => [`k${at}`, given])));
          const clauses = list.map(([policy], at): [string, Test[]] => [`args.k${at}`, testsOf(policy)]);
          const each = list.map(([policy, given]) =>
            say(policy, given === undefined ? undefined : JSON.stringify(given)),
          );
          expect(judgeIn(Object.fromEntries(clauses), args)).toBe(both(each));
          expect(judgeIn(Object.fromEntries(clauses.toReversed()), args)).toBe(both(each));
        },
      ),
    );
  });
});

describe('a condition', () => {
  test('does not look further once a clause is false', () => {
    const schema = {
      get schema(): never {
        throw new Error('looked at the schema');
      },
    };
    const holds = judgeOf({ 'args.a': testsOf({ eq: 1 }), 'args.b': testsOf({ eq: 1 }) });
    const args = { kind: 'map', entries: new Map([['a', { kind: 'number', text: '2' }]]) } as const;
    expect(holds(Object.assign(Object.create(schema), { args }) as Parameters<typeof holds>[0])).toBe(false);
  });

  test('takes as long for one literal as for a hundred thousand', () => {
    const literals = Array.from({ length: 100_000 }, (_, at) => `v${at}`);
    const list = JSON.stringify(Array.from({ length: 50_000 }, (_, at) => `w${at}`));
    const start = performance.now();
    expect(say({ some: { in: literals } }, list)).toBe(false);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  test('gives up where many others have taken long for the same call', () => {
    const args = {
      kind: 'map',
      entries: new Map([['a', readValue(Buffer.from(`"${'ab'.repeat(50_000)}"`))]]),
    } as const;
    const call = { args, schema: null };
    const said = Array.from({ length: 40 }, (_, at) =>
      judgeOf({ 'args.a': testsOf({ matches: `c${at + 10}[ab]{12}$` }) })(call),
    );
    expect([said[0], said.at(-1)]).toEqual([false, 'unknown']);
    expect(judgeOf({ 'args.a': testsOf({ matches: 'c49[ab]{12}$' }) })({ args, schema: null })).toBe(false);
  });

  test.each([
    ['a text', { matches: '(a|b)*c[ab]{12}$' }, JSON.stringify('ab'.repeat(3_000_000))],
    [
      'a list of texts',
      { some: { matches: '(a|b)*c[ab]{12}$' } },
      JSON.stringify(Array(2_000).fill('ab'.repeat(500))),
    ],
    ['a list of paths', { every: { within: ['/data'] } }, JSON.stringify(Array(100_000).fill('/data/x'))],
    ['a list of addresses', { every: { host: ['a.b'] } }, JSON.stringify(Array(500_000).fill('http://a.b/'))],
    ['JSON in a text', { length: { gt: 1 } }, JSON.stringify(`[${'1,'.repeat(2_000_000)}1]`)],
  ])('gives up where %s would take too long', (_, policy, given) => {
    expect(say(policy, given)).toBe('unknown');
  });
});
