import { beforeAll, describe, expect, test } from 'vitest';
import type { Literal, Test } from '../../../src/policy/condition/condition.ts';
import { loadRegexEngine } from '../../../src/policy/condition/regex.ts';
import { parseLoaded } from '../../../src/policy/file/load.ts';
import { renderProblem } from '../../../src/policy/read/render-problem.ts';
import { literalOf } from '../../helpers/condition.ts';
import { GROUND } from '../../helpers/policy.ts';

beforeAll(loadRegexEngine);

function load(when: string, action = 'deny') {
  const text = `version: 1\ntools:\n  pay:\n    action: ${action}\n    when: ${when}\n`;
  const { policy, problems } = parseLoaded(Buffer.from(text), 'p.yaml', GROUND);
  return { text, policy, problems };
}

/** The problems of a `when`, as a person reads them. */
function render(when: string, action = 'deny'): string {
  const { text, problems } = load(when, action);
  return problems.map((problem) => renderProblem(problem, text)).join('\n');
}

/** Message and hint of the problems of a test of `args.x`. */
function complain(operators: string, action = 'deny'): string[] {
  const { problems } = load(`{ args.x: ${operators} }`, action);
  return problems.map(({ message, hint }) => (hint === null ? message : `${message}; ${hint}`));
}

function read(operators: string): readonly Test[] | undefined {
  const { policy } = load(`{ args.x: ${operators} }`);
  return policy?.rules.tools[0]?.rules[0]?.when?.clauses[0]?.tests;
}

describe('reads', () => {
  const eq = (literal: Literal): Test[] => [{ kind: 'eq', literal }];
  test.each<[string, Test[]]>([
    ['mq.t3.micro', eq({ kind: 'string', value: 'mq.t3.micro' })],
    ['"5"', eq({ kind: 'string', value: '5' })],
    ['yes', eq({ kind: 'string', value: 'yes' })],
    ['true', eq({ kind: 'boolean', value: true })],
    ['null', eq({ kind: 'null' })],
    ['~', eq({ kind: 'null' })],
    ['{ ne: "" }', [{ kind: 'ne', literal: { kind: 'string', value: '' } }]],
    ['{ in: [1, a, null] }', [{ kind: 'in', literals: ['1', '"a"', 'null'].map(literalOf) }]],
    [
      '{ gt: 1, not_in: [5] }',
      [
        { kind: 'gt', bound: '1' },
        { kind: 'not_in', literals: [literalOf('5')] },
      ],
    ],
    ["{ matches: '^\\d+$' }", [{ kind: 'matches', pattern: '^\\d+$' }]],
    ['{ starts_with: a, ends_with: b }', [textOf('starts_with', 'a'), textOf('ends_with', 'b')]],
    ['{ contains: 5 }', [{ kind: 'contains', literal: literalOf('5') }]],
    ['{ exists: false }', [{ kind: 'exists', wanted: false }]],
    ['{ length: 5 }', [{ kind: 'length', tests: eq(literalOf('5')) }]],
    ['{ length: { lt: 5 } }', [{ kind: 'length', tests: [{ kind: 'lt', bound: '5' }] }]],
    ['{ some: { every: a } }', [{ kind: 'some', tests: [{ kind: 'every', tests: eq(literalOf('"a"')) }] }]],
    ['{ within: ~/x }', [{ kind: 'within', folders: ['~/x'] }]],
    ['{ within: [., "~"] }', [{ kind: 'within', folders: ['.', '~'] }]],
    ['{ host: ["*.example.com"] }', [{ kind: 'host', patterns: ['*.example.com'] }]],
  ])('%s', (text, tests) => {
    expect([complain(text), read(text)]).toEqual([[], tests]);
  });

  test.each([
    ['5', '5'],
    ['+5', '5'],
    ['-5', '-5'],
    ['007', '7'],
    ['.5', '0.5'],
    ['-.5', '-0.5'],
    ['5.', '5'],
    ['1e400', '1e400'],
    ['0x10', '16'],
    ['0o17', '15'],
    ['9007199254740993', '9007199254740993'],
    ['0xFFFFFFFFFFFFFFFFFF', '4722366482869645213695'],
    ['0.10000000000000000000000000001', '0.10000000000000000000000000001'],
  ])('the number %s as %s, without loss', (written, bound) => {
    const tests = [
      { kind: 'lt', bound },
      { kind: 'ne', literal: { kind: 'number', text: bound } },
    ];
    expect(read(`{ lt: ${written}, ne: ${written} }`)).toEqual(tests);
  });

  function textOf(kind: 'starts_with' | 'ends_with', text: string): Test {
    return { kind, text };
  }
});

describe('shows, with place and hint,', () => {
  test('a word that is no operator', () => {
    expect(render('{ args.amount: { equals: 5 } }')).toBe(
      [
        'mcp-guard: error: p.yaml:5:28: unknown operator "equals"',
        '    when: { args.amount: { equals: 5 } }',
        '                           ^^^^^^',
        'mcp-guard: hint: did you mean eq?',
      ].join('\n'),
    );
  });

  test('an argument without its beginning', () => {
    expect(render('{ amount: { gt: 5 } }')).toBe(
      [
        'mcp-guard: error: p.yaml:5:13: "amount" is no argument',
        '    when: { amount: { gt: 5 } }',
        '            ^^^^^^',
        'mcp-guard: hint: did you mean args.amount?',
      ].join('\n'),
    );
  });

  test('a pattern that YAML takes apart, once', () => {
    expect(render('{ args.name: { matches: ^[a-z]+$ } }')).toBe(
      [
        'mcp-guard: error: p.yaml:5:36: YAML takes this text apart here',
        '    when: { args.name: { matches: ^[a-z]+$ } }',
        '                                   ^',
        'mcp-guard: hint: write it in quotes: "^[a-z]+$"',
      ].join('\n'),
    );
  });

  test('each of several problems', () => {
    expect(render('{ args.a: { lt: "5", foo: 1 }, b: { in: x } }')).toBe(
      [
        'mcp-guard: error: p.yaml:5:27: lt is a number, and here is text',
        '    when: { args.a: { lt: "5", foo: 1 }, b: { in: x } }',
        '                          ^^^',
        'mcp-guard: hint: write it without quotes: 5',
        'mcp-guard: error: p.yaml:5:32: unknown operator "foo"',
        '    when: { args.a: { lt: "5", foo: 1 }, b: { in: x } }',
        '                               ^^^',
        'mcp-guard: hint: did you mean args.a.foo?',
        'mcp-guard: error: p.yaml:5:42: "b" is no argument',
        '    when: { args.a: { lt: "5", foo: 1 }, b: { in: x } }',
        '                                         ^',
        'mcp-guard: hint: did you mean args.b?',
        'mcp-guard: error: p.yaml:5:51: in is a list, and here is text',
        '    when: { args.a: { lt: "5", foo: 1 }, b: { in: x } }',
        '                                                  ^',
        'mcp-guard: hint: write it as in: [x]',
      ].join('\n'),
    );
  });
});

describe('refuses a whole policy for', () => {
  const ANY =
    'eq, ne, in, not_in, lt, lte, gt, gte, matches, not_matches, starts_with, ends_with, contains, not_contains, exists, length, every, some, within or host';
  const INSIDE = 'every or some look into a list, a path like args.a.b into a map';
  const NUMBER = 'write it in digits: 5, 0.5 or 5e3';
  test.each([
    ['{}', `a test without an operator; use ${ANY}`],
    ['', 'no value to compare with; write one; for null itself: null'],
    ['{ eq: }', 'no value to compare with; write one; for null itself: null'],
    ['[1, 2]', 'a list is no test; write in: [...] for one of these values; every or some look into a list'],
    [
      '{ every: [1] }',
      'a list is no test; write in: [...] for one of these values; every or some look into a list',
    ],
    ['{ eq: [1] }', `a value is text, a number, true, false or null, and here is a list; ${INSIDE}`],
    ['{ eq: { a: 1 } }', `a value is text, a number, true, false or null, and here is a map; ${INSIDE}`],
    ['{ in: [[1]] }', `a value is text, a number, true, false or null, and here is a list; ${INSIDE}`],
    ['{ in: 5 }', 'in is a list, and here is the number 5; write it as in: [5]'],
    ['{ in: "5" }', 'in is a list, and here is text; write it as in: ["5"]'],
    ['{ in: [] }', 'in is an empty list; remove the key, or write something into the list'],
    ['{ lt: abc }', `lt is a number, and here is text; ${NUMBER}`],
    ['{ lt: 5_000 }', 'lt is a number, and here is text; write it as 5000'],
    ['{ lt: "5,000" }', 'lt is a number, and here is text; write it as 5000'],
    ['{ lt: true }', `lt is a number, and here is the boolean true; ${NUMBER}`],
    ['{ lt: .inf }', `".inf" is no number that JSON has; ${NUMBER}`],
    ['-.INF', `"-.INF" is no number that JSON has; ${NUMBER}`],
    ['{ in: [.nan] }', `".nan" is no number that JSON has; ${NUMBER}`],
    ['{ matches: 5 }', 'matches is text, and here is the number 5; write it in quotes: "5"'],
    ['{ matches: }', 'matches is text, and here is nothing; write some text'],
    ['{ starts_with: "" }', 'starts_with is empty; write some text'],
    ['{ exists: yes }', 'exists is a boolean, and here is text; use true or false'],
    ['{ length: "5" }', 'length is a number, and here is text; write it without quotes: 5'],
    [
      '{ length: { matches: a } }',
      'matches is no test of numbers; use eq, ne, in, not_in, lt, lte, gt or gte',
    ],
    [
      '{ within: ~ }',
      'within is text, and here is nothing; in YAML a bare ~ is nothing: write it in quotes, "~"',
    ],
    [
      '{ within: [/a, ~] }',
      'an entry of within is text, and here is nothing; in YAML a bare ~ is nothing: write it in quotes, "~"',
    ],
    [
      '{ host: "https://a.b/c" }',
      '"https://a.b/c": a host has no scheme; leave out all up to "://"; write example.com or "*.example.com"',
    ],
    [
      '{ host: [a.b, "a.*.b"] }',
      '"a.*.b": a star may only stand in front, as in *.example.com, for all names below one; write example.com or "*.example.com"',
    ],
    [
      '{ matches: "(?<=a)b" }',
      'look-around in a pattern; RE2 leaves out what cannot be matched in linear time; write two tests, such as matches and not_matches',
    ],
    [
      "{ not_matches: '(a)\\1' }",
      'a backreference in a pattern; RE2 leaves out what cannot be matched in linear time; write the repeated part out',
    ],
    [
      '{ some: { matches: "(a" } }',
      'a pattern that is no RE2: missing closing ); see https://github.com/google/re2/wiki/Syntax',
    ],
  ])('%s', (text, problem) => {
    expect(complain(text)).toEqual([problem]);
    expect(load(`{ args.x: ${text} }`).policy).toBeNull();
  });

  test.each([
    ['', 'when is a map, and here is nothing; write it as: when: { args.amount: { gt: 500 } }'],
    ['args.x > 5', 'when is a map, and here is text; write it as: when: { args.amount: { gt: 500 } }'],
    ['[args.x]', 'when is a map, and here is a list; write it as: when: { args.amount: { gt: 500 } }'],
    ['{}', 'when is empty; name an argument and a test, or remove it'],
  ])('when: %s', (when, problem) => {
    const { policy, problems } = load(when);
    expect(problems.map(({ message, hint }) => `${message}; ${hint}`)).toEqual([problem]);
    expect(policy).toBeNull();
  });
});

describe('tells which argument was likely meant by', () => {
  const FORM = `write args.name, "args.list[0].name" or 'args["any key"]'`;
  test.each([
    ['amount', 'did you mean args.amount?'],
    ['a.b', 'did you mean args.a.b?'],
    ['arguments.amount', 'did you mean args.amount?'],
    ['params.arguments.amount', 'did you mean args.amount?'],
    ['$.amount', 'did you mean args.amount?'],
    ['args.list.0.x', 'did you mean "args.list[0].x"?'],
    ["args['odd key']", `did you mean 'args["odd key"]'?`],
    ['args.odd key', `did you mean 'args["odd key"]'?`],
    ['args.x:5', 'write a space behind the colon: args.x: 5'],
    ['args.a[-1]', FORM],
    ['args.', FORM],
    ['args["a]', FORM],
  ])('%s', (key, hint) => {
    const { problems } = load(`{ ${JSON.stringify(key)}: 5 }`);
    expect(problems.map(({ message, hint: given }) => [message, given])).toEqual([
      [`"${key.replaceAll('"', '\\"')}" is no argument`, hint],
    ]);
  });
});

test.each([
  ['>=', 'gte'],
  ['ge', 'gte'],
  ['min', 'gte'],
  ['less_than', 'lt'],
  ['nin', 'not_in'],
  ['notIn', 'not_in'],
  ['not-in', 'not_in'],
  ['startsWith', 'starts_with'],
  ['start_with', 'starts_with'],
  ['regex', 'matches'],
  ['mathces', 'matches'],
  ['!=', 'ne'],
  ['any', 'some'],
  ['hostname', 'host'],
])('takes the operator %s for a slip of %s', (word, meant) => {
  expect(complain(`{ ${JSON.stringify(word)}: 5 }`)).toEqual([
    `unknown operator ${JSON.stringify(word)}; did you mean ${meant}?`,
  ]);
});

describe('says how to write what YAML reads as something else:', () => {
  test.each([
    ['{ args.x: { host: [*.example.com] } }', 'if it is text, write it in quotes: "*.example.com"'],
    ['{ args.x: { host: *.example.com } }', 'if it is text, write it in quotes: "*.example.com"'],
    ['{ args.list[0]: 5 }', 'write it in quotes: "args.list[0]"'],
    ['{ args["a b"]: 5 }', `write it in quotes: 'args["a b"]'`],
    ['{ args.x: { matches: [a-z]+ } }', 'write it in quotes: "[a-z]+"'],
    ['{ args.x: { matches: ^\\w{2,3}$, ne: b } }', `write it in quotes: '^\\w{2,3}$'`],
    ['{ args.x: { eq: a: b } }', 'write it in quotes: "a: b"'],
    ['{ args.x: { matches: "\\d" } }', "in single quotes a backslash is itself: '\\d+'"],
    [
      '{ args.x: { gt: 5 lt: 7 } }',
      'put a comma before the next key, or write text that holds ": " in quotes',
    ],
    ['{ args.x: { matches: @a } }', 'write the text in quotes'],
    [
      '{ args.x: { matches: #a } }',
      'close it; text that holds brackets, or "#" behind a space, is written in quotes',
    ],
  ])('%s', (when, hint) => {
    expect(load(when).problems.map((problem) => problem.hint)).toEqual([hint]);
  });

  test('each only where the line has no other fault before it', () => {
    const text = 'version: 1\ntools:\n  a: { b[0]: 1, c[1]: 2 }\n  d: { e[1]: 2 }\n';
    const { problems } = parseLoaded(Buffer.from(text), 'p.yaml', GROUND);
    expect(problems.map(({ line, column }) => [line, column])).toEqual([
      [3, 9],
      [4, 9],
    ]);
  });
});

describe('warns of', () => {
  const ANYWHERE = 'text with the pattern anywhere in it';
  const open = (hint: string) =>
    `this allow takes any ${ANYWHERE}; write ${hint}, with .* where anything may stand`;
  test.each([
    ['an open pattern', '{ matches: ab }', 'allow', open('matches: "^(?:ab)$"')],
    ['one of an element', "{ some: { matches: '^\\d' } }", 'allow', open("matches: '^(?:^\\d)$'")],
    [
      'a pattern that keeps nothing out',
      '{ not_matches: ab }',
      'deny',
      `any ${ANYWHERE} escapes this deny; write not_matches: "^(?:ab)$", with .* where anything may stand`,
    ],
    [
      'a path by its letters',
      '{ starts_with: /srv/ }',
      'allow',
      'this allow takes a path by its first letters: ".." and links lead out of it; use within, which resolves them',
    ],
    [
      'an address by its letters',
      '{ starts_with: "https://example.com" }',
      'allow',
      'this allow takes an address by its first letters: its host may go on behind them; use host: [...], which reads it as a browser does',
    ],
    [
      'a value that stands twice',
      '{ in: [1, "1", 1.0] }',
      'allow',
      'this value stands twice in the list; remove one of the two',
    ],
    [
      'a folder with a wildcard',
      '{ within: /srv/* }',
      'allow',
      'within takes "/srv/*" as a folder of exactly that name; write a folder: no wildcards, variables or URLs; all below it is within',
    ],
  ])('%s', (_, operators, action, warning) => {
    expect(complain(operators, action)).toEqual([warning]);
    expect(load(`{ args.x: ${operators} }`, action).policy).not.toBeNull();
  });

  test.each([
    ['{ matches: "^ab$" }', 'allow'],
    ['{ matches: ab, starts_with: /srv }', 'deny'],
    ['{ matches: ab }', 'require_approval'],
    ['{ not_matches: ab }', 'allow'],
    ['{ starts_with: feature/ }', 'allow'],
    ['{ in: [1, 2, "1", true, "true"] }', 'allow'],
    ['{ within: [~/a, ., /srv, "C:\\\\x"] }', 'allow'],
  ])('nothing in %s of a rule that is %s', (operators, action) => {
    expect(complain(operators, action)).toEqual([]);
  });
});
