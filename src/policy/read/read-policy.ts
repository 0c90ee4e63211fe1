import { ACTIONS, type Policy, type PolicyTest } from '../policy.ts';
import type { Problems } from './problems.ts';
import { quote } from '../quote.ts';
import { readApproval } from './read-approval.ts';
import { readLimit } from './read-limit.ts';
import { readTools, type Places } from './read-rules.ts';
import { readChoice, readEntries, readField, readList, readText, reportType } from './shape.ts';
import type { Entry, Tree } from './tree.ts';

const KEYS = {
  known: ['version', 'default', 'rate_limit', 'tools', 'approval', 'tests'],
  later: [
    'server',
    'layers',
    'categories',
    'risks',
    'resources',
    'prompts',
    'methods',
    'server_requests',
    'env',
    'pin',
    'audit',
    'reload',
  ],
};
const TEST_KEYS = { known: ['call', 'args', 'expect'], later: [] };

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
  const action = readField(entries, 'default', (value) => readChoice(value, 'action', ACTIONS, problems));
  const policy = {
    default: { action: action ?? 'require_approval', written: action !== null },
    limit: readField(entries, 'rate_limit', (value) => readLimit(value, 'rate_limit', problems)),
    approval: readField(entries, 'approval', (value) => readApproval(value, problems)) ?? {
      channels: null,
      timeoutMs: null,
      open: null,
    },
    tools: readField(entries, 'tools', (value) => readTools(value, places, problems)) ?? [],
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

function readTests(tree: Tree, places: Places, problems: Problems): PolicyTest[] {
  const items = readList(tree, 'tests', problems)?.items ?? [];
  return items.flatMap((item, index) => readTest(item, `tests[${index}]`, places, problems) ?? []);
}

function readTest(tree: Tree, path: string, places: Places, problems: Problems): PolicyTest | null {
  const entries = readEntries(tree, 'a test', TEST_KEYS, problems);
  if (entries === null) return null;
  const [callEntry, expectEntry, args] = [
    entries.get('call'),
    entries.get('expect'),
    entries.get('args')?.value,
  ];
  for (const [key, entry] of [
    ['call', callEntry],
    ['expect', expectEntry],
  ] as const) {
    if (entry !== undefined) continue;
    const hint = 'write it as { call: delete_broker, expect: deny }';
    problems.error(tree.span, 'missing_key', `a test without ${quote(key)}`, hint);
  }
  if (args !== undefined && args.kind !== 'map') reportType(args, 'args is a map', null, problems);
  const call = callEntry === undefined ? null : readText(callEntry.value, 'call', problems);
  const expect =
    expectEntry === undefined ? null : readChoice(expectEntry.value, 'action', ACTIONS, problems);
  places.set(path, expectEntry?.value.span ?? tree.span);
  return call === null || expect === null ? null : { path, call, expect };
}
