import type { Ground } from '../../src/policy/condition/ground.ts';
import {
  RULED,
  type Action,
  type AppliedLimit,
  type Layer,
  type Limit,
  type Policy,
  type PolicySet,
  type Query,
  type Rule,
  type Ruled,
  type RuleList,
} from '../../src/policy/policy.ts';

/** A machine with nothing on it. */
export const GROUND: Ground = {
  cwd: '/work',
  home: '/home/ada',
  platform: 'linux',
  own: ['/home/ada/.config/mcp-guard', '/home/ada/.local/state/mcp-guard'],
  resolve: (path) => path,
};

type Rules = Readonly<Record<string, Partial<Rule> | readonly Partial<Rule>[]>>;

interface Rest extends Partial<Pick<Policy, 'file' | 'hash' | 'limit' | 'approval'>> {
  readonly default?: Action;
  readonly rules?: Partial<Readonly<Record<Ruled, Rules>>>;
}

/** A policy of exact names and globs, as the loader would give it. */
export function policyOf(tools: Rules, rest: Rest = {}): Policy {
  const maps = { tools, ...rest.rules };
  const lists = (kind: Ruled) =>
    Object.entries(maps[kind] ?? {}).map(([key, rules]) => listOf(kind, key, rules));
  return {
    file: rest.file === undefined ? 'policy.yaml' : rest.file,
    hash: rest.hash ?? 'h',
    server: null,
    layers: [],
    default: { action: rest.default ?? 'require_approval', written: true },
    limit: rest.limit ?? null,
    approval: rest.approval ?? { channels: null, timeoutMs: null, open: null },
    rules: Object.fromEntries(RULED.map((kind) => [kind, lists(kind)])) as Record<Ruled, RuleList[]>,
    env: null,
    reload: true,
    tests: [],
  };
}

function listOf(kind: Ruled, pattern: string, rules: Partial<Rule> | readonly Partial<Rule>[]): RuleList {
  const path = `${kind}.${pattern}`;
  const isList = (value: typeof rules): value is readonly Partial<Rule>[] => Array.isArray(value);
  return {
    pattern,
    kind: /[*?]/.test(pattern) ? 'glob' : 'exact',
    rules: isList(rules)
      ? rules.map((rule, index) => ({ ...emptyRule(`${path}[${index}]`), ...rule }))
      : [{ ...emptyRule(path), ...rules }],
  };
}

function emptyRule(path: string): Rule {
  return { path, when: null, action: null, reason: null, hide: false, limit: null, approval: null };
}

/** The policy of these files, the first one first. */
export function setOf(first: Policy, ...added: readonly Policy[]): PolicySet {
  const layers: Layer[] = added.map((policy) => ({ policy, role: 'added' }));
  return { layers: [{ policy: first, role: 'first' }, ...layers], hash: first.hash };
}

/** A call of a tool, with arguments as JSON text or as a value. */
export function callOf(name: string, args?: object | string, kind: Ruled = 'tools'): Query {
  const text = typeof args === 'string' || args === undefined ? args : JSON.stringify(args);
  return { kind, name, args: text === undefined ? null : Buffer.from(text), schema: null };
}

/** At most `max` calls in 60 s. */
export function limitOf(rule: string, max: number, onExceed: Limit['onExceed'] = 'deny'): Limit {
  const measure = { kind: 'calls', max } as const;
  return { rule, measure, windowMs: 60_000, per: 'rule', scope: 'session', onExceed };
}

/** The same as it is counted. */
export function appliedOf(limit: Limit, layer = 'policy.yaml'): AppliedLimit {
  return { ...limit, layer };
}
