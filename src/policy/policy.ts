/** What a rule can say, from mild to strict. */
export const ACTIONS = ['allow', 'require_approval', 'deny'] as const;
export type Action = (typeof ACTIONS)[number];

/** One sliding window: at most `max` within the last `windowMs`. */
export interface Limit {
  /** Where it stands in the policy: `rate_limit`, `tools.describe_*.rate_limit`, `tools.create_broker[1].rate_limit`. */
  readonly rule: string;
  readonly max: number;
  readonly windowMs: number;
  /** One window for all calls the rule matches, or one for each tool. */
  readonly per: 'rule' | 'tool';
  readonly onExceed: 'deny' | 'require_approval';
}

/** One rule, or one entry of a list of rules. */
export interface Rule {
  /** Where it stands in the policy: `tools.delete_broker`, `tools.create_broker[1]`. */
  readonly path: string;
  /** Null: limits only, decides nothing. */
  readonly action: Action | null;
  readonly reason: string | null;
  /** Left out of tools/list, and a call answered as an unknown tool; only with an unconditional deny. */
  readonly hide: boolean;
  readonly limit: Limit | null;
  readonly approval: ApprovalSettings | null;
}

export interface ApprovalSettings {
  readonly channels: readonly Channel[] | null;
  readonly timeoutMs: number | null;
  readonly open: Opening | null;
}

/** Where a person can be asked. */
export const CHANNELS = ['console', 'terminal', 'client'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What makes a person look: a window on the question, or a word on the desktop. */
export type Opening =
  | { readonly kind: 'tmux' }
  | { readonly kind: 'notify' }
  /** Started without a shell. */
  | { readonly kind: 'command'; readonly argv: readonly string[] };

/** The rules under one key of `tools`: an exact name, or a glob of `*` and `?`. */
export interface ToolRules {
  readonly pattern: string;
  readonly kind: 'exact' | 'glob';
  /** More than one where the policy holds a list, read top to bottom. */
  readonly rules: readonly Rule[];
}

export interface PolicyTest {
  /** Where it stands: `tests[0]`. */
  readonly path: string;
  readonly call: string;
  readonly expect: Action;
}

/** A policy that was read and found sound. */
export interface Policy {
  /** The file it came from, null for the built-in one. */
  readonly file: string | null;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly hash: string;
  /** What is decided where no rule decides. `written` is false where the file does not say. */
  readonly default: { readonly action: Action; readonly written: boolean };
  readonly limit: Limit | null;
  readonly approval: ApprovalSettings;
  readonly tools: readonly ToolRules[];
  readonly tests: readonly PolicyTest[];
}

/** Something a person should mend, with its place. Lines and columns count from 1. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Stable word for programs: `unknown_key`, `unknown_action`. */
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters the caret line marks. */
  readonly length: number;
  readonly hint: string | null;
}

/** A rule whose name or pattern fits the call. */
export interface RuleMatch {
  readonly rule: string;
  readonly layer: string;
  readonly action: Action | null;
  /** Whether the rule's conditions hold; always true while rules have none. */
  readonly holds: boolean;
}

/** What the policy says of one call, before limits are counted. */
export interface Evaluation {
  readonly verdict: Action;
  /** The rule that gave the verdict: `tools.delete_broker`, or `default`. */
  readonly rule: string;
  /** The file that holds the rule, or `built-in`. */
  readonly layer: string;
  readonly reason: string | null;
  readonly hide: boolean;
  readonly approval: ApprovalSettings;
  readonly matched: readonly RuleMatch[];
  readonly limits: readonly Limit[];
}
