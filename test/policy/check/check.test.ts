import { beforeAll, describe, expect, test } from 'vitest';
import { checkRules } from '../../../src/policy/check/check.ts';
import { loadRegexEngine } from '../../../src/policy/condition/regex.ts';
import { parsePolicy } from '../../../src/policy/read/parse.ts';
import { Problems } from '../../../src/policy/read/problems.ts';
import { readPolicy } from '../../../src/policy/read/read-policy.ts';
import { GROUND } from '../../helpers/policy.ts';

beforeAll(loadRegexEngine);

/** Every warning about a policy whose reading gives none, with its place. */
function check(text: string): string[] {
  const source = `version: 1\n${text}`;
  const problems = new Problems('p.yaml', source);
  const { tree } = parsePolicy(source, problems, problems);
  const draft = tree === null ? null : readPolicy(tree, problems);
  expect(problems.list().filter(({ severity }) => severity === 'error')).toEqual([]);
  if (draft === null) throw new Error('no policy');
  const found = new Problems('p.yaml', source);
  checkRules({
    policy: { ...draft.policy, file: 'p.yaml', hash: '' },
    places: draft.places,
    problems: found,
    ground: GROUND,
  });
  return found.list().map(({ line, column, message }) => `${line}:${column} ${message}`);
}

const tools = (rules: string): string[] => check(`tools:\n${rules}`);

describe('names', () => {
  test.each([
    ['  delete_queue!: deny', 'no tool can have the name "delete_queue!"'],
    ['  "delete queue*": deny', 'no tool can have the name "delete queue*"'],
    [`  ${'?'.repeat(129)}: deny`, `no tool can have the name "${'?'.repeat(80)}" (129 characters)`],
  ])('that no tool can have are warned of: %s', (rules, message) => {
    expect(tools(rules)).toEqual([`3:3 ${message}`]);
  });

  test('that a tool can have are fine', () => {
    expect(tools('  a.b/c-d_E9: deny\n  "*": deny\n  "a?b*": allow')).not.toContainEqual(
      expect.stringContaining('no tool can have'),
    );
    expect(check('resources:\n  "file:///a b*": deny')).toEqual([]);
  });
});

describe('entries of a list', () => {
  test('behind one without a condition are never reached', () => {
    expect(
      tools('  a: [allow, deny]\n  b: [{ rate_limit: 5/minute }, deny, { rate_limit: 2/minute }]'),
    ).toEqual(['3:14 tools.a[1] can never decide: tools.a[0] always decides before it']);
  });

  test('with the same condition as one before are never taken', () => {
    const rules = [
      '  a:',
      '    - { when: { args.x: 1 }, action: allow }',
      '    - { when: { args.x: 2 }, action: deny }',
      '    - { when: { args.x: 1 }, action: deny }',
    ];
    expect(tools(rules.join('\n'))).toEqual([
      '6:7 tools.a[2] can never decide: tools.a[0] has the same condition, and comes first',
    ]);
  });

  test('of any map of rules are looked at', () => {
    expect(check('prompts: { greet: [allow, deny] }')).toEqual([
      '2:27 prompts.greet[1] can never decide: prompts.greet[0] always decides before it',
    ]);
  });
});

describe('a condition', () => {
  test.each([
    ['{ args.x: { gt: 5, lt: 3 } }', 'args.x cannot be both gt 5 and lt 3'],
    ['{ args.x: { gt: 5, lte: 5.0 } }', 'args.x cannot be both gt 5 and lte 5.0'],
    ['{ args.x: { gt: 1e400, lt: 1e399 } }', 'args.x cannot be both gt 1e400 and lt 1e399'],
    ['{ args.x: { eq: a, ne: a } }', 'args.x cannot be both eq "a" and ne "a"'],
    [
      '{ args.x: { in: [a, b], not_in: [b, a] } }',
      'args.x cannot be both in ["a", "b"] and not_in ["b", "a"]',
    ],
    ['{ args.x: { in: [1, 2], gt: 2 } }', 'args.x cannot be both in [1, 2] and gt 2'],
    ['{ args.x: { in: [1, 9], gt: 2, lt: 8 } }', 'args.x cannot be in [1, 9] and pass the other tests'],
    ['{ args.x: { in: [main], matches: "^dev/" } }', 'args.x cannot be both in ["main"] and matches "^dev/"'],
    ['{ args.x: { lt: 5, starts_with: a } }', 'args.x cannot be both lt 5 and starts_with "a"'],
    [
      '{ args.x: { starts_with: ab, ends_with: c, eq: 5 } }',
      'args.x cannot be both starts_with "ab" and eq 5',
    ],
    ['{ args.x: { starts_with: ab/, starts_with: ac } }', null],
    ['{ args.x: { exists: false, eq: 1 } }', 'args.x cannot be both exists false and eq 1'],
    [
      '{ args.x: { length: { gt: 5, lt: 2 } } }',
      'args.x cannot be length { gt 5, lt 2 }: no length is both gt 5 and lt 2',
    ],
    [
      '{ args.x: { some: { gt: 5, lt: 2 } } }',
      'args.x cannot be some { gt 5, lt 2 }: no element is both gt 5 and lt 2',
    ],
    [
      '{ args.x: { not_in: [1, a] } }',
      'args.x cannot be not_in [1, "a"] for sure: a server may read a value of one kind as one of another',
    ],
  ])('that contradicts itself can never hold: %s', (when, why) => {
    if (why === null) return;
    expect(tools(`  a: { when: ${when}, action: deny }`)).toEqual([
      expect.stringMatching(/^3:\d+ the condition of tools\.a can never hold: /),
    ]);
    expect(tools(`  a: { when: ${when}, action: deny }`)[0]).toContain(`can never hold: ${why}`);
  });

  test.each([
    '{ args.x: { gt: 3, lt: 5 } }',
    '{ args.x: { gte: 5, lte: 5 } }',
    '{ args.x: { eq: 5, gt: 4.9 } }',
    '{ args.x: { in: [a, b], ne: a } }',
    '{ args.x: { contains: a, length: { gt: 2 } } }',
    '{ args.x: { every: { gt: 5, lt: 2 } } }',
    '{ args.x: { starts_with: ab, matches: "c$", exists: true } }',
    '{ args.x: { eq: /etc, within: /home } }',
    '{ args.x: { exists: false }, args.y: 1 }',
    '{ args.x: { not_in: [null, a] } }',
    '{ args.x: { gt: 5 }, args.y: { lt: 3 } }',
  ])('that some value meets is fine: %s', (when) => {
    expect(tools(`  a: { when: ${when}, action: deny }`)).toEqual([]);
  });
});

describe('a rule that another always overrules', () => {
  test.each([
    [
      '  delete_*: deny\n  delete_queue_*: allow',
      '4:3 tools.delete_queue_* can never decide: tools.delete_* is stricter, and covers the same names',
    ],
    [
      '  DELETE_*: deny\n  delete_*: require_approval',
      '4:3 tools.delete_* can never decide: tools.DELETE_* is stricter, and covers the same names',
    ],
    [
      '  delete_queue: allow\n  Delete_Queue: deny',
      '3:3 tools.delete_queue can never decide: tools.Delete_Queue is stricter, and covers the name in any case',
    ],
    [
      '  delete_queue: allow\n  Delete_*: [{ when: { args.a: 1 }, action: deny }, require_approval]',
      '3:3 tools.delete_queue can never decide: tools.Delete_*[1] is stricter, and covers the name in any case',
    ],
  ])('is warned of:\n%s', (rules, warning) => {
    expect(tools(rules)).toEqual([warning]);
  });

  test.each([
    '  delete_*: deny\n  delete_queue: allow',
    '  delete_*: require_approval\n  delete_queue_*: deny',
    '  delete_*: { when: { args.force: true }, action: deny }\n  delete_queue_*: allow',
    '  delete_*: [{ when: { args.force: true }, action: deny }, allow]\n  delete_queue_*: require_approval',
    '  delete_?: deny\n  delete_*: allow',
    '  delete_*: { rate_limit: 5/minute }\n  delete_queue_*: allow',
    '  delete_queue: deny\n  Delete_Queue: allow',
  ])('is not what stands here:\n%s', (rules) => {
    expect(tools(rules).filter((line) => line.includes('overrul') || line.includes('is stricter'))).toEqual(
      rules.includes('Delete_Queue: allow')
        ? [
            '4:3 tools.Delete_Queue can never decide: tools.delete_queue is stricter, and covers the name in any case',
          ]
        : [],
    );
  });
});

describe('a part of a rule without effect', () => {
  test.each([
    [
      '  a: { action: deny, rate_limit: 5/minute }',
      '3:3 the rate_limit of tools.a has no effect: what is denied is never forwarded, and only forwarded calls count',
    ],
    [
      '  a: { action: deny, approval: { timeout: 30s } }',
      '3:3 the approval of tools.a has no effect: a deny asks nobody',
    ],
    [
      '  a: { action: allow, approval: { timeout: 30s } }',
      '3:3 the approval of tools.a has no effect: an allow asks nobody',
    ],
  ])('is warned of: %s', (rules, warning) => {
    expect(tools(rules)).toEqual([warning]);
  });

  test.each([
    '  a: { action: require_approval, approval: { timeout: 30s }, rate_limit: 5/minute }',
    '  a: { action: allow, rate_limit: { max: 5, window: 60, on_exceed: require_approval }, approval: { timeout: 30s } }',
  ])('is not what stands here: %s', (rules) => {
    expect(tools(rules)).toEqual([]);
  });
});

describe('a limit', () => {
  test.each([
    [
      'rate_limit: 60/minute\ntools:\n  a: { action: allow, rate_limit: 100/minute }',
      '4:3 tools.a.rate_limit can never be reached: rate_limit counts the same calls and stops at 60 in 60 s',
    ],
    [
      'rate_limit: 10/minute\ntools:\n  a: { action: allow, rate_limit: 601/1h }',
      '4:3 tools.a.rate_limit can never be reached: rate_limit counts the same calls and stops at 10 in 60 s',
    ],
    [
      'tools:\n  a_*: { rate_limit: 5/minute }\n  a_b: { action: allow, rate_limit: 6/minute }',
      '4:3 tools.a_b.rate_limit can never be reached: tools.a_*.rate_limit counts the same calls and stops at 5 in 60 s',
    ],
  ])('that another one always reaches first is warned of:\n%s', (text, warning) => {
    expect(check(text)).toEqual([warning]);
  });

  test.each([
    'rate_limit: 60/minute\ntools:\n  a: { action: allow, rate_limit: 10/minute }',
    'rate_limit: 60/minute\ntools:\n  a: { action: allow, rate_limit: 60/minute }',
    'rate_limit: 10/minute\ntools:\n  a: { action: allow, rate_limit: 600/1h }',
    'rate_limit: 100/1h\ntools:\n  a: { action: allow, rate_limit: 50/minute }',
    'rate_limit: { max: 5, window: 60, on_exceed: require_approval }\ntools:\n  a: { action: allow, rate_limit: 10/minute }',
    'tools:\n  a_*: { rate_limit: { max: 5, window: 60, per: tool } }\n  a_b_*: { action: allow, rate_limit: 6/minute }',
    'tools:\n  a_*: { when: { args.x: 1 }, rate_limit: 5/minute }\n  a_b: { action: allow, rate_limit: 6/minute }',
    'rate_limit: 60/minute\ntools:\n  a: { action: allow, rate_limit: { max: 100, window: 60, scope: machine } }',
  ])('that can be reached is fine:\n%s', (text) => {
    expect(check(text)).toEqual([]);
  });
});

describe('categories and risks', () => {
  test.each([
    ['categories: { execute: allow }', 'categories.execute', 'runs what it is given'],
    ['categories: { destructive: allow }', 'categories.destructive', 'takes something away for good'],
    ['categories: { financial: allow }', 'categories.financial', 'moves money'],
    ['risks: { critical: allow }', 'risks.critical', 'can do the gravest harm'],
  ])('that allow the gravest tools without a person are warned of: %s', (text, path, what) => {
    expect(check(text)).toEqual([
      expect.stringContaining(`${path} allows, with nobody asked, every tool that ${what}`),
    ]);
  });

  test('that allow what is less grave, or under a condition, or ask, are fine', () => {
    const text = [
      'categories:',
      '  read: allow',
      '  write: allow',
      '  execute: [{ when: { args.x: 1 }, action: allow }, require_approval]',
      '  destructive: require_approval',
      'risks: { low: allow, medium: allow, high: allow, critical: deny }',
    ];
    expect(check(text.join('\n'))).toEqual([]);
  });

  const DENIES = 'categories: { read: deny, write: deny, execute: deny, destructive: deny, financial: deny }';

  test('that are all denied overrule every glob and risk, and no exact name', () => {
    const text = `${DENIES}\nrisks: { low: allow, high: deny }\ntools: { get_*: allow, run_*: deny, get_x: allow }`;
    expect(check(text)).toEqual([
      '3:10 risks.low can never decide: every one of the categories is stricter',
      '4:10 tools.get_* can never decide: every one of the categories is stricter',
    ]);
  });

  test('that all ask overrule an allow of the other kind, and no glob', () => {
    const risks = 'risks: { low: require_approval, medium: require_approval, high: deny, critical: deny }';
    expect(
      check(`${risks}\ncategories: { read: allow, write: require_approval }\ntools: { get_*: allow }`),
    ).toEqual(['3:15 categories.read can never decide: every one of the risks is stricter']);
  });

  test.each([
    'categories: { read: deny, write: deny, execute: deny, destructive: deny }\nrisks: { low: allow }',
    'categories: { read: allow, write: allow }\nrisks: { low: allow }\ndefault: deny',
    'risks: { low: { when: { args.x: 1 }, action: deny }, medium: deny, high: deny, critical: deny }\ntools: { get_*: allow }',
  ])('that leave a gap overrule nothing for sure: %s', (text) => {
    expect(check(text)).toEqual([]);
  });

  test('that are denied stand against a glob that seems to make an exception', () => {
    const text =
      'categories: { destructive: deny, write: deny }\ntools: { delete_*: allow, "wipe_?*": require_approval, get_*: allow, delete_x: allow, "frob_*": allow, "*": allow }';
    expect(check(text)).toEqual([
      '3:10 tools.delete_* does not hold for tools that are destructive: categories.destructive denies them',
      '3:27 tools.wipe_?* does not hold for tools that are destructive: categories.destructive denies them',
    ]);
  });

  test('are looked at like other rules: entries, conditions, limits and parts without effect', () => {
    const text = [
      'rate_limit: 5/minute',
      'categories:',
      '  read: [allow, deny]',
      '  write: { when: { args.x: { gt: 5, lt: 3 } }, action: deny }',
      'risks:',
      '  low: { action: deny, rate_limit: 2/minute }',
      '  medium: { rate_limit: 9/minute }',
    ];
    expect(check(text.join('\n'))).toEqual([
      '4:17 categories.read[1] can never decide: categories.read[0] always decides before it',
      '5:20 the condition of categories.write can never hold: args.x cannot be both gt 5 and lt 3',
      '7:3 the rate_limit of risks.low has no effect: what is denied is never forwarded, and only forwarded calls count',
      '8:3 risks.medium.rate_limit can never be reached: rate_limit counts the same calls and stops at 5 in 60 s',
    ]);
  });
});
