import type { Action } from '../../policy/policy.ts';
import { fold } from '../../policy/rule-index.ts';
import { readValue, type JsonValue } from '../../wire/value.ts';
import { listEntries, widenEntries, type PlannedEntry } from './entries.ts';
import { chooseRate, limitToPeaks, type SuggestedLimit } from './rate.ts';
import { countOf } from './words.ts';
import type { ToolEvidence } from './tool-evidence.ts';

/** The rule for one tool. */
export interface PlannedTool {
  readonly evidence: ToolEvidence;
  /** Of an `allow` the entries say when; without entries, always. */
  readonly action: Action;
  readonly entries: readonly PlannedEntry[];
  readonly limits: readonly SuggestedLimit[];
  /** What a person should know of it, in sentences. */
  readonly remarks: readonly string[];
}

/** The `inputSchema` of a tool as it was pinned; null where it was not. */
export type FindSchema = (tool: string) => Buffer | null;

/** What rules are planned with. */
export interface Planning {
  readonly findSchema: FindSchema;
  /** Whether values of tools that only read may vary within what they have in common. */
  readonly isWidened: boolean;
}

/** The least rules that let the recorded calls run that ran. */
export function planTools(tools: readonly ToolEvidence[], planning: Planning): PlannedTool[] {
  const families = new Map<string, number>();
  for (const { name } of tools) families.set(fold(name), (families.get(fold(name)) ?? 0) + 1);
  const denied = new Set(tools.filter(isDenied).map(({ name }) => fold(name)));
  return tools.map((evidence) => {
    const folded = fold(evidence.name);
    if (denied.has(folded)) {
      const remarks = isDenied(evidence)
        ? []
        : ['A name that differs by case alone is denied, and so is this.'];
      return withoutEntries(evidence, 'deny', remarks);
    }
    if (families.get(folded) !== 1)
      return withoutEntries(evidence, 'require_approval', [
        'Another name differs by case alone, and servers may confuse the two: both are asked about.',
      ]);
    return planTool(evidence, planning);
  });
}

/** The same tool, asked about whatever the call is. */
export function askAlways({ evidence, remarks }: PlannedTool, why: string): PlannedTool {
  return withoutEntries(evidence, 'require_approval', [...remarks, why]);
}

function isDenied({ ran, refusedByPolicy }: ToolEvidence): boolean {
  return ran === 0 && refusedByPolicy > 0;
}

function withoutEntries(evidence: ToolEvidence, action: Action, remarks: readonly string[]): PlannedTool {
  return { evidence, action, entries: [], limits: [], remarks };
}

function planTool(evidence: ToolEvidence, { findSchema, isWidened }: Planning): PlannedTool {
  const ask = (remark: string): PlannedTool => withoutEntries(evidence, 'require_approval', [remark]);
  const { ran, refusedByPerson, untold, odd } = evidence;
  if (ran === 0) return ask('No call of it ran.');
  if (refusedByPerson > 0) return ask('A person said no to it, so it is asked about each time.');
  const limits = limitTool(evidence);
  const isWide = isWidened && evidence.isMild;
  if (untold > 0 && isWide) {
    const told = `The log does not tell the arguments of ${countOf(untold, 'call')}`;
    const remarks = [`${told}, so there are no conditions on them.`];
    return { evidence, action: 'allow', entries: [], limits, remarks };
  }
  const schema = readSchema(findSchema(evidence.name));
  const { entries, remarks } = isWide ? widenEntries(evidence, schema) : listEntries(evidence, schema);
  const asked = [
    ...(untold === 0
      ? []
      : [`Asked about: ${countOf(untold, 'call')} whose arguments the log does not tell.`]),
    ...(odd === 0
      ? []
      : [`Asked about: ${countOf(odd, 'call')} with arguments too odd or too varied to be told by rules.`]),
    ...remarks,
  ];
  const isAllowed = entries.length > 0;
  const action = isAllowed ? 'allow' : 'require_approval';
  return { evidence, action, entries, limits: isAllowed ? limits : [], remarks: asked };
}

function limitTool({ limited, rate: { peaks } }: ToolEvidence): readonly SuggestedLimit[] {
  if (limited > 0) return limitToPeaks(peaks);
  const limit = chooseRate(peaks);
  return limit === null ? [] : [limit];
}

function readSchema(schema: Buffer | null): JsonValue | null {
  try {
    return schema === null ? null : readValue(schema);
  } catch {
    return null;
  }
}
