import { checkClass } from './check-class.ts';
import { isGlob } from '../glob.ts';
import { ACTIONS, type Rule, type RuleList, type RuleMap } from '../policy.ts';
import type { Problems } from './problems.ts';
import { escapeUnseen } from '../quote.ts';
import { readApproval } from './read-approval.ts';
import { readCondition } from './read-condition.ts';
import { readLimit } from './read-limit.ts';
import { readChoice, readEntries, readField, readText, reportType } from './shape.ts';
import { findEntry, type Entry, type Span, type Tree } from './tree.ts';
import { warnConditions } from './warn-conditions.ts';

const KEYS = { known: ['when', 'action', 'reason', 'rate_limit', 'hide', 'approval'], later: [] };

/** Where each rule stands, by its path. */
export type Places = Map<string, Span>;

/** One of the maps of rules. What is broken is reported and left out. */
export function readRules(kind: RuleMap, tree: Tree, places: Places, problems: Problems): RuleList[] {
  if (tree.kind === 'map') {
    return tree.entries.map((entry) => readRuleList(kind, entry, places, problems));
  }
  const hint = 'remove the key, or write rules below it';
  const keys = kind === 'categories' || kind === 'risks' ? kind : 'names';
  reportType(tree, `${kind} is a map of ${keys} and rules`, hint, problems);
  return [];
}

/** `tools.describe_*`; a key of other characters is quoted and escaped. */
export function renderRulePath(kind: RuleMap, key: string): string {
  return /^[\w./*?-]+$/.test(key) ? `${kind}.${key}` : `${kind}[${escapeUnseen(JSON.stringify(key))}]`;
}

function readRuleList(
  kind: RuleMap,
  { key, keySpan, value }: Entry,
  places: Places,
  problems: Problems,
): RuleList {
  if (key === '<<')
    problems.error(keySpan, 'merge_key', 'merge keys (<<) are not read', 'write the rules out');
  if (key === '') problems.error(keySpan, 'empty_text', 'an empty name', 'write a name or a glob');
  if (kind === 'categories' || kind === 'risks') checkClass(kind, key, keySpan, problems);
  const path = renderRulePath(kind, key);
  places.set(path, keySpan);
  const read = (tree: Tree, at: string) => {
    if (at !== path) places.set(at, tree.span);
    placeArguments(tree, at, places);
    return readRule(tree, at, problems);
  };
  const items = value.kind === 'list' ? value.items : null;
  if (items?.length === 0) {
    problems.error(value.span, 'empty_list', 'an empty list of rules', 'write a rule, or remove the name');
  }
  const rules =
    items === null ? [read(value, path)] : items.map((item, index) => read(item, `${path}[${index}]`));
  return { pattern: key, kind: isGlob(key) ? 'glob' : 'exact', rules: rules.filter((rule) => rule !== null) };
}

/** Each argument that a condition names stands somewhere too: `tools.pay.when.args.amount`. */
function placeArguments(tree: Tree, path: string, places: Places): void {
  const when = findEntry(tree, 'when')?.value;
  if (when?.kind !== 'map') return;
  for (const { key, keySpan } of when.entries) places.set(`${path}.when.${key}`, keySpan);
}

function readRule(tree: Tree, path: string, problems: Problems): Rule | null {
  const empty: Rule = {
    path,
    when: null,
    action: null,
    reason: null,
    hide: false,
    limit: null,
    approval: null,
  };
  if (tree.kind === 'scalar') {
    if (tree.value === null) {
      reportType(tree, 'a rule is an action or a map', `use ${ACTIONS.join(', ')} or a map`, problems);
      return null;
    }
    const action = readChoice(tree, 'action', ACTIONS, problems);
    return action === null ? null : { ...empty, action };
  }
  const entries = readEntries(tree, 'a rule', KEYS, problems);
  if (entries === null) return null;
  const rule: Rule = {
    path,
    when: readField(entries, 'when', (value) => readCondition(value, problems)),
    action: readField(entries, 'action', (value) => readChoice(value, 'action', ACTIONS, problems)),
    reason: readField(entries, 'reason', (value) => readText(value, 'a reason', problems)),
    hide: readField(entries, 'hide', (value) => readHide(value, problems)) ?? false,
    limit: readField(entries, 'rate_limit', (value) => readLimit(value, `${path}.rate_limit`, problems)),
    approval: readField(entries, 'approval', (value) => readApproval(value, problems)),
  };
  checkRule(rule, tree, entries, problems);
  warnConditions(tree, rule.action, problems);
  return rule;
}

function readHide(tree: Tree, problems: Problems): boolean | null {
  if (tree.kind === 'scalar' && typeof tree.value === 'boolean') return tree.value;
  reportType(tree, 'hide is a boolean', 'use true or false', problems);
  return null;
}

/** What each key is for itself may be fine, and the whole still say nothing. */
function checkRule(rule: Rule, tree: Tree, entries: ReadonlyMap<string, Entry>, problems: Problems): void {
  const hide = entries.get('hide');
  if (rule.hide && hide !== undefined && rule.action !== 'deny') {
    const message = 'hide without action: deny';
    problems.error(hide.keySpan, 'hide_without_deny', message, 'only a tool that is denied can be hidden');
  }
  if (rule.hide && hide !== undefined && entries.has('when')) {
    const message = 'hide beside a condition';
    const hint = 'a tool is listed before anyone knows its arguments: hide goes with an unconditional deny';
    problems.error(hide.keySpan, 'hide_with_condition', message, hint);
  }
  if (!entries.has('action') && !entries.has('rate_limit')) {
    const message = 'a rule with neither action nor rate_limit says nothing';
    problems.error(tree.span, 'empty_rule', message, 'add an action: allow, require_approval or deny');
    return;
  }
  if (entries.has('action')) return;
  for (const key of ['reason', 'approval']) {
    const entry = entries.get(key);
    if (entry === undefined) continue;
    const message = `${key} has no effect in a rule that only limits`;
    problems.warn(entry.keySpan, 'no_effect', message, 'add an action, or remove it');
  }
}
