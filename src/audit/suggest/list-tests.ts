import type { Action } from '../../policy/policy.ts';
import { fold } from '../../policy/rule-index.ts';
import { readValue, type JsonValue } from '../../wire/value.ts';
import type { PlannedEntry } from './entries.ts';
import type { PlannedTool } from './plan.ts';
import { replaceAt } from './render-value.ts';

/** A call and what it must come to. */
export interface PlannedTest {
  readonly call: string;
  /** Null where it has none. */
  readonly args: JsonValue | null;
  readonly expect: Action;
  /** What it shows; null for the recorded call itself. */
  readonly note: string | null;
}

const MOST_TESTED = 4;
const LATER = ['a_tool_never_seen', 'some_tool_of_the_next_version', 'whatever-may-come-with-an-update'];
const UNSEEN = ['never_seen_before', 'not-in-the-log', 'another.argument'];

/** One recorded call of each of its entries, and for each of their conditions a call that fails it alone. */
export function listTests({ evidence, action, entries }: PlannedTool): PlannedTest[] {
  const call = evidence.name;
  if (action !== 'allow') return [{ call, args: null, expect: action, note: null }];
  if (entries.length === 0) return [{ call, args: null, expect: 'allow', note: null }];
  return entries.slice(0, MOST_TESTED).flatMap((entry) => testEntry(call, entry));
}

/** A tool that nobody called. */
export function testLater(names: readonly string[]): PlannedTest[] {
  const known = new Set(names.map(fold));
  const call = LATER.find((name) => !known.has(name));
  return call === undefined ? [] : [{ call, args: null, expect: 'require_approval', note: 'never seen' }];
}

/** The arguments of an entry's example; undefined where none was kept. */
export function readExample({ example }: PlannedEntry): JsonValue | null | undefined {
  return example === undefined || example === null ? example : readValue(example);
}

function testEntry(call: string, entry: PlannedEntry): PlannedTest[] {
  const args = readExample(entry);
  if (args === undefined) return [];
  const outside = (value: JsonValue, note: string): PlannedTest => ({
    call,
    args: value,
    expect: 'require_approval',
    note,
  });
  const whole: JsonValue = args ?? { kind: 'map', entries: new Map() };
  const unseen = UNSEEN.find((key) => whole.kind === 'map' && !whole.entries.has(key)) ?? '';
  return [
    { call, args, expect: 'allow', note: null },
    ...entry.clauses
      .filter(({ steps, bound }) => steps.length > 0 && bound.tests.length > 0)
      .map(({ path, steps, bound }) => outside(replaceAt(whole, steps, bound.outside), path)),
    outside(replaceAt(whole, [unseen], { kind: 'boolean', value: true }), 'one more argument'),
  ];
}
