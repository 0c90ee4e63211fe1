import type { Scan } from '../scan/scan.ts';
import { listTests, type WrittenTest } from './list-tests.ts';
import { planRules, type Group, type Plan } from './plan.ts';
import { renderHeader } from './render-header.ts';
import { renderBareRule, renderGroup } from './render-rule.ts';
import { renderText } from './yaml-text.ts';

/** Bytes; below the 1 MiB that a policy may have, with room for what a person adds. */
const MOST_BYTES = 900_000;
/** Of them, for everything but the rules of a policy that is cut. */
const REST_BYTES = 100_000;

/**
 * The least-privilege policy for the tools of a server, as commented YAML with tests. The same scan gives the same
 * bytes, whatever the server calls itself and its tools. Each tool gets a rule of its own by its exact name, so that
 * one that comes later meets `default` alone, which asks.
 */
export function renderPolicy(scan: Scan): string {
  const plan = planRules(scan);
  const text = renderWhole(scan, plan, renderRules(plan));
  return Buffer.byteLength(text) <= MOST_BYTES ? text : renderShort(scan, plan);
}

/** Rules that say what `default` says are left out, comments and reasons too, and at last what is allowed. */
function renderShort(scan: Scan, plan: Plan): string {
  let left = MOST_BYTES - REST_BYTES;
  const kept = new Map<string, string>();
  for (const action of ['deny', 'allow'] as const) {
    for (const { treatment, tools } of plan.groups) {
      if (treatment.action !== action) continue;
      for (const tool of tools) {
        const line = renderBareRule(tool, treatment);
        left -= line.length + 1;
        if (left >= 0) kept.set(tool.name, line);
      }
    }
  }
  const groups = plan.groups.flatMap((group): Group[] => {
    const tools = group.tools
      .filter(({ name }) => kept.has(name))
      .map((tool) => ({ ...tool, exception: null }));
    return tools.length === 0 ? [] : [{ ...group, tools }];
  });
  const short = { ...plan, groups };
  const cut = plan.groups.reduce((sum, { tools }) => sum + tools.length, 0) - kept.size;
  const rules = [
    `  # ${cut} tools have no rule here, as the file would grow too large: default asks about them.`,
    ...kept.values(),
  ];
  return renderWhole(scan, short, rules);
}

function renderRules({ groups }: Plan): string[] {
  return groups.flatMap((group, index) => [...(index === 0 ? [] : ['']), ...renderGroup(group)]);
}

function renderWhole(scan: Scan, plan: Plan, rules: readonly string[]): string {
  const names = scan.listing.tools.map(({ name }) => name);
  const tests = listTests(plan.groups, names).map(renderTest);
  return [
    ...renderHeader(scan, plan),
    'version: 1',
    ...(scan.name.trim() === ''
      ? []
      : [`server: ${renderText(scan.name)} # another server does not start with it`]),
    'default: require_approval # a tool that has no rule below, as it came later',
    'pin: ask # a tool whose definition is no longer the one that was first seen',
    'rate_limit: 120/minute # all calls of a session together',
    '',
    ...(rules.length === 0 ? [] : ['tools:', ...rules, '']),
    ...(tests.length === 0
      ? []
      : ['# Run whenever the file is read: one that fails refuses the whole file.', 'tests:', ...tests]),
    '',
  ].join('\n');
}

function renderTest({ call, args, expect, note }: WrittenTest): string {
  const inner = args === null ? '' : `args: { ${args} }, `;
  return `  - { call: ${renderText(call)}, ${inner}expect: ${expect} }${note === null ? '' : ` # ${note}`}`;
}
