import { renderVisible } from '../approval/card/visible.ts';
import type { Listing } from '../catalogue/listing.ts';
import type { LoadedSet } from '../policy/file/layers.ts';
import { compilePolicy, type CompiledPolicy } from '../policy/compile.ts';
import type { Ground } from '../policy/condition/ground.ts';
import { decide } from '../policy/decide.ts';
import { PIN_MODES, type PolicySet, type Problem } from '../policy/policy.ts';
import { escapeUnseen } from '../policy/quote.ts';
import { renderProblem } from '../policy/read/render-problem.ts';
import { renderRulePath } from '../policy/read/read-rules.ts';

/** What was found out about a policy. */
export interface Validation {
  readonly loaded: LoadedSet;
  /** The policy's own file, the first of all. */
  readonly file: string;
  readonly notices: readonly string[];
  /** All problems, those with the server among them. */
  readonly problems: readonly Problem[];
  /** The server it was held against; `unheard` where it should have been and could not. */
  readonly against: Listing | 'none' | 'unheard';
  readonly ground: Ground;
}

/** For programs. Null: there is no policy to check. */
export function renderValidationJson(validation: Validation | null): string {
  const { problems = [], file = null, loaded, against = 'none' } = validation ?? {};
  const valid = !problems.some(({ severity }) => severity === 'error');
  const tests = loaded?.tests ?? { passed: 0, failed: 0 };
  const told = against === 'none' ? {} : { against: against === 'unheard' ? null : describeListing(against) };
  return `${JSON.stringify({ valid, file, problems, tests, ...told }, null, 2)}\n`;
}

/** For a person who has no policy. */
export function renderEmpty(notices: readonly string[]): string {
  return renderLines(['nothing to check', ...notices]);
}

/** For a person: every problem, the verdict, and what the policy holds. */
export function renderValidation({ loaded, file, notices, problems, against, ground }: Validation): string {
  const { set, tests, texts } = loaded;
  const found = problems.map((problem) => `${renderProblem(problem, texts.get(problem.file) ?? '')}\n`);
  const name = escapeUnseen(file);
  const counted = countProblems(problems);
  const told = notices.map((notice) => `note: ${notice}`);
  if (set === null) return renderLines([...found, `${name} cannot be used: ${counted}`, ...told]);
  return renderLines([
    ...found,
    `${name} is sound${problems.length > 0 ? `, with ${counted}` : ''}`,
    ...renderFacts(set, tests.passed),
    ...renderAgainst(against),
    ...renderLimitsOnly(set, ground),
    ...told,
  ]);
}

function renderFacts(set: PolicySet, passed: number): string[] {
  const { policy } = set.layers[0];
  const unwritten = policy.default.written ? '' : ' (not written, so it asks)';
  const names = set.layers.reduce((sum, layer) => sum + layer.policy.rules.tools.length, 0);
  const others = set.layers.slice(1).map(({ policy: added }) => escapeUnseen(added.file ?? 'built-in'));
  return [
    `  default  ${policy.default.action}${unwritten}`,
    `  tools    ${count(names, 'name or glob', 'names and globs') || 'none'}`,
    ...renderClasses(set),
    `  tests    ${passed === 0 ? 'none' : `${passed} passed`}`,
    ...(others.length === 0 ? [] : [`  layers   ${others.join(', ')}`]),
  ];
}

/** Rules for what tools can do, and what becomes of a tool that has changed. */
function renderClasses({ layers }: PolicySet): string[] {
  const countRules = (kind: 'categories' | 'risks'): number =>
    layers.reduce((sum, { policy }) => sum + policy.rules[kind].length, 0);
  const classes = [
    count(countRules('categories'), 'category', 'categories'),
    count(countRules('risks'), 'risk'),
  ].filter((part) => part !== '');
  const pins = layers.flatMap(({ policy }) => policy.pin ?? []);
  const pin = PIN_MODES.findLast((mode) => pins.includes(mode));
  return [
    ...(classes.length === 0 ? [] : [`  classes  ${classes.join(' and ')}`]),
    ...(pin === undefined ? [] : [`  pin      ${pin}`]),
  ];
}

function renderAgainst(against: Validation['against']): string[] {
  if (against === 'none') return [];
  if (against === 'unheard') return ['  server   not asked: see below'];
  const { server, protocolVersion, tools, warnings } = against;
  const name = renderVisible(`${server.name} ${server.version}`.trim() || 'without a name');
  return [
    `  server   ${name}, ${count(tools.length, 'tool') || 'no tools'}, protocol ${renderVisible(protocolVersion)}`,
    ...warnings.map((warning) => `note: of the server: ${warning}`),
  ];
}

function describeListing({ server, protocolVersion, tools, warnings }: Listing): object {
  return { server, protocolVersion, tools: tools.map(({ name }) => name), warnings };
}

/** A rule that only limits leaves open who decides, so it is said. */
function renderLimitsOnly(set: PolicySet, ground: Ground): string[] {
  const compiled = compilePolicy(set, ground);
  const { action } = set.layers[0].policy.default;
  const lists = set.layers.flatMap(({ policy }) =>
    (['tools', 'categories', 'risks'] as const).flatMap((map) =>
      policy.rules[map].map((list) => ({ map, ...list })),
    ),
  );
  return lists.flatMap(({ map, pattern, kind, rules }) => {
    if (rules.some((rule) => rule.action !== null)) return [];
    const source =
      kind === 'exact' && map === 'tools'
        ? `the action comes from ${nameDecider(pattern, compiled, ground)}`
        : `the action comes from the other rules that fit a call, else from default (${action})`;
    return [`note: ${renderRulePath(map, pattern)} only limits; ${source}`];
  });
}

function nameDecider(name: string, compiled: CompiledPolicy, ground: Ground): string {
  const profile = { ...ground.classify(name), isSeen: true };
  const { rule, verdict } = decide(compiled, { kind: 'tools', name, args: null, schema: null, profile });
  return `${rule} (${verdict})`;
}

function countProblems(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const parts = [count(errors, 'error'), count(problems.length - errors, 'warning')];
  return parts.filter((part) => part !== '').join(', ');
}

function count(number: number, one: string, many = `${one}s`): string {
  return number === 0 ? '' : `${number} ${number === 1 ? one : many}`;
}

function renderLines(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
