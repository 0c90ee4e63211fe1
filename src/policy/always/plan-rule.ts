import { createHash } from 'node:crypto';
import { compilePolicy, type CompiledPolicy } from '../compile.ts';
import type { Ground } from '../condition/ground.ts';
import { decide } from '../decide.ts';
import { editRule } from './edit-rule.ts';
import { createSet, parseLoaded } from '../file/load.ts';
import { MOST_BYTES } from '../file/open.ts';
import type { Evaluation, Layer, Policy, Problem, Query, Rule, RuleList } from '../policy.ts';
import { CATEGORIES, RISKS, type Profile } from '../profile.ts';
import { escapeUnseen, quote } from '../quote.ts';
import { renderRulePath } from '../read/read-rules.ts';
import { applySplices } from './splice.ts';
import { isToolName } from '../../protocol/tool-name.ts';

/** A rule that a person's "always" asks for. */
export interface RuleWish {
  readonly file: string;
  /** Hashes of the file as the guard loaded it, and as it has itself written it since. */
  readonly hashes: readonly string[];
  /** The files that it adds. */
  readonly added: readonly Layer[];
  readonly ground: Ground;
  readonly tool: string;
  /** What the tool that was asked about can do. */
  readonly profile: Profile;
  /** Path of the rule that asked: `default`, `tools.x`, `tools.describe_*`, `tools.x[1]`, `categories.write`. */
  readonly rule: string;
}

export type Plan =
  | {
      readonly kind: 'rule';
      readonly bytes: Buffer;
      /** What changes, below the keys it belongs to; nothing in it acts on a terminal. */
      readonly lines: readonly string[];
    }
  | { readonly kind: 'impossible'; readonly why: string };

const BOM = '\ufeff';
const WIDEST_LINE = 240;
/** A tool's name at its longest, with a rule round it. */
const WIDEST_CHANGE = 180;
const WIDEST_BEFORE = 40;

/**
 * The file's bytes with a rule that allows the tool. What is planned was loaded again: a sound policy whose tests pass,
 * which allows the tool by that rule, and says the same as before of everything else.
 */
export function planRule(bytes: Buffer, wish: RuleWish): Plan {
  if (!wish.hashes.includes(createHash('sha256').update(bytes).digest('hex')))
    return refuse('the file changed since it was loaded');
  const { policy, text } = parseLoaded(bytes, wish.file, wish.ground, wish.added);
  if (policy === null) return refuse('the file is no sound policy');
  const asks = explainNotAsked(policy, wish);
  if (asks !== null) return refuse(asks);
  const edit = editRule(text, wish.tool);
  if (edit.kind === 'impossible') return refuse(`${edit.why}: edit the file by hand`);
  const edited = applySplices(text, edit.splices);
  const planned = Buffer.from(bytes.toString('utf8').startsWith(BOM) ? BOM + edited : edited);
  const why = explainUnsound(planned, policy, wish);
  if (why !== null) return refuse(`${why}: edit the file by hand`);
  return { kind: 'rule', bytes: planned, lines: listChanged(text, edited, edit.below) };
}

function refuse(why: string): Plan {
  return { kind: 'impossible', why };
}

/** An exact rule changes nothing where something else than a rule for the tool asked: a limit, for one. */
function explainNotAsked(policy: Policy, { tool, profile, rule, ground }: RuleWish): string | null {
  if (!isToolName(tool)) return `no tool can have the name ${quote(tool)}`;
  const now = decide(compileAlone(policy, ground), describeTool(tool, profile));
  if (hasCondition(policy, now)) return 'a rule for the tool looks at its arguments: edit the file by hand';
  return now.verdict === 'require_approval' && now.rule === rule
    ? null
    : `the question came from ${escapeUnseen(rule)}, which a rule for the tool would not change`;
}

/** The file by itself: what others say does not change with it. */
function compileAlone(policy: Policy, ground: Ground): CompiledPolicy {
  return compilePolicy(createSet({ policy, role: 'first' }, []), ground);
}

function describeTool(name: string, profile: Profile): Query {
  return { kind: 'tools', name, args: null, schema: null, profile };
}

/** Every category and every risk at least once: an exact rule is above them all, whatever the tool turns out to be. */
const SAMPLES: readonly Profile[] = CATEGORIES.map((category, index) => ({
  category,
  risk: RISKS[index % RISKS.length] ?? 'critical',
  isSeen: true,
}));

/** What is decided for some arguments cannot be told from what is decided for none. */
function hasCondition({ rules }: Policy, { matched }: Evaluation): boolean {
  const fitting = new Set(matched.map((match) => match.rule));
  const lists = [...rules.tools, ...rules.categories, ...rules.risks];
  return lists.some((list) => list.rules.some(({ path, when }) => when !== null && fitting.has(path)));
}

function explainUnsound(planned: Buffer, before: Policy, wish: RuleWish): string | null {
  const { file, tool, added, ground } = wish;
  if (planned.length > MOST_BYTES) return `the file would have more than ${MOST_BYTES} bytes`;
  const { policy: after, problems } = parseLoaded(planned, file, ground, added);
  if (after === null) return explainProblem(problems.find(({ severity }) => severity === 'error'));
  const [old, now] = [compileAlone(before, ground), compileAlone(after, ground)];
  const listProfiles = (name: string): readonly Profile[] =>
    now.asksProfile ? [wish.profile, ground.classify(name), ...SAMPLES] : [wish.profile];
  for (const profile of listProfiles(tool)) {
    const { verdict, rule } = decide(now, describeTool(tool, profile));
    if (verdict !== 'allow')
      return `${rule}, a stricter rule for another spelling of the name, would still decide`;
  }
  const touched = listOthers(before, tool).find((name) =>
    listProfiles(name).some((profile) => {
      const query = describeTool(name, profile);
      return !isSameDecision(decide(old, query), decide(now, query));
    }),
  );
  if (touched !== undefined) return `the decision about ${quote(touched)} would change too`;
  return isAlike(
    { ...after, hash: '' },
    { ...before, hash: '', rules: { ...before.rules, tools: expectTools(before, tool) } },
  )
    ? null
    : 'something else in the policy would change too';
}

/** The other tools that the policy names. */
function listOthers({ rules }: Policy, tool: string): string[] {
  const exact = rules.tools.filter(({ kind }) => kind === 'exact');
  return exact.flatMap(({ pattern }) => (pattern === tool ? [] : [pattern]));
}

function explainProblem(problem: Problem | undefined): string {
  if (problem === undefined) return 'the policy would not be sound';
  const { code, line, message } = problem;
  return code === 'test_failed'
    ? `a test of the policy stands against it: line ${line}: ${message}`
    : `the policy would not be sound: line ${line}: ${message}`;
}

/** The rules as they should be afterwards, in the order of the file. */
function expectTools({ rules: { tools } }: Policy, tool: string): RuleList[] {
  const path = renderRulePath('tools', tool);
  const empty: Rule = {
    path,
    when: null,
    action: null,
    reason: null,
    hide: false,
    limit: null,
    approval: null,
  };
  const own = tools.find(({ pattern }) => pattern === tool) ?? {
    pattern: tool,
    kind: 'exact',
    rules: [empty],
  };
  const allowed: RuleList = { ...own, rules: own.rules.map((rule) => ({ ...rule, action: 'allow' })) };
  return tools.includes(own) ? tools.map((rules) => (rules === own ? allowed : rules)) : [...tools, allowed];
}

/** That the rule also fits another spelling of the name means nothing by itself. */
function isSameDecision(a: Evaluation, b: Evaluation): boolean {
  return isAlike({ ...a, matched: [] }, { ...b, matched: [] });
}

function isAlike<T>(a: T, b: T): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The lines that differ, below those of the given offsets that are not among them. */
function listChanged(before: string, after: string, below: readonly number[]): string[] {
  const [old, now] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  const first = now.findIndex((line, index) => line !== old[index]);
  let last = now.length;
  while (last > first + 1 && now[last - 1] === old[old.length - now.length + last - 1]) last--;
  const above = new Set(below.map((offset) => before.slice(0, offset).split('\n').length - 1));
  const context = [...above].filter((line) => line < first).map((line) => renderLine(now[line] ?? '', 0));
  const [changed = '', ...rest] = now.slice(first, last);
  const column = findDifference(changed, old[first] ?? '');
  return [...context, renderLine(changed, column), ...rest.map((line) => renderLine(line, 0))];
}

function findDifference(line: string, other: string): number {
  let column = 0;
  while (column < line.length && line[column] === other[column]) column++;
  return column;
}

/** A whole policy may stand in one line, of which what was changed must be seen. */
function renderLine(text: string, column: number): string {
  const from = column + WIDEST_CHANGE <= WIDEST_LINE ? 0 : column - WIDEST_BEFORE;
  const shown = escapeUnseen(text.slice(from, from + WIDEST_LINE));
  return `${from > 0 ? '…' : ''}${shown}${from + WIDEST_LINE < text.length ? '…' : ''}`;
}
