import type { Literal, Test } from '../condition/condition.ts';

export const VALUE_KINDS = ['null', 'boolean', 'number', 'string', 'list', 'map'] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

/** The kinds of value that a test can hold for; on any other it is false or unknown. Null: it holds for a missing one. */
export function listTestKinds(test: Test): readonly ValueKind[] | null {
  switch (test.kind) {
    case 'eq':
      return [test.literal.kind];
    case 'in':
      return test.literals.map(({ kind }) => kind);
    case 'ne':
      return listDifferent([test.literal]);
    case 'not_in':
      return listDifferent(test.literals);
    case 'contains':
    case 'not_contains':
      return test.literal.kind === 'string' ? ['string', 'list'] : ['list'];
    case 'exists':
      return test.wanted ? VALUE_KINDS : null;
    default:
      return FIXED[test.kind];
  }
}

type Fixed = Exclude<Test['kind'], 'eq' | 'ne' | 'in' | 'not_in' | 'contains' | 'not_contains' | 'exists'>;

const FIXED: Readonly<Record<Fixed, readonly ValueKind[]>> = {
  lt: ['number'],
  lte: ['number'],
  gt: ['number'],
  gte: ['number'],
  matches: ['string'],
  not_matches: ['string'],
  starts_with: ['string'],
  ends_with: ['string'],
  within: ['string'],
  host: ['string'],
  length: ['string', 'list', 'map'],
  every: ['list'],
  some: ['list'],
};

/**
 * A literal is compared with values of its own kind, and of another kind it is unknown whether they differ: so nothing
 * surely differs from both a number and a text. From null everything else differs.
 */
function listDifferent(literals: readonly Literal[]): readonly ValueKind[] {
  const kinds = new Set(literals.map(({ kind }) => kind).filter((kind) => kind !== 'null'));
  if (kinds.size === 0) return VALUE_KINDS.filter((kind) => kind !== 'null');
  return kinds.size === 1 ? [...kinds] : [];
}
