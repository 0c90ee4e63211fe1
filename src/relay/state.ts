import { type GrantBinding, Grants } from '../approval/grants.ts';
import type { Definition } from '../catalogue/pins/definition.ts';
import { ToolBook } from '../catalogue/tool-book.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { MachineWindows } from '../policy/limit/machine.ts';
import { Windows } from '../policy/limit/windows.ts';
import type { Seal } from '../protocol/request-state.ts';
import type { Asked } from './asked.ts';
import { Memory } from './memory.ts';
import type { OpenRequest } from './request.ts';

/** How many cancelled requests are remembered, and how many of the server's own without an answer. */
export const MOST_CANCELLED = 1_000;
export const MOST_ASKED = 10_000;

export interface Settings {
  /** The server's name in questions. */
  readonly server: string;
  /** Hash of its name and command. */
  readonly serverHash: string;
  /** What limits of all guards together have counted; null where there is no such place. */
  readonly machine: MachineWindows | null;
  /** Decide and log, refuse nothing. */
  readonly dryRun: boolean;
  /** An unguessable name for each question. */
  readonly createKey: () => string;
  /** A name of twelve letters and digits for each grant. */
  readonly createId: () => string;
  /** Signs what the client carries for the guard, and names this run. */
  readonly seal: Seal;
}

/** What the client said of itself. */
export interface Client {
  /** It can put a form before a person; said once, in `initialize`. */
  elicits: boolean;
  /** The protocol version the session agreed on. */
  version: string | null;
  /** It has sent notifications/initialized. */
  isReady: boolean;
}

/** What was pinned of the server's tools before this run. */
export type Pins =
  | {
      readonly kind: 'read';
      readonly pinned: ReadonlyMap<string, Definition>;
      /** Met in an earlier run in place of the pinned ones, and not accepted. */
      readonly seen?: ReadonlyMap<string, Definition>;
    }
  /** `why`: a clause. */
  | { readonly kind: 'unusable'; readonly why: string };

const NO_PINS: Pins = { kind: 'read', pinned: new Map() };

/** All a session remembers. Changed by `step` alone. */
export interface State {
  readonly settings: Settings;
  /** The policy that holds now; a saved file replaces it. */
  policy: CompiledPolicy;
  readonly windows: Windows;
  /** By id key. */
  readonly open: Map<string, OpenRequest>;
  /** Questions by key, the oldest first. */
  readonly asked: Map<string, Asked>;
  readonly memory: Memory;
  /** The id keys of forwarded requests that the client gave up, oldest first. */
  readonly cancelled: string[];
  /** Requests of the server without an answer yet, by id key. */
  readonly serverAsked: Set<string>;
  readonly grants: Grants;
  readonly tools: ToolBook;
  /** Why nobody can tell what was pinned; null where it can be told. */
  readonly pinLack: string | null;
  readonly client: Client;
  /** The session was told that changes of the list of tools are announced. */
  announcesTools: boolean;
  /** The question the client shows a person now, by the id of the guard's request to it. Clients stack dialogs, so one at a time. */
  elicitation: { readonly id: string; readonly key: string } | null;
  /** Requests of the guard's own to the client so far; their ids count on. */
  elicitations: number;
  /** What the client carries back: allowed calls whose server asks something, by ticket key. */
  readonly goingOn: Map<string, GoingOn>;
  /** By raw progress token: how far the guard's own reports went. */
  readonly progress: Map<string, number>;
  /** Consoles that are attached. */
  consoles: number;
  /** Until then consoles that are there already may still join. Monotonic ms. */
  graceUntil: number;
  /** Somebody refuses everything until it is lifted. */
  paused: boolean;
  readonly counts: { allowed: number; denied: number };
  /** JSON-RPC batches exist in sessions of 2025-03-26 alone. */
  batches: boolean;
  clientEnded: boolean;
  /** How the server ended, null while it runs. */
  serverEnded: string | null;
}

/** An allowed call whose server asked the client something before it was done. */
export interface GoingOn {
  readonly binding: GrantBinding;
  /** The server's own requestState as raw JSON, null where it gave none. */
  readonly requestState: Buffer | null;
  readonly expires: number;
}

export function createState(settings: Settings, policy: CompiledPolicy, pins: Pins = NO_PINS): State {
  return {
    settings,
    policy,
    windows: new Windows(settings.machine),
    open: new Map(),
    asked: new Map(),
    memory: new Memory(),
    cancelled: [],
    serverAsked: new Set(),
    grants: new Grants(),
    tools: pins.kind === 'read' ? new ToolBook(pins.pinned, pins.seen) : new ToolBook(),
    pinLack: pins.kind === 'unusable' ? pins.why : null,
    client: { elicits: false, version: null, isReady: false },
    announcesTools: false,
    elicitation: null,
    elicitations: 0,
    goingOn: new Map(),
    progress: new Map(),
    consoles: 0,
    graceUntil: 0,
    paused: false,
    counts: { allowed: 0, denied: 0 },
    batches: false,
    clientEnded: false,
    serverEnded: null,
  };
}
