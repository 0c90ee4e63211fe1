import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkAgainst } from '../../../src/catalogue/against/against.ts';
import { guessProfile } from '../../../src/catalogue/known-tool.ts';
import type { Listing } from '../../../src/catalogue/listing.ts';
import type { Ground } from '../../../src/policy/condition/ground.ts';
import { loadRegexEngine } from '../../../src/policy/condition/regex.ts';
import type { PolicySet } from '../../../src/policy/policy.ts';
import { parsePolicy } from '../../../src/policy/read/parse.ts';
import { Problems } from '../../../src/policy/read/problems.ts';
import { readPolicy } from '../../../src/policy/read/read-policy.ts';

beforeAll(loadRegexEngine);

const GROUND: Ground = {
  cwd: '/work',
  home: '/home/me',
  platform: 'linux',
  own: [],
  resolve: (path) => path,
  classify: guessProfile,
};
const MQ = join(import.meta.dirname, '../../../src/demo/amazon-mq-tools.json');

interface Definition {
  readonly name: string;
  readonly inputSchema?: object;
  readonly annotations?: { readonly destructiveHint?: boolean };
}

function list(tools: readonly Definition[]): Listing {
  return {
    server: { name: 's', version: '1' },
    protocolVersion: '2025-11-25',
    tools: tools.map(({ name, inputSchema, annotations }) => ({
      name,
      title: null,
      description: null,
      inputSchema: inputSchema === undefined ? null : Buffer.from(JSON.stringify(inputSchema)),
      annotations: { readOnly: null, destructive: annotations?.destructiveHint ?? null },
    })),
    warnings: [],
  };
}

interface Warned {
  readonly at: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

function hold(text: string, tools: readonly Definition[]): Warned[] {
  const source = `version: 1\n${text}`;
  const problems = new Problems('p.yaml', source);
  const { tree } = parsePolicy(source, problems, problems);
  const draft = tree === null ? null : readPolicy(tree, problems);
  expect(problems.list().filter(({ severity }) => severity === 'error')).toEqual([]);
  if (draft === null) throw new Error('no policy');
  const policy = { ...draft.policy, file: 'p.yaml', hash: '' };
  const set: PolicySet = { layers: [{ policy, role: 'first' }], hash: '' };
  const found = checkAgainst({
    set,
    texts: new Map([['p.yaml', source]]),
    ground: GROUND,
    listing: list(tools),
  });
  expect(found.every(({ severity }) => severity === 'warning')).toBe(true);
  return found.map(({ line, column, code, message, hint }) => ({
    at: `${line}:${column}`,
    code,
    message,
    hint,
  }));
}

const object = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required,
});

const PAY: Definition = {
  name: 'pay',
  inputSchema: object(
    {
      amount: { type: 'number' },
      to: { type: 'string' },
      currency: { enum: ['EUR', 'USD'] },
      note: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null },
      public: { type: 'boolean', default: true },
      labels: { type: 'array', items: { type: 'string' } },
      card: object({ holder: { type: 'string' }, limit: { type: 'integer' } }, ['holder']),
    },
    ['amount', 'to', 'card'],
  ),
};

const ofPay = (when: string, action = 'deny'): Warned[] =>
  hold(`tools:\n  pay: { when: ${when}, action: ${action} }`, [PAY]);

describe('names', () => {
  test('that no tool has are warned of, with the nearest one', () => {
    const tools = [{ name: 'delete_queue' }, { name: 'rabbitmq_list' }];
    expect(
      hold(
        'tools:\n  delete_quue: deny\n  Delete_Queue: deny\n  rabitmq_*: deny\n  zzz: deny\n  rabbit*: deny',
        tools,
      ),
    ).toEqual([
      {
        at: '3:3',
        code: 'unknown_tool',
        message: 'no tool of the server is named "delete_quue"',
        hint: 'did you mean delete_queue?',
      },
      {
        at: '4:3',
        code: 'unknown_tool',
        message: 'no tool of the server is named "Delete_Queue"',
        hint: 'did you mean delete_queue?',
      },
      {
        at: '5:3',
        code: 'unknown_tool',
        message: '"rabitmq_*" fits no tool of the server',
        hint: 'did you mean rabbitmq_*?',
      },
      { at: '6:3', code: 'unknown_tool', message: 'no tool of the server is named "zzz"', hint: null },
    ]);
  });

  test('in tests of the policy are looked at too', () => {
    expect(
      hold('tests: [{ call: pya, expect: require_approval }, { call: pay, expect: require_approval }]', [
        PAY,
      ]),
    ).toMatchObject([{ code: 'unknown_tool', hint: 'did you mean pay?' }]);
  });
});

describe('a path of arguments', () => {
  test.each([
    ['{ args.amuont: { gt: 5 } }', 'pay has no argument args.amuont', 'did you mean args.amount?'],
    ['{ args.card.hodler: x }', 'pay has no argument args.card.hodler', 'did you mean args.card.holder?'],
    [
      '{ args.card.zip: x }',
      'pay has no argument args.card.zip',
      'below args.card its schema has holder and limit',
    ],
    ['{ args.to.name: x }', 'pay has no argument args.to.name', 'its schema has nothing below args.to'],
  ])('that leads nowhere is warned of: %s', (when, message, hint) => {
    expect(ofPay(when).filter(({ code }) => code === 'unknown_argument')).toMatchObject([{ message, hint }]);
  });

  test('stands where it is warned of', () => {
    const text =
      'tools:\n  pay:\n    - action: allow\n      when:\n        args.to: me\n        args.amuont: 5';
    expect(hold(text, [PAY])).toMatchObject([{ at: '7:9', code: 'unknown_argument' }]);
  });

  test('of a glob is looked up in every tool that fits', () => {
    const other = (name: string): Definition => ({ name, inputSchema: object({ from: {} }) });
    const tools = [PAY, ...['pay_a', 'pay_b', 'pay_c'].map(other), { name: 'pay_d' }];
    expect(hold('tools:\n  pay*: { when: { args.to: me }, action: allow }', tools)).toMatchObject([
      { message: '3 of the 5 tools that pay* fits have no argument args.to: pay_a, pay_b and pay_c' },
    ]);
  });

  test('of a sum is looked up', () => {
    expect(
      hold(
        'tools:\n  pay: { action: require_approval, rate_limit: { sum: args.amuont, max: 5, window: 60 } }',
        [PAY],
      ),
    ).toMatchObject([{ code: 'unknown_argument', hint: 'did you mean args.amount?' }]);
  });

  test.each(['{ args.amount: 5 }', '{ "args.labels[0]": x }', '{ args.card.limit: { gt: 5 } }'])(
    'that leads somewhere is fine: %s',
    (when) => {
      expect(ofPay(when, 'allow')).toEqual([]);
    },
  );
});

describe('a test', () => {
  test.each([
    ['{ args.to: { lt: 5 } }', 'lt 5 can never be true of args.to, which is a string (pay)'],
    [
      '{ args.amount: { starts_with: "5" } }',
      'starts_with "5" can never be true of args.amount, which is a number (pay)',
    ],
    ['{ args.public: "true" }', 'eq "true" can never be true of args.public, which is a boolean (pay)'],
    ['{ args.note: { gt: 5 } }', 'gt 5 can never be true of args.note, which is a string (pay)'],
    [
      '{ args.labels: { some: { gt: 5 } } }',
      'gt 5 can never be true of args.labels[0], which is a string (pay)',
    ],
    ['{ args.labels: x }', 'eq "x" can never be true of args.labels, which is a list (pay)'],
  ])('of values that the argument never has is warned of: %s', (when, message) => {
    expect(ofPay(when, 'allow')).toMatchObject([{ code: 'wrong_operand', message }]);
  });

  test.each([
    ['{ args.currency: { in: [EUR, UDS] } }', 'args.currency is never "UDS" (pay)', 'did you mean "USD"?'],
    ['{ args.currency: eur }', 'args.currency is never "eur" (pay)', 'did you mean "EUR"?'],
    [
      '{ args.currency: { ne: YEN } }',
      'args.currency is never "YEN" (pay)',
      'its schema lists "EUR" and "USD"',
    ],
  ])('of a value that the schema does not list is warned of: %s', (when, message, hint) => {
    expect(ofPay(when, 'allow')).toMatchObject([{ code: 'unknown_value', message, hint }]);
  });

  test.each([
    '{ args.note: { eq: null } }',
    '{ args.amount: { gt: 5 } }',
    '{ args.labels: { contains: x, length: { gt: 2 }, every: { matches: "^a$" } } }',
    '{ args.currency: { not_in: [EUR] } }',
    '{ args.card: { exists: true } }',
  ])('that fits is fine: %s', (when) => {
    expect(ofPay(when, 'allow')).toEqual([]);
  });
});

describe('a deny that a call escapes by leaving the argument out', () => {
  const escapes = (text: string): string[] =>
    hold(text, [PAY]).flatMap(({ code, message }) => (code === 'escapes_by_omission' ? [message] : []));

  test.each([
    [
      'default: allow\ntools:\n  pay: { when: { args.currency: USD }, action: deny }',
      'a call without args.currency escapes this deny and comes to allow: the argument is optional (pay)',
    ],
    [
      'tools:\n  pay: { when: { args.currency: USD }, action: deny }',
      'a call without args.currency escapes this deny and comes to require_approval: the argument is optional (pay)',
    ],
    [
      'default: allow\ntools:\n  pay: { when: { args.card.limit: { gt: 5 } }, action: require_approval }',
      'a call without args.card.limit escapes this require_approval and comes to allow: the argument is optional (pay)',
    ],
    [
      // What the caller can choose does not make it safe.
      'default: deny\ntools:\n  pay:\n    - { when: { args.currency: USD }, action: deny }\n    - { when: { args.to: me }, action: allow }',
      'a call without args.currency escapes this deny and comes to allow: the argument is optional (pay)',
    ],
  ])('is warned of:\n%s', (text, message) => {
    expect(escapes(text)).toEqual([message]);
  });

  test.each([
    // Demanded by the schema.
    'default: allow\ntools:\n  pay: { when: { args.amount: { gt: 5 } }, action: deny }',
    'default: allow\ntools:\n  pay: { when: { args.card.holder: me }, action: deny }',
    // Negative tests hold when in doubt.
    'default: allow\ntools:\n  pay: { when: { args.currency: { ne: EUR } }, action: deny }',
    'default: allow\ntools:\n  pay: { when: { args.currency: { exists: false } }, action: deny }',
    // The schema's default is what the server takes.
    'default: allow\ntools:\n  pay: { when: { args.public: true }, action: deny }',
    // Nothing milder stands behind it.
    'default: deny\ntools:\n  pay: { when: { args.currency: USD }, action: deny }',
    // Closed as the hint says.
    'default: allow\ntools:\n  pay:\n    - { when: { args.currency: USD }, action: deny }\n    - { when: { args.currency: { exists: false } }, action: deny }',
    // Another rule decides for the tool.
    'default: deny\ntools:\n  pay: allow\n  pa*: { when: { args.currency: USD }, action: deny }',
  ])('is not what stands here:\n%s', (text) => {
    expect(escapes(text)).toEqual([]);
  });
});

describe('tests of the policy', () => {
  const call = (args: string, expected = 'allow'): Warned[] =>
    hold(`default: ${expected}\ntests: [{ call: pay, args: ${args}, expect: ${expected} }]`, [PAY]).filter(
      ({ code }) => code !== 'allowed_by_default',
    );

  test.each([
    ['{ amuont: 5 }', 'the test calls pay as nobody can: it has no args.amuont', 'did you mean amount?'],
    ['{ amount: "5" }', 'the test calls pay as nobody can: args.amount is a number, and not a string', null],
    [
      '{ card: { limit: x } }',
      'the test calls pay as nobody can: args.card.limit is a number, and not a string',
      null,
    ],
    [
      '{ labels: [a, 5] }',
      'the test calls pay as nobody can: args.labels[1] is a string, and not a number',
      null,
    ],
  ])('that no schema lets pass are warned of: %s', (args, message, hint) => {
    expect(call(args)).toMatchObject([{ code: 'impossible_call', message, hint }]);
  });

  test('that refuse odd arguments are meant so, unless one is only misspelt', () => {
    expect(call('{ amount: "5" }', 'deny')).toEqual([]);
    expect(call('{ other: 5 }', 'deny')).toEqual([]);
    expect(call('{ amuont: 5 }', 'deny')).toMatchObject([{ code: 'impossible_call' }]);
  });

  test('that refuse a name which no tool has are meant so, unless it is only misspelt', () => {
    const codes = (name: string): string[] =>
      hold(`default: deny\ntests: [{ call: ${name}, expect: deny }]`, [PAY]).map(({ code }) => code);
    expect([codes('PAY'), codes('of_the_next_version'), codes('pya')]).toEqual([[], [], ['unknown_tool']]);
  });

  test('that leave out what is demanded are fine', () => {
    expect(call('{ amount: 5, note: null, card: { holder: me } }')).toEqual([]);
  });
});

describe('tools that can do grave harm', () => {
  const tools = [
    { name: 'delete_queue' },
    { name: 'write_file', annotations: { destructiveHint: true } },
    { name: 'list_queues' },
  ];

  test('are warned of where they end in allow', () => {
    expect(hold('default: allow\ntools:\n  delete_*: allow', tools)).toMatchObject([
      {
        code: 'destructive_allowed',
        message: 'default allows what can do grave harm: write_file (destructive)',
      },
      {
        code: 'allowed_by_default',
        message: 'default allows 1 tool that no rule names: list_queues',
      },
      { at: '4:3', message: 'tools.delete_* allows what can do grave harm: delete_queue (destructive)' },
    ]);
  });

  test('are told from those that a rule names under a condition', () => {
    const text = 'default: allow\ntools:\n  list_queues: { when: { args.x: 1 }, action: deny }';
    expect(hold(text, [{ name: 'list_queues' }])).toEqual([]);
  });

  test('are fine where a person or a condition stands before them', () => {
    const text =
      'tools:\n  list_*: allow\n  write_file: require_approval\n  delete_queue: { when: { args.x: 1 }, action: allow }';
    expect(hold(text, tools)).toEqual([]);
  });
});

describe('tests of tools that the server defines as something else than their names tell', () => {
  const tools = [{ name: 'list_queues', annotations: { destructiveHint: true } }, { name: 'delete_queue' }];

  test('are warned of where a category or risk then decides otherwise', () => {
    const text = [
      'categories: { read: allow, destructive: deny }',
      'tests:',
      '  - { call: list_queues, expect: allow }',
      '  - { call: delete_queue, expect: deny }',
    ];
    expect(hold(text.join('\n'), tools)).toEqual([
      {
        at: '4:34',
        code: 'other_profile',
        message: expect.stringMatching(
          /^the test expects allow, but as the server defines list_queues \(destructive, \w+ risk\), it is deny by categories\.destructive$/,
        ),
        hint: 'a test knows a tool by its name alone: write a rule for list_queues below tools, or change what the test expects',
      },
    ]);
  });

  test('are fine where a name decides, or the verdict is the same', () => {
    const text = [
      'categories: { read: require_approval, destructive: require_approval }',
      'tools: { list_queues: allow }',
      'tests:',
      '  - { call: list_queues, expect: allow }',
      '  - { call: list_others, expect: require_approval }',
    ];
    expect(hold(text.join('\n'), tools).filter(({ code }) => code === 'other_profile')).toEqual([]);
  });
});

test('mistakes planted in a policy for Amazon MQ are each found', () => {
  const tools = JSON.parse(readFileSync(MQ, 'utf8')) as Definition[];
  const text = `default: require_approval
tools:
  describe_*: allow
  rabbitmq_broker_*: allow
  delete_brokers: deny
  create_broker:
    - when: { args.publicly_accesible: true }
      action: deny
    - when: { args.host_instance_type: { lt: 5 } }
      action: allow
  list_brokers:
    when: { args.NextToken: x }
    action: deny
`;
  expect(
    hold(text, tools).map(({ at, message, hint }) => `${at} ${message}${hint === null ? '' : `; ${hint}`}`),
  ).toMatchInlineSnapshot(`
    [
      "5:3 tools.rabbitmq_broker_* allows what can do grave harm: rabbitmq_broker_delete_queue (destructive), rabbitmq_broker_purge_queue (destructive) and rabbitmq_broker_delete_exchange (destructive); with require_approval a person sees each call first",
      "6:3 no tool of the server is named "delete_brokers"; did you mean delete_broker?",
      "8:15 create_broker has no argument args.publicly_accesible; did you mean args.publicly_accessible?",
      "10:15 lt 5 can never be true of args.host_instance_type, which is a string (create_broker); it is for a number; of any other value it is unknown, and the stricter outcome is taken",
      "13:13 a call without args.NextToken escapes this deny and comes to require_approval: the argument is optional (list_brokers); add an entry { when: { args.NextToken: { exists: false } }, action: deny }, or turn the test round: ne, not_in, not_matches",
    ]
  `);
});
