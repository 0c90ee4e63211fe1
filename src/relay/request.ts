import type { GrantBinding } from '../approval/grants.ts';
import type { Query } from '../policy/policy.ts';
import type { ToolCall } from '../protocol/message.ts';
import type { Refused } from '../protocol/refusal.ts';

/** A tools/call on its way, or something else that the policy speaks of. */
export interface Call extends Refused {
  /** As a person reads it: the name of the tool, or `resources/read file:///x`. */
  readonly tool: string;
  readonly call: ToolCall;
  readonly bytes: Buffer;
  /** Null for a tools/call. */
  readonly other: Other | null;
}

/** What is decided like a tools/call and is none. */
export interface Other {
  readonly method: string;
  /** What it is about: a URI, a name, or the method once more. */
  readonly target: string;
  /** What the policy is asked; the strictest answer counts. */
  readonly queries: readonly Query[];
  /**
   * Who waits for it, and where it goes: the client's request to the server, the server's to the client, or an answer of
   * the server that holds requests to the client.
   */
  readonly way: 'to-server' | 'to-client' | 'answer';
}

/** A request of the client without an answer yet. */
export interface OpenRequest extends Refused {
  readonly method: string;
  /** Only a forwarded request may be answered by the server. */
  readonly where: 'held' | 'server' | 'cancelled';
  /** A call that a person allowed: what its server asks before it is done belongs to the same yes. */
  readonly allowed?: Allowed;
  /** The raw progress token on which the guard has reported before the server could. */
  readonly progressToken?: string;
}

/** What a person said yes to, and the digest of its first round. */
export interface Allowed {
  readonly binding: GrantBinding;
  readonly digest: string;
}
