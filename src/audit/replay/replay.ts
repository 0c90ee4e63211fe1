/** What a recorded call came to, as far as a policy had its part in it. */
export type Was = 'allow' | 'ask' | 'deny' | 'limit';

/** What it would come to; `unknown`: the log does not tell enough. */
export type Becomes = Was | 'unknown';

/** A change that a person wants to hear of. */
export const CHANGES = ['denied', 'asked', 'allowed'] as const;
export type Change = (typeof CHANGES)[number];

/** One call that would be decided in another way. */
export interface Example {
  readonly session: string;
  readonly seq: number;
  /** JSON as it was logged; null where it was not. */
  readonly arguments: string | null;
}

/** The calls of one tool that would be decided otherwise by one rule. */
export interface ChangedCalls {
  readonly server: string;
  readonly tool: string;
  readonly was: Was;
  readonly becomes: Was;
  /** The rule, or the limit, that would decide. */
  readonly rule: string;
  readonly reason: string | null;
  calls: number;
  readonly examples: Example[];
}

/** The calls of one tool of which it cannot be told. */
export interface UnknownCalls {
  readonly server: string;
  readonly tool: string;
  /** The strictest and the mildest that it could be. */
  readonly strictest: Was;
  readonly mildest: Was;
  readonly rule: string;
  /** The paths of arguments that it hangs on. */
  readonly missed: readonly string[];
  calls: number;
}

/** What another policy would have made of a log. */
export interface Replay {
  readonly calls: number;
  readonly sessions: number;
  /** Of the first and the last call, ms since the epoch; null where there is none. */
  readonly period: { readonly first: number; readonly last: number } | null;
  readonly unchanged: number;
  /** Each with the most calls first. */
  readonly changes: Readonly<Record<Change, readonly ChangedCalls[]>>;
  readonly unknown: readonly UnknownCalls[];
  /** Calls that no policy decided, or that are of another server, by why. */
  readonly leftOut: ReadonlyMap<string, number>;
  /** Further tools and rules, of which only the number of calls is told. */
  readonly others: number;
}
