import type { Category, Risk } from '../../policy/profile.ts';

/** One call as the log tells it, with its outcome beside it. Texts are as they came from outside: show them made visible. */
export interface RecordedCall {
  readonly session: string;
  /** The number of its line in the session; with the session it names the call. */
  readonly seq: number;
  /** Wall clock, ms since the epoch. */
  readonly time: number;
  readonly server: string;
  /** Null for what is no tools/call. */
  readonly tool: string | null;
  /** What it is then: `resources/read`, and the URI; null for a tools/call. */
  readonly other: { readonly method: string; readonly target: string } | null;
  readonly category: Category | null;
  readonly risk: Risk | null;
  readonly arguments: RecordedArguments;
  readonly verdict: 'allow' | 'deny';
  /** How it was decided: `allowed`, `approved`, `denied`, `rate_limited`, ... */
  readonly code: string;
  readonly rule: string | null;
  /** Who answered, null when nobody was asked. */
  readonly approver: string | null;
  /** How long it waited for a person; null when nobody was asked. */
  readonly waitMs: number | null;
  /** It was forwarded whatever the verdict says. */
  readonly dryRun: boolean;
  /** Null where it was not forwarded, or the log has no outcome of it. */
  readonly result: RecordedResult | null;
}

export type RecordedArguments =
  /** A JSON object; secrets are masked and long strings cut in it (see `isUntold`). */
  | { readonly kind: 'told'; readonly json: Buffer }
  /** The call had none. */
  | { readonly kind: 'absent' }
  /** The log was told not to keep them, or they were too long. */
  | { readonly kind: 'untold' };

export interface RecordedResult {
  /** `ok`, `tool_error`, `error`, `cancelled`, `lost`, ... */
  readonly outcome: string;
  /** From forwarding to the answer. */
  readonly upstreamMs: number;
}
