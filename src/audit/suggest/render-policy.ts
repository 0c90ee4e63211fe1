import { renderComment, renderText } from '../../catalogue/write/yaml-text.ts';
import { quote } from '../../policy/quote.ts';
import type { PlannedTest } from './list-tests.ts';
import type { PlannedTool } from './plan.ts';
import { renderRule } from './render-rule.ts';
import { renderYaml } from './render-value.ts';
import { countOf, renderMoment } from './words.ts';

/** What a policy is written of. */
export interface Draft {
  readonly server: string;
  readonly tools: readonly PlannedTool[];
  readonly tests: readonly PlannedTest[];
}

/** Bytes; below the 1 MiB that a policy may have, with room for what a person adds. */
const MOST_BYTES = 900_000;
/** Of them, for all but the rules. */
const REST_BYTES = 5_000;
const LONGEST_TEST = 1_500;

/** The policy as commented YAML; without its tests, then its comments, then some of what it allows, where it grows too large. */
export function renderPolicy(draft: Draft, most = MOST_BYTES): string {
  const { tools, tests } = draft;
  const fits = (text: string): boolean => Buffer.byteLength(text) <= most;
  const whole = renderWhole(draft, renderRules(tools, true), tests);
  if (fits(whole)) return whole;
  const untested = renderWhole(draft, renderRules(tools, true), []);
  if (fits(untested)) return untested;
  const bare = renderWhole(draft, renderRules(tools, false), []);
  if (fits(bare)) return bare;
  return renderWhole(draft, cutRules(tools, most - REST_BYTES), []);
}

function renderRules(tools: readonly PlannedTool[], isCommented: boolean): string[] {
  return tools.flatMap((tool, index) => [
    ...(index === 0 || !isCommented ? [] : ['']),
    ...renderRule(tool, isCommented),
  ]);
}

/** What is asked about anyway needs no rule; of the others what is denied comes first. */
function cutRules(tools: readonly PlannedTool[], most: number): string[] {
  let left = most;
  let cut = 0;
  const kept = (['deny', 'allow'] as const).flatMap((action) =>
    tools.flatMap((tool) => {
      if (tool.action !== action) return [];
      const lines = renderRule(tool, false);
      const size = Buffer.byteLength(lines.join('\n')) + 1;
      if (size > left) {
        cut++;
        return [];
      }
      left -= size;
      return lines;
    }),
  );
  return [
    `  # ${cut} tools have no rule here, as the file would grow too large: default asks about them.`,
    ...kept,
  ];
}

function renderWhole(
  { server, tools }: Draft,
  rules: readonly string[],
  tests: readonly PlannedTest[],
): string {
  const lines = tests.flatMap(renderTest);
  return [
    ...renderHeader(server, tools),
    'version: 1',
    ...(server.trim() === ''
      ? []
      : [`server: ${renderText(server)} # another server does not start with it`]),
    'default: require_approval # what never happened is asked about',
    'pin: ask # a tool whose definition is no longer the one that was first seen',
    '',
    ...(rules.length === 0 ? [] : ['tools:', ...rules, '']),
    ...(lines.length === 0
      ? []
      : ['# Run whenever the file is read: one that fails refuses the whole file.', 'tests:', ...lines]),
    '',
  ].join('\n');
}

function renderHeader(server: string, tools: readonly PlannedTool[]): string[] {
  const ran = tools.reduce((sum, { evidence }) => sum + evidence.ran, 0);
  const first = Math.min(...tools.map(({ evidence }) => evidence.first));
  const last = Math.max(...tools.map(({ evidence }) => evidence.last));
  const when = ran === 0 ? '' : `, from ${renderMoment(first)} to ${renderMoment(last)}`;
  const paragraphs = [
    `The least for ${quote(server, 60)}: what ran of ${countOf(tools.length, 'tool')} in ${countOf(ran, 'recorded call')}${when}.`,
    'Written by mcp-guard suggest from the audit log. Read it before you use it: it allows what happened, be that right or wrong, and asks about everything else.',
  ];
  return paragraphs
    .flatMap((words) => [...renderComment(words, ''), '#'])
    .concat([
      '# Check it:  mcp-guard validate FILE',
      '# Use it:    mcp-guard run --policy FILE -- <command>',
    ]);
}

/** Nothing where it would be too long to be read. */
function renderTest({ call, args, expect, note }: PlannedTest): string[] {
  const yaml = args === null ? '' : renderYaml(args);
  if (yaml === null || yaml.length > LONGEST_TEST) return [];
  const inner = args === null ? '' : `args: ${yaml}, `;
  const comment = note === null ? '' : ` ${renderComment(note, '').join(' ')}`;
  return [`  - { call: ${renderText(call)}, ${inner}expect: ${expect} }${comment}`];
}
