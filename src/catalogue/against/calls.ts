import type { Step } from '../../policy/condition/condition.ts';
import { placeOf } from '../../policy/check/checkup.ts';
import { readValue, type JsonValue } from '../../wire/value.ts';
import { locate } from '../schema/locate.ts';
import type { Schema } from '../schema/schema.ts';
import { listKinds } from '../schema/values.ts';
import type { Inspection } from './inspection.ts';
import { describeKinds } from './operands.ts';
import { renderSteps } from './paths.ts';
import { suggestName } from './suggest.ts';

/**
 * Tests whose arguments the tool's own schema refuses. Where the call is not to be allowed they may be odd on purpose, to
 * show that they do not get through, so then only what looks like a slip of the pen is told.
 */
export function checkCalls({ policy, places, problems, tools }: Inspection): void {
  for (const { path, kind, name, args, expect } of policy.tests) {
    const schema = tools.find((tool) => tool.name === name)?.schema ?? null;
    if (kind !== 'tools' || args === null || schema === null) continue;
    for (const { what, hint, isSlip } of findRefused(readValue(Buffer.from(args)), [], schema)) {
      if (expect !== 'allow' && !isSlip) continue;
      problems.warn(
        placeOf(path, places),
        'impossible_call',
        `the test calls ${name} as nobody can: ${what}`,
        hint,
      );
    }
  }
}

interface Refused {
  readonly what: string;
  readonly hint: string | null;
  /** A name that is likely misspelt; one in another case may be there to be refused. */
  readonly isSlip: boolean;
}

/** What the schema does not let pass in a value, from the outside in. */
function findRefused(value: JsonValue, steps: readonly Step[], schema: Schema): Refused[] {
  const location = locate(schema, steps);
  const where = renderSteps(steps);
  if (location.kind === 'open') return [];
  if (location.kind === 'missing') {
    const last = steps.at(-1);
    const nearest = last?.kind === 'key' ? suggestName(last.key, location.keys) : null;
    const hint = nearest === null ? null : `did you mean ${nearest}?`;
    const isSlip =
      nearest !== null && last?.kind === 'key' && nearest.toLowerCase() !== last.key.toLowerCase();
    return [{ what: `it has no ${where}`, hint, isSlip }];
  }
  const kinds = [...new Set(location.schemas.flatMap((one) => listKinds(one)))];
  if (!kinds.includes(value.kind)) {
    const what = `${where} is ${describeKinds(kinds)}, and not ${describeKinds([value.kind])}`;
    return [{ what, hint: null, isSlip: false }];
  }
  return listInner(value).flatMap(([step, inner]) => findRefused(inner, [...steps, step], schema));
}

function listInner(value: JsonValue): [Step, JsonValue][] {
  if (value.kind === 'map') return [...value.entries].map(([key, inner]) => [{ kind: 'key', key }, inner]);
  if (value.kind !== 'list') return [];
  return value.items.map((inner, index) => [{ kind: 'index', index }, inner]);
}
