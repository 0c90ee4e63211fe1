import { parseArgPath } from '../../src/policy/condition/arg-path.ts';
import { compileCondition, type Judge } from '../../src/policy/condition/compile-condition.ts';
import type { Condition, Literal, Test, Truth } from '../../src/policy/condition/condition.ts';
import { readValue } from '../../src/wire/value.ts';
import { GROUND } from './policy.ts';

/** A literal as a policy writes it, from JSON text. */
export function literalOf(json: string): Literal {
  const value = readValue(Buffer.from(json));
  if (value.kind === 'list' || value.kind === 'map') throw new Error(`${json} is no literal`);
  return value;
}

/** Tests by name, as a policy writes them: `{ lt: 5 }`, `{ every: { eq: 1 } }`. */
export type Operand = Readonly<Record<string, unknown>>;

const FIELDS: Readonly<Record<Test['kind'], (operand: unknown) => object>> = {
  ...sameFor(['eq', 'ne', 'contains', 'not_contains'], (operand) => ({ literal: toLiteral(operand) })),
  ...sameFor(['in', 'not_in'], (operand) => ({ literals: (operand as unknown[]).map(toLiteral) })),
  ...sameFor(['lt', 'lte', 'gt', 'gte'], (operand) => ({ bound: String(operand) })),
  ...sameFor(['matches', 'not_matches'], (operand) => ({ pattern: String(operand) })),
  ...sameFor(['starts_with', 'ends_with'], (operand) => ({ text: String(operand) })),
  ...sameFor(['exists'], (operand) => ({ wanted: operand === true })),
  ...sameFor(['length', 'every', 'some'], (operand) => ({ tests: testsOf(operand as Operand) })),
  ...sameFor(['within'], (operand) => ({ folders: operand })),
  ...sameFor(['host'], (operand) => ({ patterns: operand })),
};

export function testsOf(operands: Operand): Test[] {
  return Object.entries(operands).map(([name, operand]) => {
    const kind = name as Test['kind'];
    return { kind, ...FIELDS[kind](operand) } as Test;
  });
}

/** Tests by path, all of which must hold. */
export function conditionOf(clauses: Readonly<Record<string, readonly Test[]>>): Condition {
  return {
    clauses: Object.entries(clauses).map(([text, tests]) => {
      const path = parseArgPath(text);
      if (path === null) throw new Error(`${text} is no path`);
      return { path, tests };
    }),
  };
}

export function judgeOf(clauses: Readonly<Record<string, readonly Test[]>>): Judge {
  return compileCondition(conditionOf(clauses), GROUND, '/policies');
}

/** What tests of `args.a` say of a value, both as JSON text; undefined: there is no `a`. */
export function judge(tests: readonly Test[], value?: string): Truth {
  return judgeIn({ 'args.a': tests }, value === undefined ? '{}' : `{"a":${value}}`);
}

/** What a condition says of arguments and perhaps a schema, as JSON text. */
export function judgeIn(
  clauses: Readonly<Record<string, readonly Test[]>>,
  args: string | null,
  schema?: object,
): Truth {
  return judgeOf(clauses)({
    args: args === null ? null : readValue(Buffer.from(args)),
    schema: schema === undefined ? null : readValue(Buffer.from(JSON.stringify(schema))),
  });
}

function sameFor<K extends Test['kind']>(
  kinds: readonly K[],
  fields: (operand: unknown) => object,
): Record<K, (operand: unknown) => object> {
  return Object.fromEntries(kinds.map((kind) => [kind, fields])) as Record<K, typeof fields>;
}

function toLiteral(value: unknown): Literal {
  return literalOf(JSON.stringify(value));
}
