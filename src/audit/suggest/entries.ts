import type { JsonValue } from '../../wire/value.ts';
import { boundWhole, commonClauses, exactClauses, type Clause } from './clauses.ts';
import type { Box } from './combinations.ts';
import { countOf } from './words.ts';
import type { ShapeEvidence, ToolEvidence } from './tool-evidence.ts';

/** One entry of a list of rules: calls of one shape, allowed within these bounds. */
export interface PlannedEntry {
  /** In the order of the arguments, the whole of them first. */
  readonly clauses: readonly Clause[];
  /** The arguments of a call that it is for: JSON, null where it had none. Undefined: none was kept. */
  readonly example: Buffer | null | undefined;
}

export interface Entries {
  readonly entries: readonly PlannedEntry[];
  /** What a person should know of them, in sentences. */
  readonly remarks: readonly string[];
}

/** More would be read by nobody. */
const MOST_BOXES = 12;

/** Entries for the values that came, in the combinations in which they came, and for no other. */
export function listEntries(evidence: ToolEvidence, schema: JsonValue | null): Entries {
  const entries: PlannedEntry[] = [];
  let [untellable, varied] = [0, 0];
  for (const shape of sortShapes(evidence)) {
    const { combinations, calls } = shape;
    const boxes = combinations.box().slice(0, MOST_BOXES);
    untellable += combinations.untellable;
    varied += calls - combinations.untellable - boxes.reduce((sum, box) => sum + box.calls, 0);
    entries.push(...boxes.map((box) => listEntry(shape, box, evidence, schema)));
  }
  const instead = evidence.isMild ? '; --widen allows what they have in common' : '';
  const remarks = [
    ...(untellable === 0
      ? []
      : [`Asked about: ${countOf(untellable, 'call')} with values that are masked, cut, long or nested.`]),
    ...(varied === 0
      ? []
      : [`Asked about: ${countOf(varied, 'call')} with values that vary too much to be listed${instead}.`]),
  ];
  return { entries, remarks };
}

function listEntry(
  shape: ShapeEvidence,
  box: Box,
  evidence: ToolEvidence,
  schema: JsonValue | null,
): PlannedEntry {
  const clauses = shape.places.flatMap((place) => {
    const values = box.values.get(place.path);
    return values === undefined
      ? commonClauses(place, evidence.valuesAt(place.path, place.kind), schema)
      : exactClauses(place, values, schema);
  });
  return { clauses: [boundWhole(shape.size), ...clauses], example: box.example };
}

/** Entries for what the values have in common: they let more through than came. */
export function widenEntries(evidence: ToolEvidence, schema: JsonValue | null): Entries {
  const remarks = new Set<string>();
  const entries = sortShapes(evidence).map(({ places, size, example }) => {
    const clauses = places.flatMap((place) =>
      commonClauses(place, evidence.valuesAt(place.path, place.kind), schema),
    );
    for (const { path, bound } of clauses) {
      if (bound.open !== null) remarks.add(`There is no condition on ${path}: ${bound.open}.`);
    }
    return { clauses: [boundWhole(size), ...clauses], example };
  });
  return { entries, remarks: [...remarks] };
}

function sortShapes({ shapes }: ToolEvidence): ShapeEvidence[] {
  return [...shapes.values()].toSorted((a, b) => b.calls - a.calls);
}
