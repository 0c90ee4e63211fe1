import type { Profile } from '../policy/profile.ts';

/** How one call ended, as the log tells it. */
export type CallCode =
  | 'allowed'
  | 'approved'
  | 'granted'
  | 'denied'
  | 'tool_changed'
  | 'paused'
  | 'unknown_tool'
  | 'rate_limited'
  | 'approval_denied'
  | 'approval_timeout'
  | 'approval_unavailable'
  | 'approval_overflow'
  | 'cancelled';

/** One call, written before it is forwarded or refused. */
export interface CallEntry {
  readonly event: 'call';
  /** The raw JSON token of the request's id. */
  readonly id: string;
  /** Null for what is no tools/call. */
  readonly tool: string | null;
  /** What the tool can do; null for what is no tools/call. */
  readonly profile: Pick<Profile, 'category' | 'risk'> | null;
  /** What it is then: `resources/read`, and the URI; null for a tools/call. */
  readonly other: { readonly method: string; readonly target: string } | null;
  /** The bytes of `arguments`, null where the call has none. */
  readonly arguments: Buffer | null;
  readonly verdict: 'allow' | 'deny';
  readonly code: CallCode;
  readonly rule: string | null;
  /** Who answered, null when nobody was asked. */
  readonly approver: string | null;
  /** How long the call waited for a person. */
  readonly waitMs: number | null;
  /** The call was forwarded whatever the verdict says. */
  readonly dryRun: boolean;
}

/** A line nobody could be sure how to read, and that went nowhere. */
export interface RefusedFrameEntry {
  readonly event: 'refused-frame';
  readonly from: 'client' | 'server';
  readonly reason: string;
  /** The whole line, of which the log tells the hash; null where it was too long to be held. */
  readonly line: Buffer | null;
  /** Bytes of the whole line. */
  readonly length: number;
}

/** An answer that holds for more than the call it was given for. */
export interface GrantEntry {
  readonly event: 'grant';
  readonly tool: string;
  /** The rule that asked. */
  readonly rule: string;
  /** `once`: one call, when it comes again. */
  readonly scope: 'once' | 'tool' | 'call';
  /** Null where it is for one call. */
  readonly lasts: object | null;
  readonly approver: string;
}

/** A remembered answer that somebody ended. */
export interface RevokeEntry {
  readonly event: 'revoke';
  readonly tool: string;
  readonly rule: string;
}

/** Everything is refused from here on, or no longer. */
export interface PauseEntry {
  readonly event: 'pause';
  readonly on: boolean;
}

/** A saved policy took effect, or could not be used and the last good one stays. */
export interface PolicyEntry {
  readonly event: 'policy';
  readonly outcome: 'loaded' | 'kept';
  readonly reason: string | null;
  /** The files of the policy that holds now. */
  readonly files: readonly string[];
}

/** A tool that was not there when its server was pinned, or is not what it was. */
export interface DefinitionEntry {
  readonly event: 'definition';
  readonly tool: string;
  readonly outcome: 'new' | 'changed';
  /** Of the canonical definition. */
  readonly hash: string;
}

/** The package that the launcher has started (`npx`, `uvx`); `was`: its version before, null where that is not known. */
export interface PackageEntry {
  readonly event: 'package';
  readonly name: string;
  readonly version: string;
  readonly was: string | null;
}

export interface EndEntry {
  readonly event: 'end';
  /** `exit code 0`, `signal SIGKILL`. */
  readonly outcome: string;
}

export type Entry =
  | CallEntry
  | RefusedFrameEntry
  | GrantEntry
  | RevokeEntry
  | PauseEntry
  | PolicyEntry
  | DefinitionEntry
  | PackageEntry
  | EndEntry;
