import type { Grant, GrantBinding } from '../approval/grants.ts';
import type { CompiledPolicy } from '../policy/decide.ts';
import { Windows, type Place } from '../policy/windows.ts';
import type { ToolCall } from '../protocol/message.ts';
import type { Refused } from '../protocol/refusal.ts';
import type { ToolDefinition } from '../protocol/tool-list.ts';

/** How long a question waits when the policy does not say: below the 60 s after which SDK clients give up. */
export const DEFAULT_TIMEOUT_MS = 50_000;
/** How many calls may wait for a person at once. */
export const MOST_HELD = 32;
/** How many cancelled requests are remembered, and how many of the server's own without an answer. */
export const MOST_CANCELLED = 1_000;
export const MOST_ASKED = 10_000;

/** A tools/call on its way. */
export interface Call extends Refused {
  readonly tool: string;
  readonly call: ToolCall;
  readonly bytes: Buffer;
}

/** A call that waits for a person. */
export interface HeldCall {
  /** The key of its question. */
  readonly key: string;
  readonly call: Call;
  /** The rule that asked. */
  readonly rule: string;
  readonly reason: string | null;
  /** What a grant for it would hang on. */
  readonly binding: GrantBinding;
  /** Its places in the windows, taken or given back by the answer. */
  readonly place: Place;
  readonly askedAt: number;
  readonly timeoutMs: number;
}

/** A request of the client without an answer yet. */
export interface OpenRequest extends Refused {
  readonly method: string;
  /** Only a forwarded request may be answered by the server. */
  readonly where: 'held' | 'server' | 'cancelled';
}

export interface Settings {
  /** The server's name in questions. */
  readonly server: string;
  readonly policy: CompiledPolicy;
  readonly policyHash: string;
  /** Decide and log, refuse nothing. */
  readonly dryRun: boolean;
  /** An unguessable name for each question. */
  readonly createKey: () => string;
}

/** All a session remembers. Changed by `step` alone. */
export interface State {
  readonly settings: Settings;
  readonly windows: Windows;
  /** By id key. */
  readonly open: Map<string, OpenRequest>;
  /** By the id key of the call. */
  readonly held: Map<string, HeldCall>;
  /** The id keys of forwarded requests that the client gave up, oldest first. */
  readonly cancelled: string[];
  /** Requests of the server without an answer yet, by id key. */
  readonly asked: Set<string>;
  readonly grants: Grant[];
  /** The tools this server has listed, as listed last. */
  readonly definitions: Map<string, ToolDefinition>;
  /** JSON-RPC batches exist in sessions of 2025-03-26 alone. */
  batches: boolean;
  clientEnded: boolean;
  /** How the server ended, null while it runs. */
  serverEnded: string | null;
}

export function createState(settings: Settings): State {
  return {
    settings,
    windows: new Windows(),
    open: new Map(),
    held: new Map(),
    cancelled: [],
    asked: new Set(),
    grants: [],
    definitions: new Map(),
    batches: false,
    clientEnded: false,
    serverEnded: null,
  };
}
