/** A value as a policy writes it: plain data, numbers as their text, so that nothing is rounded. */
export type Literal =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string };

/** One test of one value. */
export type Test =
  | { readonly kind: 'eq' | 'ne' | 'contains' | 'not_contains'; readonly literal: Literal }
  | { readonly kind: 'in' | 'not_in'; readonly literals: readonly Literal[] }
  /** `bound` is a number as written. */
  | { readonly kind: 'lt' | 'lte' | 'gt' | 'gte'; readonly bound: string }
  /** `pattern` is RE2. */
  | { readonly kind: 'matches' | 'not_matches'; readonly pattern: string }
  | { readonly kind: 'starts_with' | 'ends_with'; readonly text: string }
  | { readonly kind: 'exists'; readonly wanted: boolean }
  /** All of `tests` hold for the length, for every element, or for one and the same element. */
  | { readonly kind: 'length' | 'every' | 'some'; readonly tests: readonly Test[] }
  /** As written: absolute, below `~`, or relative to the policy's own folder. One of them must hold the path. */
  | { readonly kind: 'within'; readonly folders: readonly string[] }
  /** Hosts, each perhaps after `*.`; one of them must be the URL's. */
  | { readonly kind: 'host'; readonly patterns: readonly string[] };

/** `args.list[0].x` as steps. */
export interface ArgPath {
  /** As the policy writes it. */
  readonly text: string;
  readonly steps: readonly Step[];
}

export type Step =
  { readonly kind: 'key'; readonly key: string } | { readonly kind: 'index'; readonly index: number };

/** All tests must hold for the value at the path. */
export interface Clause {
  readonly path: ArgPath;
  readonly tests: readonly Test[];
}

/** `when`: all clauses must hold. */
export interface Condition {
  readonly clauses: readonly Clause[];
}

/**
 * Whether a test holds. `unknown`: what the server will make of the value cannot be told from here, so the decision
 * follows both ways and takes the stricter outcome.
 */
export type Truth = boolean | 'unknown';
