import type { Clause, Literal, Step, Test } from '../../policy/condition/condition.ts';
import { renderLiteral, renderTest } from '../../policy/check/render-test.ts';
import { listTestKinds, VALUE_KINDS, type ValueKind } from '../../policy/check/test-types.ts';
import type { Rule } from '../../policy/policy.ts';
import type { JsonValue } from '../../wire/value.ts';
import { locate } from '../schema/locate.ts';
import type { Schema } from '../schema/schema.ts';
import { listAllowed, listKinds } from '../schema/values.ts';
import {
  append,
  joinNames,
  listFitting,
  placeOfPath,
  type Inspection,
  type InspectedTool,
} from './inspection.ts';
import { renderSteps } from './paths.ts';
import { suggestName } from './suggest.ts';

/** Tests of kinds of value, and of values, that the tools' schemas never let pass. */
export function checkOperands(inspection: Inspection): void {
  for (const list of inspection.policy.rules.tools) {
    const tools = listFitting(list, inspection.tools);
    for (const rule of list.rules) {
      for (const clause of rule.when?.clauses ?? []) checkClause(rule, clause, tools, inspection);
    }
  }
}

function checkClause(
  rule: Rule,
  { path, tests }: Clause,
  tools: readonly InspectedTool[],
  inspection: Inspection,
): void {
  const misfits = tools.flatMap(({ name, schema }) =>
    schema === null ? [] : tests.flatMap((test) => findMisfits(test, path.steps, { tool: name, schema })),
  );
  // One warning for each thing that is wrong, however many tools it is wrong for.
  const byMessage = new Map<string, Misfit[]>();
  for (const misfit of misfits) append(byMessage, misfit.what, misfit);
  for (const [what, same] of byMessage) {
    const [first] = same;
    if (first === undefined) continue;
    const { code, hint } = first;
    const names = joinNames(same.map(({ tool }) => tool));
    inspection.problems.warn(placeOfPath(rule, path.text, inspection), code, `${what} (${names})`, hint);
  }
}

interface Misfit {
  readonly tool: string;
  readonly code: string;
  readonly what: string;
  readonly hint: string | null;
}

interface Target {
  readonly tool: string;
  readonly schema: Schema;
}

function findMisfits(test: Test, steps: readonly Step[], target: Target): Misfit[] {
  const { tool, schema } = target;
  const location = locate(schema, steps);
  if (location.kind !== 'known') return [];
  const kinds = VALUE_KINDS.filter((kind) => location.schemas.some((one) => listKinds(one).includes(kind)));
  const wanted = listTestKinds(test);
  const where = renderSteps(steps);
  if (wanted !== null && kinds.length > 0 && !kinds.some((kind) => wanted.includes(kind))) {
    const what = `${renderTest(test)} can never be true of ${where}, which is ${describeKinds(kinds)}`;
    const hint = `it is for ${describeKinds(wanted)}; of any other value it is unknown, and the stricter outcome is taken`;
    return [{ tool, code: 'wrong_operand', what, hint }];
  }
  if (test.kind === 'every' || test.kind === 'some') {
    const inside: Step[] = [...steps, { kind: 'index', index: 0 }];
    return test.tests.flatMap((inner) => findMisfits(inner, inside, target));
  }
  return findStrangers(test, location.schemas, where).map((found) => ({ tool, ...found }));
}

/** Literals that are none of the values the schema lists: a slip of the pen in either. */
function findStrangers(test: Test, schemas: readonly Schema[], where: string): Omit<Misfit, 'tool'>[] {
  const literals = listLiterals(test);
  const lists = schemas.map((one) => listAllowed(one));
  const allowed = lists.every((list) => list !== null) ? lists.flat() : null;
  if (allowed === null || allowed.length === 0) return [];
  return literals
    .filter((literal) => !allowed.some((value) => isEqual(literal, value)))
    .map((literal) => ({
      code: 'unknown_value',
      what: `${where} is never ${renderLiteral(literal)}`,
      hint: suggestValue(literal, allowed),
    }));
}

function listLiterals(test: Test): readonly Literal[] {
  if (test.kind === 'eq' || test.kind === 'ne') return [test.literal];
  return test.kind === 'in' || test.kind === 'not_in' ? test.literals : [];
}

/** Numbers may be written in many ways, so they are never said to be strangers. */
function isEqual(literal: Literal, value: JsonValue): boolean {
  if (literal.kind !== value.kind) return false;
  if (literal.kind === 'string' || literal.kind === 'boolean') {
    return 'value' in value && literal.value === value.value;
  }
  return true;
}

function suggestValue(literal: Literal, allowed: readonly JsonValue[]): string {
  const texts = allowed.flatMap((value) => (value.kind === 'string' ? [value.value] : []));
  const nearest = literal.kind === 'string' ? suggestName(literal.value, texts) : null;
  if (nearest !== null) return `did you mean ${renderLiteral({ kind: 'string', value: nearest })}?`;
  const shown = allowed.flatMap((value) =>
    value.kind === 'list' || value.kind === 'map' ? [] : [renderLiteral(value)],
  );
  return `its schema lists ${joinNames(shown)}`;
}

const WORDS: Readonly<Record<ValueKind, string>> = {
  null: 'null',
  boolean: 'a boolean',
  number: 'a number',
  string: 'a string',
  list: 'a list',
  map: 'an object',
};

export function describeKinds(kinds: readonly ValueKind[]): string {
  const words = kinds.filter((kind) => kind !== 'null' || kinds.length === 1).map((kind) => WORDS[kind]);
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
