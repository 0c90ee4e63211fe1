import type { Action } from '../../policy/policy.ts';
import { fold } from '../../policy/rule-index.ts';
import { readValue, type JsonValue } from '../../wire/value.ts';
import { boundClauses, boundWhole, type Clause } from './clauses.ts';
import { chooseRate } from './rate.ts';
import { countOf } from './words.ts';
import type { ShapeEvidence, ToolEvidence } from './tool-evidence.ts';

/** One entry of a list of rules: calls of one shape, allowed within these bounds. */
export interface PlannedEntry {
  readonly shape: ShapeEvidence;
  /** In the order of the arguments, the whole of them first. */
  readonly clauses: readonly Clause[];
}

/** The rule for one tool. */
export interface PlannedTool {
  readonly evidence: ToolEvidence;
  /** Of an `allow` the entries say when; without entries, always. */
  readonly action: Action;
  readonly entries: readonly PlannedEntry[];
  readonly limit: ReturnType<typeof chooseRate>;
  /** What a person should know of it, in sentences. */
  readonly remarks: readonly string[];
}

/** The `inputSchema` of a tool as it was pinned; null where it was not. */
export type FindSchema = (tool: string) => Buffer | null;

/** So many yeses of a person, and no no, are a yes to text that varies. */
const ENOUGH_APPROVED = 3;

/** The least rules that let the recorded calls run that ran. */
export function planTools(tools: readonly ToolEvidence[], findSchema: FindSchema): PlannedTool[] {
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
    return planTool(evidence, findSchema);
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
  return { evidence, action, entries: [], limit: null, remarks };
}

function planTool(evidence: ToolEvidence, findSchema: FindSchema): PlannedTool {
  const ask = (remark: string): PlannedTool => withoutEntries(evidence, 'require_approval', [remark]);
  const { ran, refusedByPerson, untold, odd } = evidence;
  if (ran === 0) return ask('No call of it ran.');
  if (refusedByPerson > 0) return ask('A person said no to it, so it is asked about each time.');
  const limit = chooseRate(evidence.rate.peaks);
  if (untold > 0 && isMild(evidence)) {
    const remarks = [
      `The log does not tell the arguments of ${countOf(untold, 'call')}, so there are no conditions on them.`,
    ];
    return { evidence, action: 'allow', entries: [], limit, remarks };
  }
  const remarks = new Set<string>();
  if (untold > 0)
    remarks.add(`Asked about: ${countOf(untold, 'call')} whose arguments the log does not tell.`);
  if (odd > 0)
    remarks.add(
      `Asked about: ${countOf(odd, 'call')} with arguments too odd or too varied to be told by rules.`,
    );
  const schema = readSchema(findSchema(evidence.name));
  const entries = [...evidence.shapes.values()]
    .toSorted((a, b) => b.calls - a.calls)
    .flatMap((shape) => planShape(shape, evidence, schema, remarks) ?? []);
  const action = entries.length === 0 ? 'require_approval' : 'allow';
  return { evidence, action, entries, limit: entries.length === 0 ? null : limit, remarks: [...remarks] };
}

function isMild({ category, risk }: ToolEvidence): boolean {
  return category === 'read' && risk === 'low';
}

/** Null where calls of this shape are asked about, for a reason that is added to the remarks. */
function planShape(
  shape: ShapeEvidence,
  evidence: ToolEvidence,
  schema: JsonValue | null,
  remarks: Set<string>,
): PlannedEntry | null {
  const clauses = shape.places.flatMap((place) =>
    boundClauses(place, evidence.valuesAt(place.path, place.kind), schema),
  );
  const isTrusted = shape.approved >= ENOUGH_APPROVED;
  let isOpen = false;
  for (const { path, bound } of clauses) {
    if (bound.open === null) continue;
    const what = `${path}: ${bound.open}`;
    const isBoundable = bound.tests.length > 0;
    if (isMild(evidence)) {
      if (!isBoundable) remarks.add(`There is no condition on ${what}.`);
    } else if (isTrusted && isBoundable) {
      remarks.add(`Nothing but the length of ${what}, and a person approved ${shape.approved} such calls.`);
    } else {
      isOpen = true;
      remarks.add(`Calls are asked about that have ${what}.`);
    }
  }
  return isOpen ? null : { shape, clauses: [boundWhole(shape.size), ...clauses] };
}

function readSchema(schema: Buffer | null): JsonValue | null {
  try {
    return schema === null ? null : readValue(schema);
  } catch {
    return null;
  }
}
