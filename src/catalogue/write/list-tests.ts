import { findNearest } from '../../policy/read/nearest.ts';
import type { Action } from '../../policy/policy.ts';
import { fold } from '../../policy/rule-index.ts';
import type { Group, PlannedTool } from './plan.ts';
import type { Treatment } from './treatment.ts';

/** A call and what it must come to. */
export interface WrittenTest {
  readonly call: string;
  /** YAML between the brackets of a map; null for no arguments. */
  readonly args: string | null;
  readonly expect: Action;
  /** What it shows, where that is not plain; null for nothing. */
  readonly note: string | null;
}

/** How many tools of one group are called: of those that are allowed, and of the others. */
const MOST_ALLOWED = 2;
const MOST_GUARDED = 25;
const ODD = 'text: perhaps';
const LATER = ['a_tool_added_later', 'some_tool_of_the_next_version', 'whatever-may-come-with-an-update'];

/** Calls that show what the rules promise: what is guarded, both sides of each condition, another case, a later tool. */
export function listTests(groups: readonly Group[], names: readonly string[]): WrittenTest[] {
  const known = new Set(names.map(fold));
  const later = LATER.find((name) => findNearest(name, [...known]) === null) ?? null;
  return [
    ...groups.flatMap(({ treatment, tools }) =>
      tools
        .slice(0, treatment.action === 'allow' ? MOST_ALLOWED : MOST_GUARDED)
        .flatMap((tool) => testTool(tool, treatment)),
    ),
    ...testCase(groups),
    ...(later === null
      ? []
      : [{ call: later, args: null, expect: 'require_approval' as const, note: 'by default' }]),
  ];
}

function testTool({ name, exception }: PlannedTool, { action }: Treatment): WrittenTest[] {
  if (exception === null) return [{ call: name, args: null, expect: action, note: null }];
  const { key } = exception;
  if (exception.test === 'true') {
    return [
      { call: name, args: `${key}: true`, expect: exception.action, note: null },
      { call: name, args: `${key}: 'true'`, expect: action, note: ODD },
      { call: name, args: null, expect: action, note: null },
    ];
  }
  return [
    { call: name, args: `${key}: false`, expect: action, note: null },
    { call: name, args: `${key}: 'false'`, expect: exception.action, note: ODD },
    { call: name, args: null, expect: exception.action, note: 'left out: perhaps' },
  ];
}

/** Some servers take another case for the same tool. */
function testCase(groups: readonly Group[]): WrittenTest[] {
  const denied = groups.filter(({ treatment }) => treatment.action === 'deny').flatMap(({ tools }) => tools);
  for (const { name, exception, twin } of denied) {
    const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
    if (exception === null && twin === null && other !== name)
      return [{ call: other, args: null, expect: 'deny', note: 'some servers take any case' }];
  }
  return [];
}
