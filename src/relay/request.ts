import type { GrantBinding } from '../approval/grants.ts';
import type { ToolCall } from '../protocol/message.ts';
import type { Refused } from '../protocol/refusal.ts';

/** A tools/call on its way. */
export interface Call extends Refused {
  readonly tool: string;
  readonly call: ToolCall;
  readonly bytes: Buffer;
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
