import type { Ground } from '../../src/policy/condition/ground.ts';
import {
  RULE_MAPS,
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
  type RuleMap,
} from '../../src/policy/policy.ts';
import { NO_AUDIT } from '../../src/policy/read/read-audit.ts';
import type { Category, Profile, Risk } from '../../src/policy/profile.ts';

/** A machine with nothing on it. */
export const GROUND: Ground = {
  cwd: '/work',
  home: '/home/ada',
  platform: 'linux',
  own: ['/home/ada/.config/mcp-guard', '/home/ada/.local/state/mcp-guard'],
  resolve: (path) => path,
  classify: classifyByWord,
};

/** What the first word of a tool's name says of it, in tests. */
const WORDS: ReadonlyMap<string, readonly [Category, Risk]> = new Map([
  ['get', ['read', 'low']],
  ['list', ['read', 'low']],
  ['describe', ['read', 'low']],
  ['run', ['execute', 'high']],
  ['delete', ['destructive', 'high']],
  ['wipe', ['destructive', 'critical']],
  ['pay', ['financial', 'critical']],
]);

/** Not as the catalogue does it: what tests say of a tool holds however that gets to know more words. */
export function classifyByWord(tool: string): Profile {
  return profileOf(WORDS.get(/^[a-z]*/.exec(tool)?.[0] ?? '') ?? ['write', 'medium'], false);
}

type Rules = Readonly<Record<string, Partial<Rule> | readonly Partial<Rule>[]>>;

interface Rest extends Partial<Pick<Policy, 'file' | 'hash' | 'limit' | 'approval' | 'audit' | 'pin'>> {
  readonly default?: Action;
  readonly rules?: Partial<Readonly<Record<RuleMap, Rules>>>;
}

/** A policy of exact names, globs, categories and risks, as the loader would give it. */
export function policyOf(tools: Rules, rest: Rest = {}): Policy {
  const maps = { tools, ...rest.rules };
  const lists = (kind: RuleMap) =>
    Object.entries(maps[kind] ?? {}).map(([key, rules]) => listOf(kind, key, rules));
  return {
    file: rest.file === undefined ? 'policy.yaml' : rest.file,
    hash: rest.hash ?? 'h',
    server: null,
    layers: [],
    default: { action: rest.default ?? 'require_approval', written: true },
    limit: rest.limit ?? null,
    approval: rest.approval ?? { channels: null, timeoutMs: null, open: null },
    rules: Object.fromEntries(RULE_MAPS.map((kind) => [kind, lists(kind)])) as Record<RuleMap, RuleList[]>,
    pin: rest.pin ?? null,
    audit: rest.audit ?? NO_AUDIT,
    env: null,
    reload: true,
    tests: [],
  };
}

function listOf(kind: RuleMap, pattern: string, rules: Partial<Rule> | readonly Partial<Rule>[]): RuleList {
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

/** A call of a tool of which nobody has seen more than the name, with arguments as JSON text or as a value. */
export function callOf(name: string, args?: object | string, kind: Ruled = 'tools'): Query {
  const text = typeof args === 'string' || args === undefined ? args : JSON.stringify(args);
  const profile = kind === 'tools' ? GROUND.classify(name) : null;
  return { kind, name, args: text === undefined ? null : Buffer.from(text), schema: null, profile };
}

/** What a tool can do, as its definition says, or where `isSeen` is false its name alone. */
export function profileOf([category, risk]: readonly [Category, Risk], isSeen = true): Profile {
  return { category, risk, isSeen };
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
