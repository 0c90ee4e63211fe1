import { findDefault } from '../../policy/condition/find-default.ts';
import type { JsonValue } from '../../wire/value.ts';
import type { ArgumentValues } from './argument-values.ts';
import { boundExactly, boundPlace, type Bound } from './bound.ts';
import type { Exact } from './combinations.ts';
import { NO_KEY, type Place } from './read-shape.ts';

/** One line of a `when`. */
export interface Clause {
  readonly path: string;
  readonly steps: readonly string[];
  readonly bound: Bound;
  /** Whether it must be said that the argument is there, as the server may fill it in with a value that passes. */
  readonly saysExists: boolean;
  /** What it is there for, where that is not plain; null for nothing. */
  readonly note: string | null;
}

const NULL: JsonValue = { kind: 'null' };

/** What one argument must be: one of these values. `schema`: that of the tool, null where it was not seen. */
export function exactClauses(place: Place, values: readonly Exact[], schema: JsonValue | null): Clause[] {
  const items = values.length === 1 && values[0] !== undefined && !('kind' in values[0]) ? values[0] : [];
  return [
    ...placeClauses(place, boundExactly(values), schema),
    ...items.map((item, index) => ({
      path: `${place.path}[${index}]`,
      steps: [],
      bound: boundExactly([item]),
      saysExists: false,
      note: null,
    })),
  ];
}

/** What one argument is bound to by what its values have in common. */
export function commonClauses(place: Place, values: ArgumentValues, schema: JsonValue | null): Clause[] {
  return placeClauses(place, boundPlace(place, values), schema);
}

function placeClauses({ path, steps, kind, size }: Place, bound: Bound, schema: JsonValue | null): Clause[] {
  const keys = steps.map((key) => ({ kind: 'key', key }) as const);
  // Where no schema was seen there may be a default all the same.
  const saysExists = schema === null || findDefault(schema, keys) !== null;
  const own = { path, steps, bound, saysExists: saysExists || bound.tests.length === 0, note: null };
  // A text or a list has a length, too. What stands inside an object tells that it is one.
  const isToldByMembers = kind === 'map' && size > 0;
  if ((kind !== 'map' && kind !== 'deep') || isToldByMembers) return [own];
  const outside: JsonValue = { kind: 'boolean', value: true };
  return [
    own,
    {
      path: `${path}.${NO_KEY}`,
      steps: [...steps, NO_KEY],
      bound: { tests: ['exists: false'], literal: null, open: null, outside },
      saysExists: false,
      note: 'so it is an object',
    },
  ];
}

/** No argument beside those that the other clauses tell of; `size` is null where the call had none at all. */
export function boundWhole(size: number | null): Clause {
  const tests = size === null ? ['exists: false'] : [`length: ${size}`];
  const bound = { tests, literal: null, open: null, outside: NULL };
  return {
    path: 'args',
    steps: [],
    bound,
    saysExists: false,
    note: size === null ? null : 'no other argument',
  };
}
