import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseLoaded } from '../../../src/policy/file/load.ts';
import type { ApprovalSettings, Policy } from '../../../src/policy/policy.ts';
import { GROUND } from '../../helpers/policy.ts';

const SILENT: ApprovalSettings = { channels: null, timeoutMs: null, open: null };

function load(text: string | Buffer, file = 'p.yaml') {
  return parseLoaded(Buffer.from(text), file, GROUND);
}

/** `code line:column` of each problem. */
function problemsOf(text: string | Buffer): string[] {
  return load(text).problems.map(({ code, line, column }) => `${code} ${line}:${column}`);
}

/** Problems of what stands below `version: 1`, which is line 1. */
function below(text: string): string[] {
  return problemsOf(`version: 1\n${text}`);
}

test('reads a policy with all that this version knows', () => {
  const text = `
version: 1
server: mq
default: deny
rate_limit: { max: 60, window: 60 }
env: [PATH, "AWS_*"]
reload: off
audit: { arguments: hash }
pin: off
categories: { read: allow }
risks: { critical: { action: deny, reason: too much } }
prompts: { review: { action: deny, when: { args.path: { within: /etc } } } }
approval: { channels: [terminal], timeout: 50s }
tools:
  delete_broker: { action: deny, reason: "Deletions\\tgo", hide: true }
  describe_*: allow
  create_broker:
    - rate_limit: { max: 100, window: 1h, per: tool, scope: session, on_exceed: require_approval }
    - action: require_approval
      approval: { channels: [], timeout: 5 }
tests:
  - { call: delete_broker, args: { a: [1] }, expect: deny }
`;
  const none = { when: null, action: null, reason: null, hide: false, limit: null, approval: null };
  expect(load(text)).toEqual({
    policy: {
      file: 'p.yaml',
      hash: createHash('sha256').update(text).digest('hex'),
      server: ['mq'],
      layers: [],
      default: { action: 'deny', written: true },
      limit: {
        rule: 'rate_limit',
        measure: { kind: 'calls', max: 60 },
        windowMs: 60_000,
        per: 'rule',
        scope: 'session',
        onExceed: 'deny',
      },
      approval: { channels: ['terminal'], timeoutMs: 50_000, open: null },
      rules: {
        tools: [
          {
            pattern: 'delete_broker',
            kind: 'exact',
            rules: [
              { ...none, path: 'tools.delete_broker', action: 'deny', reason: 'Deletions\tgo', hide: true },
            ],
          },
          {
            pattern: 'describe_*',
            kind: 'glob',
            rules: [{ ...none, path: 'tools.describe_*', action: 'allow' }],
          },
          {
            pattern: 'create_broker',
            kind: 'exact',
            rules: [
              {
                ...none,
                path: 'tools.create_broker[0]',
                limit: {
                  rule: 'tools.create_broker[0].rate_limit',
                  measure: { kind: 'calls', max: 100 },
                  windowMs: 3_600_000,
                  per: 'tool',
                  scope: 'session',
                  onExceed: 'require_approval',
                },
              },
              {
                ...none,
                path: 'tools.create_broker[1]',
                action: 'require_approval',
                approval: { channels: [], timeoutMs: 5000, open: null },
              },
            ],
          },
        ],
        categories: [
          {
            pattern: 'read',
            kind: 'exact',
            rules: [{ ...none, path: 'categories.read', action: 'allow' }],
          },
        ],
        risks: [
          {
            pattern: 'critical',
            kind: 'exact',
            rules: [{ ...none, path: 'risks.critical', action: 'deny', reason: 'too much' }],
          },
        ],
        resources: [],
        prompts: [
          {
            pattern: 'review',
            kind: 'exact',
            rules: [
              {
                ...none,
                path: 'prompts.review',
                action: 'deny',
                when: {
                  clauses: [
                    {
                      path: { text: 'args.path', steps: [{ kind: 'key', key: 'path' }] },
                      tests: [{ kind: 'within', folders: ['/etc'] }],
                    },
                  ],
                },
              },
            ],
          },
        ],
        methods: [],
        server_requests: [],
      },
      audit: { arguments: 'hash', required: null, dir: null, keepMs: null },
      pin: 'off',
      env: ['PATH', 'AWS_*'],
      reload: false,
      tests: [{ path: 'tests[0]', kind: 'tools', name: 'delete_broker', args: '{"a":[1]}', expect: 'deny' }],
    } satisfies Policy,
    problems: [],
    tests: { passed: 1, failed: 0 },
    text,
  });
});

test('asks where the file has no default, and knows that it was not written', () => {
  expect(load('version: 1\n').policy?.default).toEqual({ action: 'require_approval', written: false });
});

test('reads JSON, with tabs too', () => {
  const { policy } = load('{\n\t"version": 1,\n\t"tools": {"\\u0061*": "allow"}\n}\n', 'p.json');
  expect(policy?.rules.tools[0]?.pattern).toBe('a*');
});

test.each([
  ['CR LF at the ends of lines', 'version: 1\r\ndefault: deny\r\n'],
  ['a byte order mark', '\ufeffversion: 1\ndefault: deny\n'],
  ['an alias', 'version: 1\ntools: { a: &x { action: deny }, b: *x }\ndefault: deny\n'],
])('reads a file with %s', (_, text) => {
  expect(load(text).policy?.default.action).toBe('deny');
});

test('keeps names that mean something to JavaScript as names', () => {
  const { policy } = load(
    'version: 1\ntools:\n  __proto__: deny\n  constructor: allow\n  on: deny\n  no: deny\n',
  );
  expect(policy?.rules.tools.map(({ pattern }) => pattern)).toEqual(['__proto__', 'constructor', 'on', 'no']);
});

describe('refuses what is no YAML of the plain kind', () => {
  test.each<[string, string | Buffer, string[]]>([
    ['an empty file', '', ['empty 1:1']],
    ['comments alone', '# nothing\n\n', ['empty 1:1']],
    ['a list', '- version: 1\n', ['wrong_type 1:1']],
    ['text', 'hello', ['wrong_type 1:1']],
    ['two documents', 'version: 1\n---\nversion: 1\n', ['multiple_docs 2:1']],
    ['a tab as indentation', 'version: 1\ntools:\n\ta: deny\n', ['tab_as_indent 3:1']],
    ['UTF-16', Buffer.from('\ufeffversion: 1\n', 'utf16le'), ['not_utf8 1:1']],
    ['UTF-16 without a mark', Buffer.from('version: 1\n', 'utf16le'), ['not_utf8 1:1']],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0x3a, 0x20, 0xff]), ['not_utf8 1:4']],
    ['a NUL', 'version: 1\ndefault: de\0ny\n', ['control_character 2:12']],
    ['a CR within a line', 'version: 1\n# x\rdefault: deny\n', ['control_character 2:4']],
    ['an escape character', 'version: 1\n# \u001b[2J\n', ['control_character 2:3']],
    ['a tag', 'version: 1\ndefault: !!js/function "x"\n', ['tag_resolve_failed 2:10']],
    ['YAML 1.1', '%YAML 1.1\n---\nversion: 1\n', ['yaml_version 1:1']],
    ['an open bracket', 'version: 1\ntools: {\n', ['bad_indent 3:1']],
    ['an unquoted star', 'version: 1\ntools:\n  *_queue: deny\n', ['unquoted_star 3:3']],
    ['an unquoted star alone', 'version: 1\ntools:\n  *: deny\n', ['unquoted_star 3:3']],
    ['an unquoted star in braces', 'version: 1\ntools: { *_q: deny }\n', ['unquoted_star 2:10']],
    ['a star that means an alias', 'version: 1\ndefault: *x\n', ['alias 2:10']],
    ['an alias within itself', 'version: 1\ntools: &a { x: *a }\n', ['alias 2:16']],
  ])('%s', (_, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
    expect(load(text).policy).toBeNull();
  });

  test.each(['0x10', 'null', '~', '1e3', 'true', '[a]'])('the key %s, which is no text', (key) => {
    expect(below(`tools:\n  ${key}: deny\n`)).toEqual(['key_not_text 3:3']);
  });

  test('a bomb of aliases, without growing it', () => {
    const bomb = ['a: &a [x, x]'];
    for (let index = 1; index < 26; index++) {
      const [name, last] = [index, index - 1].map((at) => String.fromCharCode(97 + at));
      bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${last}`).join(', ')}]`);
    }
    const problems = below(`${bomb.join('\n')}\ntools: *z\n`);
    expect(problems.filter((problem) => problem.startsWith('alias'))).toEqual(['alias 14:12']);
  });

  test('and still tells what is misspelt above it', () => {
    expect(problemsOf('version: 1\ndefualt: deny\ntools:\n  *x: deny\n')).toEqual([
      'unknown_key 2:1',
      'unquoted_star 4:3',
    ]);
  });
});

describe('refuses what is no policy', () => {
  test.each<[string, string, string[]]>([
    ['an unknown key', 'tols: {}', ['unknown_key 2:1']],
    ['__proto__ as a key', '__proto__: {}', ['unknown_key 2:1']],
    ['a merge key', 'x: &x {}\n<<: *x', ['unknown_key 2:1', 'merge_key 3:1']],
    ['a merge key among tools', 'tools:\n  <<: deny', ['merge_key 3:3']],
    ['a duplicate key', 'default: deny\ndefault: deny', ['duplicate_key 3:1']],
    ['a duplicate tool', 'tools: { a: deny, "a": allow }', ['duplicate_key 2:19']],
    ['a misspelt action', 'tools:\n  a:\n    action: alow', ['unknown_action 4:13']],
    ['an action that is a boolean', 'default: true', ['wrong_type 2:10']],
    ['tools without a rule', 'tools:', ['wrong_type 2:1']],
    ['a tool without a rule', 'tools:\n  a:', ['wrong_type 3:3']],
    ['an empty list of rules', 'tools: { a: [] }', ['empty_list 2:13']],
    ['an empty rule', 'tools: { a: {} }', ['empty_rule 2:13']],
    ['a rule of a reason alone', 'tools: { a: { reason: x } }', ['empty_rule 2:13']],
    ['an empty name', 'tools: { "": deny }', ['empty_text 2:10']],
    ['an empty reason', 'tools: { a: { action: deny, reason: " " } }', ['empty_text 2:37']],
    ['a reason that is a number', 'tools: { a: { action: deny, reason: 5 } }', ['wrong_type 2:37']],
    ['hide without deny', 'tools: { a: { action: allow, hide: true } }', ['hide_without_deny 2:30']],
    ['hide that is text', 'tools: { a: { action: deny, hide: yes } }', ['wrong_type 2:35']],
    ['an empty list of tests', 'tests: []', ['empty_list 2:8']],
    ['a test without its parts', 'tests: [{}]', ['missing_key 2:9', 'missing_key 2:9']],
    ['arguments that are a list', 'tests: [{ call: a, args: [], expect: deny }]', ['wrong_type 2:26']],
    ['channels that are no list', 'approval: { channels: terminal }', ['wrong_type 2:23']],
    ['an unknown channel', 'approval: { channels: [terminl] }', ['unknown_channel 2:24']],
    ['a channel that stands twice', 'approval: { channels: [client, client] }', ['duplicate_channel 2:32']],
    ['an unknown way to open a window', 'approval: { open: screen }', ['unknown_open 2:19']],
    ['a command in one text', 'approval: { open: "xterm -e x" }', ['unknown_open 2:19']],
    ['an empty command', 'approval: { open: [] }', ['empty_list 2:19']],
    ['a command with an empty part', 'approval: { open: [xterm, ""] }', ['empty_text 2:27']],
    ['a command with a number', 'approval: { open: [xterm, 5] }', ['wrong_type 2:27']],
    ['a command that is a map', 'approval: { open: { tmux: yes } }', ['wrong_type 2:19']],
    ['a command that is a boolean', 'approval: { open: true }', ['wrong_type 2:19']],
    ['an approval that says nothing', 'approval: {}', ['empty_map 2:11']],
  ])('%s', (_, text, problems) => {
    expect(below(text)).toEqual(problems);
    expect(load(`version: 1\n${text}`).policy).toBeNull();
  });

  test.each([
    ['default: deny\n', ['missing_key 1:1']],
    ['version: 2\n', ['unknown_version 1:10']],
    ['version: "1"\n', ['wrong_type 1:10']],
    ['version:\n', ['wrong_type 1:1']],
  ])('the version of %j', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  test.each([
    ['10/minute', []],
    ['100/1h', []],
    ['{ max: 100000, window: 1d }', []],
    ['{ max: 1, window: 60, per: tool }', []],
    ['10/fortnight', ['wrong_limit']],
    ['10', ['wrong_limit']],
    ['0/minute', ['wrong_max']],
    ['100001/minute', ['wrong_max']],
    ['10/0', ['wrong_time']],
    ['[10/minute]', ['wrong_type']],
    ['{ max: 10 }', ['missing_key']],
    ['{ window: 10 }', ['missing_key']],
    ['{ max: 0, window: 60 }', ['wrong_max']],
    ['{ max: 1.5, window: 60 }', ['wrong_max']],
    ['{ max: -1, window: 60 }', ['wrong_max']],
    ['{ max: .inf, window: 60 }', ['wrong_max']],
    ['{ max: "10", window: 60 }', ['wrong_type']],
    ['{ max: 10, window: 0 }', ['wrong_time']],
    ['{ max: 10, window: 1.5 }', ['wrong_time']],
    ['{ max: 10, window: 1w }', ['wrong_time']],
    ['{ max: 10, window: 400d }', ['wrong_time']],
    ['{ max: 10, window: 60, per: user }', ['unknown_per']],
    ['{ max: 10, window: 60, on_exceed: allow }', ['unknown_on_exceed']],
    ['{ max: 10, window: 60, scope: planet }', ['unknown_scope']],
  ])('the rate limit %s: %j', (limit, codes) => {
    const { problems } = load(`version: 1\nrate_limit: ${limit}\n`);
    expect(problems.map(({ code }) => code)).toEqual(codes);
  });

  test('and tells every problem at once, in the order of the file', () => {
    expect(
      below('default: alow\ntols: {}\ntools:\n  a: { action: dny, hide: true }\n  b: allw\naudit: {}\n'),
    ).toEqual([
      'unknown_action 2:10',
      'unknown_key 3:1',
      'unknown_action 5:16',
      'hide_without_deny 5:21',
      'unknown_action 6:6',
      'empty_map 7:8',
    ]);
  });
});

test.each<[string, ApprovalSettings]>([
  ['channels: [client, console, terminal]', { ...SILENT, channels: ['client', 'console', 'terminal'] }],
  ['channels: []', { ...SILENT, channels: [] }],
  ['open: tmux', { ...SILENT, open: { kind: 'tmux' } }],
  ['open: "notify"', { ...SILENT, open: { kind: 'notify' } }],
  ['open: [tmux]', { ...SILENT, open: { kind: 'command', argv: ['tmux'] } }],
  [
    'open: [alacritty, -e, "a b", "$(x)"]',
    { ...SILENT, open: { kind: 'command', argv: ['alacritty', '-e', 'a b', '$(x)'] } },
  ],
])('reads how to ask from approval: { %s }, at the top and in a rule', (text, approval) => {
  const { policy } = load(`version: 1
approval: { ${text} }
tools: { a: { action: require_approval, approval: { ${text} } } }
`);
  expect([policy?.approval, policy?.rules.tools[0]?.rules[0]?.approval]).toEqual([approval, approval]);
});

test('says how a command is written to whoever writes it as for a shell', () => {
  const { problems } = load('version: 1\napproval: { open: "alacritty -e mcp-guard" }\n');
  expect(problems.map(({ message, hint }) => [message, hint])).toEqual([
    [
      'unknown way to open a window: "alacritty -e mcp-guard"',
      'write a command as a list: [alacritty, -e, mcp-guard]',
    ],
  ]);
});

test.each(['rate_limit: { max: 1, window: 1, scope: team }'])(
  'refuses %s, which a later version will read, rather than ignore it',
  (text) => {
    const { policy, problems } = load(`version: 1\n${text}\n`);
    expect(policy).toBeNull();
    expect(problems.map(({ code }) => code)).toEqual(['not_yet']);
  },
);

describe('warns of a rule that can never decide', () => {
  test.each<[string, string, string[]]>([
    [
      'below an entry that always decides',
      'a: [{ rate_limit: 1/s }, allow, deny, { rate_limit: 2/s }]',
      ['never_decides 3:35'],
    ],
    ['below a stricter glob that covers it', '"*": deny\n  describe_*: allow', ['never_decides 4:3']],
    ['below a stricter glob in another case', 'ab*: deny\n  ABc*: allow', ['never_decides 4:3']],
    ['below a stricter name in another case', 'a: deny\n  A: allow', ['never_decides 4:3']],
    ['for a name that no tool can have', 'create broker: deny', ['never_matches 3:3']],
    ['for a glob that no name can fit', '"[ab]*": deny', ['never_matches 3:3']],
    ['never for an exact name below a glob', '"*": deny\n  a: allow', []],
    ['never for a stricter glob', '"*": allow\n  a*: deny', []],
    ['never for a glob that reaches further', 'a*: deny\n  "*": allow', []],
    ['never where a question mark covers less than a star', 'a?: deny\n  a*: allow', []],
  ])('%s', (_, tools, problems) => {
    const { policy } = load(`version: 1\ntools:\n  ${tools}\n`);
    expect(policy).not.toBeNull();
    expect(below(`tools:\n  ${tools}\n`)).toEqual(problems);
  });

  test('and of a reason that nobody would read', () => {
    expect(below('tools: { a: { rate_limit: 1/s, reason: x } }')).toEqual(['no_effect 2:32']);
  });
});

test('runs the tests of the policy, and refuses it when one fails', () => {
  const { policy, problems, tests } = load(`version: 1
tools: { a: deny }
tests:
  - { call: a, expect: deny }
  - { call: b, expect: allow }
`);
  expect([policy, tests]).toEqual([null, { passed: 1, failed: 1 }]);
  expect(problems).toEqual([
    {
      severity: 'error',
      code: 'test_failed',
      message: 'the test fails: "b" is require_approval by default, and not allow',
      file: 'p.yaml',
      line: 5,
      column: 24,
      length: 5,
      hint: 'mend default, or the test',
    },
  ]);
});

test('reads 10,000 rules in time that grows with them alone', () => {
  const rules = Array.from(
    { length: 10_000 },
    (_, index) => `  tool_${index}: allow\n  group_${index}_*: deny\n`,
  );
  const start = performance.now();
  expect(load(`version: 1\ntools:\n${rules.join('')}`).problems).toEqual([]);
  // A second or so; comparing each key with each other takes many.
  expect(performance.now() - start).toBeLessThan(8000);
});
