import { ACTIONS, RULE_MAPS, type Policy, type RuleList, type RuleMap } from '../policy.ts';
import type { Problems } from './problems.ts';
import { readApproval } from './read-approval.ts';
import { NO_AUDIT, readAudit } from './read-audit.ts';
import { readLimit } from './read-limit.ts';
import { readPin } from './read-pin.ts';
import { readRules, type Places } from './read-rules.ts';
import { readTests } from './read-tests.ts';
import { readChoice, readEntries, readField, readList, readSwitch, readText, reportType } from './shape.ts';
import type { Entry, Tree } from './tree.ts';

const KEYS = {
  known: [
    'version',
    'server',
    'layers',
    'default',
    'rate_limit',
    ...RULE_MAPS,
    'pin',
    'env',
    'approval',
    'audit',
    'reload',
    'tests',
  ],
  later: [],
};

/** What a policy says, with the places of its rules and tests, by path. */
export interface Draft {
  readonly policy: Omit<Policy, 'file' | 'hash'>;
  readonly places: Places;
}

/** Reads the tree; what is broken is reported, and left out of a draft that is then of no use. */
export function readPolicy(tree: Tree, problems: Problems): Draft | null {
  const entries = readEntries(tree, 'a policy', KEYS, problems);
  if (entries === null) return null;
  checkVersion(tree, entries.get('version'), problems);
  const places: Places = new Map();
  const action = readField(entries, 'default', (value) => {
    places.set('default', value.span);
    return readChoice(value, 'action', ACTIONS, problems);
  });
  const readMap = (kind: RuleMap): readonly RuleList[] =>
    readField(entries, kind, (value) => readRules(kind, value, places, problems)) ?? [];
  const policy = {
    server: readField(entries, 'server', (value) => readOneOrMore(value, 'server', problems)),
    layers: readField(entries, 'layers', (value) => readLayers(value, places, problems)) ?? [],
    default: { action: action ?? 'require_approval', written: action !== null },
    limit: readField(entries, 'rate_limit', (value) => readLimit(value, 'rate_limit', problems)),
    approval: readField(entries, 'approval', (value) => readApproval(value, problems)) ?? {
      channels: null,
      timeoutMs: null,
      open: null,
    },
    audit: readField(entries, 'audit', (value) => readAudit(value, problems)) ?? NO_AUDIT,
    rules: {
      tools: readMap('tools'),
      resources: readMap('resources'),
      prompts: readMap('prompts'),
      methods: readMap('methods'),
      server_requests: readMap('server_requests'),
      categories: readMap('categories'),
      risks: readMap('risks'),
    },
    pin: readField(entries, 'pin', (value) => readPin(value, problems)),
    env: readField(entries, 'env', (value) => {
      places.set('env', value.span);
      return readTexts(value, 'env', problems);
    }),
    reload: readField(entries, 'reload', (value) => readSwitch(value, 'reload', problems)) ?? true,
    tests: readField(entries, 'tests', (value) => readTests(value, places, problems)) ?? [],
  };
  return { policy, places };
}

function checkVersion(tree: Tree, entry: Entry | undefined, problems: Problems): void {
  const hint = 'this version of mcp-guard reads version: 1';
  if (entry === undefined) {
    const { start } = tree.span;
    problems.error(
      { start, end: start + 1 },
      'missing_key',
      'no "version" in the policy',
      'begin it with: version: 1',
    );
    return;
  }
  const { value } = entry;
  if (value.kind !== 'scalar' || typeof value.value !== 'number')
    reportType(value, 'version is a number', hint, problems);
  else if (value.value !== 1)
    problems.error(value.span, 'unknown_version', `unknown version ${value.value}`, hint);
}

/** Where each one stands is kept, as `layers[0]`: what is wrong with the file is found later. */
function readLayers(tree: Tree, places: Places, problems: Problems): string[] {
  const items = readList(tree, 'layers', problems)?.items ?? [];
  for (const [index, item] of items.entries()) places.set(`layers[${index}]`, item.span);
  return items.flatMap((item) => readText(item, 'a layer', problems) ?? []);
}

function readOneOrMore(tree: Tree, what: string, problems: Problems): string[] {
  if (tree.kind === 'list') return readTexts(tree, what, problems);
  const text = readText(tree, what, problems);
  return text === null ? [] : [text];
}

function readTexts(tree: Tree, what: string, problems: Problems): string[] {
  const items = readList(tree, what, problems)?.items ?? [];
  return items.flatMap((item) => readText(item, `an entry of ${what}`, problems) ?? []);
}
