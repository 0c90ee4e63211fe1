import { describe, expect, test } from 'vitest';
import { compilePolicy } from '../../src/policy/compile.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Action, Evaluation, Policy, Rule } from '../../src/policy/policy.ts';
import type { Category, Profile, Risk } from '../../src/policy/profile.ts';
import { appliedOf, callOf, GROUND, limitOf, policyOf, profileOf, setOf } from '../helpers/policy.ts';

const allow = { action: 'allow' } as const;
const ask = { action: 'require_approval' } as const;
const deny = { action: 'deny' } as const;

type Classes = Readonly<Partial<Record<Category | Risk, Partial<Rule> | readonly Partial<Rule>[]>>>;
type Tools = Parameters<typeof policyOf>[0];

const RISK_WORDS = new Set(['low', 'medium', 'high', 'critical']);

function classesOf(classes: Classes, tools: Tools = {}, fallback: Action = 'require_approval'): Policy {
  const pick = (isRisk: boolean) =>
    Object.fromEntries(Object.entries(classes).filter(([word]) => RISK_WORDS.has(word) === isRisk));
  return policyOf(tools, { default: fallback, rules: { categories: pick(false), risks: pick(true) } });
}

const DELETE = profileOf(['destructive', 'high']);
const READ = profileOf(['read', 'low']);

function judge(policy: Policy, name: string, profile: Profile | null, ...added: Policy[]): Evaluation {
  return decide(compilePolicy(setOf(policy, ...added), GROUND), { ...callOf(name, {}), profile });
}

function outcome(...parts: Parameters<typeof judge>): string {
  const { verdict, rule } = judge(...parts);
  return `${verdict} by ${rule}`;
}

const cond = (value: string) =>
  ({
    clauses: [
      {
        path: { text: 'args.x', steps: [{ kind: 'key', key: 'x' }] },
        tests: [{ kind: 'eq', literal: { kind: 'string', value } }],
      },
    ],
  }) as const;

describe('where a category and its risk stand', () => {
  test.each<[string, Policy, string]>([
    ['above default', classesOf({ destructive: allow }, {}, 'deny'), 'allow by categories.destructive'],
    ['below a glob', classesOf({ destructive: ask }, { '*': allow }), 'allow by tools.*'],
    ['below an exact name', classesOf({ destructive: deny }, { x: allow }), 'allow by tools.x'],
    [
      'as a deny, beside the globs',
      classesOf({ destructive: deny }, { '*': allow }),
      'deny by categories.destructive',
    ],
    [
      'as the deny of a risk, beside the globs',
      classesOf({ high: deny }, { '*': allow }),
      'deny by risks.high',
    ],
    ['below an exact name, as a risk', classesOf({ high: deny }, { x: ask }), 'require_approval by tools.x'],
    [
      'the stricter of the two',
      classesOf({ destructive: allow, high: ask }),
      'require_approval by risks.high',
    ],
    [
      'and the other way round',
      classesOf({ destructive: deny, high: ask }),
      'deny by categories.destructive',
    ],
    [
      'not where another one is meant',
      classesOf({ read: deny, low: deny, critical: deny }),
      'require_approval by default',
    ],
    [
      'not as a rule that only limits',
      classesOf({ destructive: { limit: limitOf('l', 1) } }, {}, 'allow'),
      'allow by default',
    ],
  ])('%s', (_, policy, expected) => {
    expect(outcome(policy, 'x', DELETE)).toBe(expected);
  });

  test('a deny stays above a glob whose condition holds, and below an exact name whose condition may not', () => {
    expect(outcome(classesOf({ destructive: deny }, { 'x*': [allow] }), 'x', DELETE)).toBe(
      'deny by categories.destructive',
    );
    const conditional = classesOf({ destructive: deny }, { x: { ...allow, when: cond('a') } });
    expect(outcome(conditional, 'x', DELETE)).toBe('deny by categories.destructive');
  });

  test('a list is read top to bottom, and where no entry holds the next rank decides', () => {
    const list = [{ ...deny, when: cond('a') }, ask];
    expect(outcome(classesOf({ destructive: list }), 'x', DELETE)).toBe(
      'require_approval by categories.destructive[1]',
    );
    expect(outcome(classesOf({ destructive: list.slice(0, 1) }, {}, 'allow'), 'x', DELETE)).toBe(
      'allow by default',
    );
  });

  test('they speak of tools alone', () => {
    const policy = classesOf({ read: deny, low: deny }, {}, 'allow');
    const query = { ...callOf('get_x', {}, 'prompts'), profile: null };
    expect(decide(compilePolicy(setOf(policy), GROUND), query).verdict).toBe('allow');
  });
});

describe('a tool whose definition was not seen', () => {
  const unseen: Profile = { ...READ, isSeen: false };

  test.each<[string, Policy, string]>([
    ['is not allowed by its category', classesOf({ read: allow }), 'require_approval by default'],
    ['nor by its risk', classesOf({ low: allow }, {}, 'deny'), 'deny by default'],
    [
      'is asked about or denied at once',
      classesOf({ read: allow, low: ask }, {}, 'deny'),
      'require_approval by risks.low',
    ],
    ['is denied at once', classesOf({ read: deny }, { '*': allow }), 'deny by categories.read'],
    ['is allowed by a name', classesOf({ read: allow }, { get_x: allow }), 'allow by tools.get_x'],
    [
      'comes to the next entry of a list',
      classesOf({ read: [allow, ask] }, {}, 'deny'),
      'require_approval by categories.read[1]',
    ],
  ])('%s', (_, policy, expected) => {
    expect(outcome(policy, 'get_x', unseen)).toBe(expected);
  });

  test('counts for the limits all the same, and is shown the allow that does not hold', () => {
    const limit = limitOf('categories.read.rate_limit', 3);
    const policy = classesOf({ read: { ...allow, limit } });
    const { limits, matched } = judge(policy, 'get_x', unseen);
    expect(limits).toEqual([appliedOf(limit)]);
    expect(matched).toEqual([
      { rule: 'categories.read', layer: 'policy.yaml', action: 'allow', holds: false },
    ]);
  });
});

describe('layers', () => {
  const added = (classes: Classes): Policy => ({
    ...classesOf(classes),
    file: 'team.yaml',
    default: { action: 'require_approval', written: false },
  });

  test('an added file has a say through its categories, and the strictest wins', () => {
    const own = classesOf({}, { x: allow });
    expect(outcome(own, 'x', DELETE, added({ destructive: deny }))).toBe('deny by categories.destructive');
    expect(outcome(own, 'x', READ, added({ destructive: deny }))).toBe('allow by tools.x');
  });

  test('an allow of an added file that does not hold is no say', () => {
    const { layers } = judge(
      classesOf({}, { x: allow }),
      'x',
      { ...READ, isSeen: false },
      added({ read: allow }),
    );
    expect(layers).toEqual([
      { layer: 'policy.yaml', role: 'first', verdict: 'allow', rule: 'tools.x' },
      { layer: 'team.yaml', role: 'added', verdict: null, rule: null },
    ]);
  });
});

test('the strictest pin of the files holds, and without one a person is asked', () => {
  const pinOf = (...pins: (Policy['pin'] | undefined)[]) => {
    const [first = policyOf({}), ...rest] = pins.map((pin) => policyOf({}, pin === undefined ? {} : { pin }));
    return compilePolicy(setOf(first, ...rest), GROUND).pin;
  };
  expect([
    pinOf(null),
    pinOf('off'),
    pinOf('off', null),
    pinOf('off', 'ask'),
    pinOf('ask', 'deny', 'off'),
  ]).toEqual(['ask', 'off', 'off', 'ask', 'deny']);
});
