import type { GrantBinding } from '../approval/grants.ts';
import type { ApprovalSettings, Channel, Evaluation } from '../policy/policy.ts';
import type { Place } from '../policy/limit/windows.ts';
import type { Call } from './request.ts';

/** How long a question waits when the policy does not say: below the 60 s after which SDK clients give up. */
export const DEFAULT_TIMEOUT_MS = 50_000;
/** The same where the client can be sent away and come again, as in 2026-07-28. */
export const DEFAULT_LONG_TIMEOUT_MS = 300_000;
/** How long one request of such a client is held, and how often; clients give up after ten rounds. */
export const LEG_MS = 40_000;
export const MOST_LEGS = 8;
/** How long a question put through such a client stays good: nobody waits meanwhile. */
export const ELICITED_MS = 600_000;
/** When the client is asked too, where somebody else could have answered. */
export const TURN_TO_CLIENT_MS = 15_000;
/** How long a guard that has just begun to listen waits for consoles that are there already. */
export const GRACE_MS = 1_000;
/** The same while it does not listen yet. */
export const OPENING_MS = 5_000;
/** How often a client that asked for progress hears that a person still thinks. */
export const BEAT_MS = 10_000;
/** How long a refused question may still be answered in consoles, and how long a late yes is good. */
export const LATE_MS = 600_000;
export const PASS_MS = 300_000;
/** How many calls may wait for a person at once, and how many may be answered late; and bytes of the latter. */
export const MOST_HELD = 32;
export const MOST_LATE = 32;
export const MOST_LATE_BYTES = 16 << 20;

/** A question on its way from asking to answer. Changed by `step` alone. */
export interface Asked {
  readonly key: string;
  /** What a grant for it would hang on. */
  readonly binding: GrantBinding;
  /** The rule that asked, and the file it stands in. */
  readonly rule: string;
  readonly layer: string;
  /** What the policy said of it. */
  readonly judged: Pick<Evaluation, 'verdict' | 'rule' | 'layer'>;
  readonly reason: string | null;
  readonly approval: ApprovalSettings;
  /** Whether the rule itself lists the channels to ask on. */
  readonly namesChannels: boolean;
  readonly allowsAlways: boolean;
  readonly askedAt: number;
  /** The request that waits, or waited last. */
  call: Call;
  /** Its places in the windows, taken or given back by the answer; null once nobody waits. */
  place: Place | null;
  /**
   * `held`: a request is open. `parked`: the client was sent away and will call again. `late`: refused, but a yes still
   * counts for the same call.
   */
  phase: 'held' | 'parked' | 'late';
  /** Monotonic ms at which the phase ends; all times below likewise, null where nothing is due. */
  endsAt: number;
  legEndsAt: number | null;
  legs: number;
  beatAt: number | null;
  beats: number;
  turnAt: number | null;
  /** When it is decided that nobody can be asked. */
  seekAt: number | null;
  /** `done`: it was asked and said nothing that counts. */
  client: 'unasked' | 'queued' | 'asked' | 'done';
  /** Why the guard's own terminal cannot answer; null while it may. */
  terminalLack: string | null;
  /** Why the client's answer did not count. */
  clientLack: string | null;
  /** A window was opened in which somebody may answer. */
  isOpening: boolean;
}

/** Whether a person may be asked there. */
export function allowsChannel({ channels }: ApprovalSettings, channel: Channel): boolean {
  return channels === null || channels.includes(channel);
}

/** When something is next due, null where nothing is. */
export function nextDue(asked: Iterable<Asked>): number | null {
  let next = Infinity;
  for (const { endsAt, legEndsAt, beatAt, turnAt, seekAt } of asked) {
    for (const at of [endsAt, legEndsAt, beatAt, turnAt, seekAt]) next = Math.min(next, at ?? Infinity);
  }
  return next === Infinity ? null : next;
}

/** The machine slept: the client's patience ran on, and so do these times. */
export function shortenTimes(asked: Asked, ms: number): void {
  asked.endsAt -= ms;
  if (asked.legEndsAt !== null) asked.legEndsAt -= ms;
  if (asked.beatAt !== null) asked.beatAt -= ms;
  if (asked.turnAt !== null) asked.turnAt -= ms;
  if (asked.seekAt !== null) asked.seekAt -= ms;
}
