import { expect, test } from 'vitest';
import { renderMask } from '../../../src/audit/mask.ts';
import type { RecordedCall } from '../../../src/audit/read/recorded-call.ts';
import { GROUND, record, refuse, spread, suggestFor } from './recorded.ts';

const WRITE = { category: 'write', risk: 'medium' } as const;
const APPROVED = { ...WRITE, code: 'approved', approver: 'terminal' } as const;
/** A schema without a default, so that the conditions need not say that an argument is there. */
const PLAIN = { go: '{"type":"object"}' };

/** The conditions of a tool `go` that was called with each of these for its argument x. */
async function conditionsFor(values: readonly string[], isWidened = false): Promise<string[]> {
  const calls = spread(values.map((value) => record('go', `{"x":${value}}`)));
  const { rules, warnings } = await suggestFor(calls, PLAIN, { isWidened });
  expect(warnings).toEqual([]);
  return rules.split('\n').flatMap((line) => /^ {8}'?args\S*x\S*: (.*)/.exec(line)?.[1] ?? []);
}

test.each([
  ['one value alone', ['"a"'], ['a']],
  ['a value that repeats', ['"a"', '"a"', '"a"'], ['a']],
  ['several values', ['"b"', '"a b"', '"b"'], ['{ in: [a b, b] }']],
  ['paths', ['"/srv/a"', '"/srv/b"'], ["{ in: ['/srv/a', '/srv/b'] }"]],
  ['booleans', ['true', 'false'], ['{ in: [false, true] }']],
  ['null', ['null', 'null'], ['null']],
  ['a number in two spellings', ['1', '1.0'], ['1']],
  ['numbers', ['10', '9', '-2.5', '1e3'], ['{ in: [-2.5, 9, 10, 1000] }']],
  ['what doubles do not tell apart', ['9007199254740993'], ['9007199254740993']],
  ['a list', ['["a","b"]'], ['{ length: 2, every: { exists: true } }', 'a', 'b']],
  [
    'two lists',
    ['["a"]', '["b"]', '["a"]'],
    ['{ length: 1, every: { exists: true } }', 'a', '{ length: 1, every: { exists: true } }', 'b'],
  ],
  ['an empty list', ['[]'], ['{ length: 0, every: { exists: true } }']],
  ['an object', ['{"a":1}', '{"a":2}'], ['{ length: 1 }', '{ in: [1, 2] }']],
  ['values of two kinds', ['1', '"a"'], ['1', 'a']],
  ['a list in a list', ['[[1]]'], []],
  ['a list of many elements', ['[1,2,3,4,5,6,7,8,9]'], []],
  ['an object in an object', ['{"a":{"b":1}}'], []],
  ['text that some readers take for JSON, and others cannot', ['"[NaN]"'], []],
])('%s: the condition holds for no other', async (_, values, conditions) => {
  expect(await conditionsFor(values)).toEqual(conditions);
});

test.each([
  ['one value alone', ['"a"'], ['a']],
  ['a value that repeats', ['"a"', '"a"', '"a"'], ['a']],
  ['few values that repeat', ['"a"', '"b"', '"b"', '"a"'], ['{ in: [a, b] }']],
  ['booleans, however few the calls', ['true', 'false'], ['{ in: [false, true] }']],
  ['null', ['null', 'null'], ['null']],
  ['a number in two spellings', ['1', '1.0'], ['1']],
  ['numbers that vary', ['5', '-2.5', '1e3'], ['{ gte: -2.5, lte: 1000 }']],
  [
    'numbers beyond what doubles tell apart',
    ['9007199254740993', '9007199254740992'],
    ['{ gte: 9007199254740992, lte: 9007199254740993 }'],
  ],
  ['texts that vary', ['"a"', '"some words"'], ['{ ne: "", length: { lte: 10 } }']],
  ['characters beyond the first plane', ['"\u{1f600}\u{1f600}"', '"x"'], ['{ ne: "", length: { lte: 2 } }']],
  ['paths', ['"/srv/data/a/1"', '"/srv/data/b"'], ["{ within: '/srv/data' }"]],
  ['a folder and what is in it', ['"/srv/data"', '"/srv/data/b"'], ["{ within: '/srv/data' }"]],
  ['paths that begin alike by letters alone', ['"/srv/data1"', '"/srv/data2"'], ["{ within: '/srv' }"]],
  ['paths with nothing but the root in common', ['"/srv/a"', '"/etc/b"'], ['{ ne: "", length: { lte: 6 } }']],
  ['relative paths, whose folder nobody knows', ['"a/b"', '"a/c"'], ['{ ne: "", length: { lte: 3 } }']],
  ['URLs of one host', ['"https://a.example/1"', '"https://A.example:80/2"'], ['{ host: a.example }']],
  [
    'URLs of two hosts',
    ['"https://a.example/1"', '"https://b.example/2"'],
    ['{ ne: "", length: { lte: 19 } }'],
  ],
  [
    'a URL that readers dispute',
    ['"https://a.example/1"', '"https://a.example@b.example"'],
    ['{ ne: "", length: { lte: 27 } }'],
  ],
  [
    'lists of few elements',
    ['["a","b"]', '["a"]', '["b"]'],
    ['{ length: { lte: 2 }, every: { in: [a, b] } }'],
  ],
  ['lists whose elements vary', ['["a","b"]', '["c"]'], ['{ length: { lte: 2 }, every: { exists: true } }']],
  ['empty lists', ['[]', '[]'], ['{ length: 0, every: { exists: true } }']],
  [
    'an object',
    ['{"a":1,"b":{"c":2}}'],
    ['{ length: 2 }', '1', '{ length: { lte: 1 } }', '{ exists: false } # so it is an object'],
  ],
  ['values of two kinds', ['1', '"a"'], ['1', 'a']],
  ['text that some readers take for JSON, and others cannot', ['"[NaN]"'], ['{ exists: true }']],
])('%s, widened: the condition says what they have in common', async (_, values, conditions) => {
  expect(await conditionsFor(values, true)).toEqual(conditions);
});

test('nine values, or values that do not repeat enough, are no list where they may be widened', async () => {
  const texts = Array.from('abcdefghi', (letter) => `"${letter}"`);
  expect(await conditionsFor([...texts, ...texts], true)).toEqual(['{ ne: "", length: { lte: 1 } }']);
  expect(await conditionsFor(['"a"', '"b"', '"a"'], true)).toEqual(['{ ne: "", length: { lte: 1 } }']);
});

test('a text that is not empty is told apart from what is no text, also where it was empty', async () => {
  expect(await conditionsFor(['""', '"a"'], true)).toEqual(["{ ne: '-', length: { lte: 1 } }"]);
  expect(await conditionsFor(['""', '"-"', '" "', '"?"', '"none"'], true)).toEqual([
    '{ ne: xxxxx, length: { lte: 4 } }',
  ]);
});

test('a folder is where links lead, as that is what a condition looks at', async () => {
  const ground = { ...GROUND, resolve: (path: string) => path.replace(/^\/link(?=\/|$)/, '/real/place') };
  const calls = spread([record('go', '{"x":"/link/a"}'), record('go', '{"x":"/real/place/b"}')]);
  const { rules, decide } = await suggestFor(calls, PLAIN, { ground, isWidened: true });
  expect(rules).toContain("args.x: { within: '/real/place' }");
  expect(['/link/z', '/real/z'].map((path) => decide('go', JSON.stringify({ x: path })).verdict)).toEqual([
    'allow',
    'require_approval',
  ]);
});

test('an argument that came and went makes an entry for each', async () => {
  const calls = spread([
    record('go', '{"x":1}'),
    record('go', '{"x":1,"y":2}'),
    record('go', '{}'),
    record('go', null),
  ]);
  const { decide } = await suggestFor(calls, PLAIN);
  const verdicts = ['{"x":1}', '{"x":1,"y":2}', '{}', null, '{"y":2}', '{"x":1,"z":2}'].map(
    (args) => decide('go', args).verdict,
  );
  expect(verdicts).toEqual(['allow', 'allow', 'allow', 'allow', 'require_approval', 'require_approval']);
});

test('an argument that the schema fills in must be there where it always was', async () => {
  const schema = '{"properties":{"x":{"default":1},"y":{"type":"integer"}}}';
  const { decide } = await suggestFor([record('go', '{"x":1}')], { go: schema });
  expect(
    [decide('go', '{"x":1}', schema), decide('go', '{"y":5}', schema)].map((one) => one.verdict),
  ).toEqual(['allow', 'require_approval']);
});

/** What the policy says of the first call again, and the comment on the tool. */
async function judge(
  calls: readonly RecordedCall[],
  isWidened = false,
): Promise<[verdict: string, comment: string]> {
  const { rules, decide, warnings } = await suggestFor(spread(calls), PLAIN, { isWidened });
  expect(warnings).toEqual([]);
  const [first] = calls;
  const json = first?.arguments.kind === 'told' ? first.arguments.json.toString() : null;
  const words = rules.split('\n').filter((line) => /^ +#/.test(line));
  return [decide('go', json).verdict, words.map((line) => line.replace(/^ +# /, '')).join(' ')];
}

const said = (text: string): string => JSON.stringify({ x: text });

test.each<[string, RecordedCall[], string, RegExp]>([
  [
    'a few texts',
    ['a', 'b', 'c'].map((x) => record('go', said(x), APPROVED)),
    'allow',
    /3 of them approved by a person\. args\.x: "a" once, "b" once, "c" once/,
  ],
  [
    'what a yes was good for',
    [record('go', said('a'), { ...APPROVED, code: 'granted' })],
    'allow',
    /none of them approved by a person, 1 by an earlier yes of theirs/,
  ],
  [
    'a long text',
    [record('go', said('a'.repeat(201)))],
    'require_approval',
    /Asked about: 1 call with values that are masked, cut, long or nested/,
  ],
  [
    'a masked value',
    [record('go', said(renderMask('0123456789abcdef')))],
    'require_approval',
    /Asked about: 1 call with values that are masked/,
  ],
  [
    'arguments that are not told',
    [record('go', null, { arguments: { kind: 'untold' } })],
    'require_approval',
    /Asked about: 1 call whose arguments the log does not tell/,
  ],
  [
    'values without end, to what writes',
    Array.from({ length: 70 }, (_, n) => record('go', `{"x":${n}}`, WRITE)),
    'require_approval',
    /Asked about: 70 calls with values that vary too much to be listed\./,
  ],
  [
    'values without end, to what only reads',
    Array.from({ length: 70 }, (_, n) => record('go', `{"x":${n}}`)),
    'require_approval',
    /Asked about: 70 calls .* to be listed; --widen allows what they have in common/,
  ],
  [
    'values without end, of which one repeats',
    Array.from({ length: 70 }, (_, n) => record('go', `{"x":${n === 69 ? 0 : n}}`)),
    'allow',
    /Asked about: 68 calls with values that vary too much/,
  ],
  [
    'a no of a person',
    [record('go', said('a'), WRITE), refuse(record('go', said('b'), WRITE), 'approval_denied')],
    'require_approval',
    /A person said no to it/,
  ],
  ['a refusal of the policy', [refuse(record('go', said('a')), 'denied')], 'deny', /1 refused by the policy/],
  [
    'a refusal of what once ran',
    [record('go', '{"x":1}'), refuse(record('go', '{"x":1}'), 'denied')],
    'require_approval',
    /no condition here would tell from those that ran/,
  ],
  [
    'a refusal of what the conditions tell apart',
    [record('go', '{"x":1}'), record('go', '{"x":9}'), refuse(record('go', '{"x":5}'), 'denied')],
    'allow',
    /1 refused by the policy/,
  ],
  [
    'a refusal that is not told',
    [record('go', '{"x":1}'), refuse(record('go', null, { arguments: { kind: 'untold' } }), 'denied')],
    'require_approval',
    /refused calls of it that the log does not tell/,
  ],
  [
    'a call beyond a limit',
    [record('go', '{"x":1}'), refuse(record('go', '{"x":1}'), 'rate_limited')],
    'allow',
    /1 beyond a limit\..*a limit refused 1 call, so there is no room for more\./,
  ],
  [
    'nobody who answered',
    [refuse(record('go', '{"x":1}'), 'approval_timeout')],
    'require_approval',
    /no call ran; 1 that did not run/,
  ],
  [
    'a dry run',
    [record('go', '{"x":1}', { dryRun: true })],
    'require_approval',
    /no call ran; 1 that did not run, or ran in a dry run/,
  ],
  [
    'a dry run of what is denied',
    [refuse(record('go', '{"x":1}', { dryRun: true }), 'denied')],
    'deny',
    /1 refused by the policy/,
  ],
  [
    'a key that no server is sure about',
    [record('go', '{"x":1,"X":2}')],
    'require_approval',
    /Asked about: 1 call with arguments too odd/,
  ],
  [
    "the guard's own files",
    [record('go', said('/home/ada/.config/mcp-guard/policy.yaml'))],
    'require_approval',
    /asked about whatever a rule says/,
  ],
])('%s: the comment says what becomes of it', async (_, calls, verdict, comment) => {
  expect(await judge(calls)).toEqual([verdict, expect.stringMatching(comment)]);
});

test.each<[string, RecordedCall[], string, RegExp]>([
  ['text to what only reads', ['a', 'b', 'c'].map((x) => record('go', said(x))), 'allow', /"c" once/],
  [
    'a masked value',
    [record('go', said(renderMask('0123456789abcdef')))],
    'allow',
    /There is no condition on args\.x: its values are masked/,
  ],
  [
    'arguments that are not told, to what only reads',
    [record('go', null, { arguments: { kind: 'untold' } })],
    'allow',
    /The log does not tell the arguments of 1 call, so/,
  ],
  [
    'arguments that are not told, to what writes',
    [record('go', null, { ...WRITE, arguments: { kind: 'untold' } })],
    'require_approval',
    /Asked about: 1 call whose arguments the log does not tell/,
  ],
  [
    'a refusal of what the conditions would let through',
    [record('go', '{"x":1}'), record('go', '{"x":9}'), refuse(record('go', '{"x":5}'), 'denied')],
    'require_approval',
    /no condition here would tell from those that ran/,
  ],
])('%s, widened: the comment says what becomes of it', async (_, calls, verdict, comment) => {
  expect(await judge(calls, true)).toEqual([verdict, expect.stringMatching(comment)]);
});

test('what does more than read is not widened', async () => {
  const calls = spread(['1', '3'].map((x) => record('go', `{"x":${x}}`, WRITE)));
  const { decide } = await suggestFor(calls, PLAIN, { isWidened: true });
  expect(['1', '2', '3'].map((x) => decide('go', `{"x":${x}}`).verdict)).toEqual([
    'allow',
    'require_approval',
    'allow',
  ]);
});

test('values are allowed in the combinations in which they came, in as few entries as that takes', async () => {
  const pairs = ['1a', '1b', '2a', '2b', '3c', '3d', '4c'];
  const json = ([x = '', y = '']: string): string => `{"x":${x},"y":"${y}"}`;
  const { decide, rules } = await suggestFor(spread(pairs.map((pair) => record('go', json(pair)))), PLAIN);
  const every = ['1', '2', '3', '4'].flatMap((x) => ['a', 'b', 'c', 'd'].map((y) => x + y));
  expect(every.filter((pair) => decide('go', json(pair)).verdict === 'allow')).toEqual(pairs);
  expect(rules.match(/- when:/g)).toHaveLength(3);
});

test('of more values than are listed the comment says what they have in common', async () => {
  const calls = Array.from({ length: 9 }, (_, index) => record('go', `{"x":${index}}`));
  expect((await judge(calls))[1]).toContain('args.x: many values, gte: 0, lte: 8 ');
});

test('more shapes of calls than a rule should have: the rest is asked about, and the comment says so', async () => {
  const calls = spread(Array.from({ length: 20 }, (_, index) => record('go', `{"x${index}":1}`)));
  const { decide, rules } = await suggestFor(calls, PLAIN);
  const asked = calls.filter((_, index) => decide('go', `{"x${index}":1}`).verdict === 'require_approval');
  expect(asked).toHaveLength(4);
  expect(rules).toContain('Asked about: 4 calls with');
});

test('of names that differ by case alone both get the stricter rule', async () => {
  const { decide } = await suggestFor([
    record('get', '{}'),
    record('Get', '{}'),
    record('put', '{}'),
    refuse(record('PUT', '{}'), 'denied'),
  ]);
  expect(['get', 'Get', 'put', 'PUT'].map((name) => decide(name, '{}').verdict)).toEqual([
    'require_approval',
    'require_approval',
    'deny',
    'deny',
  ]);
});
