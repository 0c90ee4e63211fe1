import type { Profile } from '../policy/profile.ts';
import type { FileEnd } from './log-ends.ts';

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
  /** The server got it and owes an answer: a `result` follows. */
  readonly isAwaited: boolean;
}

/** How a call ended that the server got. */
export const RESULT_OUTCOMES = [
  'ok',
  /** A result that says `isError`. */
  'tool_error',
  /** A JSON-RPC error. */
  'error',
  /** The server asks something before it goes on. */
  'input_required',
  /** The client gave it up. */
  'cancelled',
  /** An answer that nobody could read. */
  'unreadable',
  /** The server ended first. */
  'lost',
] as const;
export type ResultOutcome = (typeof RESULT_OUTCOMES)[number];

/** What became of a call whose line was written before. */
export interface ResultEntry {
  readonly event: 'result';
  /** The raw JSON token of the request's id. */
  readonly id: string;
  readonly outcome: ResultOutcome;
  /** The raw JSON of the result or the error; null where there is none. */
  readonly answer: Buffer | null;
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

/** The first line of each file. */
export interface StartEntry {
  readonly event: 'start';
  /** Of mcp-guard. */
  readonly version: string;
  /** That starts the server, secrets masked. */
  readonly command: readonly string[];
  readonly files: readonly string[];
  readonly pins: PinsSummary;
  readonly arguments: string;
  readonly keepMs: number;
  /** The process, as `createOwners` names it. */
  readonly owner: string;
  /** Which file of the run this is, from 1 on. */
  readonly part: number;
  /** Where other files of this server ended. */
  readonly previous: readonly FileEnd[];
}

/** What was pinned of a server's tools as a run began; `hash`: of all their names and definitions. */
export interface PinsSummary {
  readonly tools: number;
  readonly hash: string;
}

/** What could not be written since `since`. */
export interface GapEntry {
  readonly event: 'gap';
  readonly since: string;
  /** Calls: refused, unless the policy does without a log. */
  readonly calls: number;
  /** Everything else. */
  readonly others: number;
  readonly reason: string;
}

export interface EndEntry {
  readonly event: 'end';
  /** `exit code 0`, `signal SIGKILL`. */
  readonly outcome: string;
}

export type Entry =
  | StartEntry
  | GapEntry
  | ResultEntry
  | CallEntry
  | RefusedFrameEntry
  | GrantEntry
  | RevokeEntry
  | PauseEntry
  | PolicyEntry
  | DefinitionEntry
  | PackageEntry
  | EndEntry;
