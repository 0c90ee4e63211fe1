import { readValue } from '../../wire/value.ts';
import type { AppliedLimit, Limit, Query } from '../policy.ts';
import { escapeUnseen } from '../quote.ts';
import type { Broken, MachinePlace, MachineWindows, Standing } from './machine.ts';
import { createPlace, type Place } from './place.ts';
import { createWant, nameLimit, readAmount, readRoom, renderAmount, type Want } from './want.ts';
import { Window } from './window.ts';

export type { Place } from './place.ts';

/** A `per: tool` limit under names of the agent's own making must not fill the memory. */
const MOST_WINDOWS = 10_000;

/** Why a call gets no place. `why` is a clause. */
export type Exceeded =
  | {
      readonly kind: 'exceeded';
      readonly limit: AppliedLimit;
      /** Null when only calls that wait for an answer fill it. */
      readonly retryAfterMs: number | null;
    }
  /** The amount alone is more than the limit ever allows. */
  | { readonly kind: 'too-large'; readonly limit: AppliedLimit; readonly why: string }
  /** There is no number to add up. */
  | { readonly kind: 'unsummable'; readonly limit: AppliedLimit; readonly why: string }
  /** What all guards have counted together cannot be read or written; `why` says how to repair it. */
  | { readonly kind: 'broken'; readonly limit: AppliedLimit; readonly why: string };

export interface LimitState {
  readonly rule: string;
  /** The file, or `built-in`. */
  readonly layer: string;
  /** Calls are a number, a sum is a decimal as text; so is `left`. */
  readonly max: number | string;
  /** Seconds. */
  readonly window: number;
  readonly left: number | string;
  /** What a call beyond it meets. */
  readonly onExceed: Limit['onExceed'];
  readonly scope: Limit['scope'];
  readonly kind: Limit['measure']['kind'];
}

/**
 * The windows of all limits of one run. Pure: times come in, in milliseconds that never go back, and so do the windows
 * that are not of this run alone. A window goes on counting where a saved policy changes its limit.
 */
export class Windows {
  readonly #windows = new Map<string, Kept>();
  readonly #machine: MachineWindows | null;

  /** Null: there are none for all guards together, and limits of that scope refuse. */
  constructor(machine: MachineWindows | null) {
    this.#machine = machine;
  }

  /** Takes a place in all of the limits' windows, or in none. */
  reserve(limits: readonly AppliedLimit[], query: Query, now: number): Place | Exceeded {
    const full: Full[] = [];
    const wants: Want[] = [];
    for (const { limit, room, amount } of listAmounts(limits, query)) {
      if (amount.kind === 'unsummable') return { ...amount, limit };
      const want = createWant(limit, room, query.name, amount.units);
      wants.push(want);
      const standing = amount.isTooLarge ? NEVER : this.#look(want, now);
      if (standing.kind === 'broken') return { ...standing, limit };
      if (standing.waitMs === 0) continue;
      full.push({ want, isTooLarge: amount.isTooLarge, retryAfterMs: standing.waitMs });
    }
    return refuse(full) ?? this.#take(wants, new Set(full.map(({ want }) => want)), now);
  }

  /** How much of each limit is left for a call; all of it where the machine's windows are not there to look at. */
  state(limits: readonly AppliedLimit[], query: Query, now: number): LimitState[] {
    return limits.map((limit) => {
      const room = readRoom(limit);
      const isUnseen = limit.scope === 'machine' && this.#machine === null;
      const standing = isUnseen ? null : this.#look(createWant(limit, room, query.name, 0n), now);
      const left = standing === null ? room.max : standing.kind === 'broken' ? 0n : standing.left;
      return {
        rule: limit.rule,
        layer: limit.layer,
        max: limit.measure.max,
        window: limit.windowMs / 1000,
        left: renderAmount(limit, left > 0n ? left : 0n),
        onExceed: limit.onExceed,
        scope: limit.scope,
        kind: limit.measure.kind,
      };
    });
  }

  /** `over`: those that are full, and may be gone over when a person says yes. */
  #take(wants: readonly Want[], over: Set<Want>, now: number): Place | Exceeded {
    const shared: MachinePlace[] = [];
    for (const want of wants) {
      if (want.limit.scope !== 'machine') continue;
      const place = this.#takeOfMachine(want, over, now);
      if (place.kind !== 'taken') {
        for (const other of shared) other.release();
        return place;
      }
      shared.push(place);
    }
    const own = wants.filter(({ limit }) => limit.scope === 'session');
    const shares = own.map((want) => ({ window: this.#open(want), amount: want.amount }));
    return createPlace(shares, shared, wants.find((want) => over.has(want))?.limit ?? null);
  }

  /** Another guard may have been quicker since we looked. */
  #takeOfMachine(want: Want, over: Set<Want>, now: number): MachinePlace | Exceeded {
    const { limit } = want;
    if (this.#machine === null) return { ...NO_MACHINE, limit };
    let place = this.#machine.take(want, over.has(want), now);
    if (place.kind === 'full' && limit.onExceed === 'require_approval') {
      over.add(want);
      place = this.#machine.take(want, true, now);
    }
    if (place.kind === 'full') return { kind: 'exceeded', limit, retryAfterMs: place.waitMs };
    return place.kind === 'broken' ? { ...place, limit } : place;
  }

  #look(want: Want, now: number): Standing | Broken {
    const { limit, room, amount } = want;
    if (limit.scope === 'machine') return this.#machine?.look(want, now) ?? NO_MACHINE;
    const window = this.#windows.get(nameWindow(want))?.window;
    if (window === undefined) {
      return { kind: 'standing', left: room.max, waitMs: this.#makeRoom(now) ? 0 : null };
    }
    return { kind: 'standing', left: window.left(room, now), waitMs: window.waitMs(amount, room, now) };
  }

  #open(want: Want): Window {
    const name = nameWindow(want);
    const window = this.#windows.get(name)?.window ?? new Window();
    this.#windows.set(name, { window, windowMs: want.room.windowMs });
    window.wait(want.amount);
    return window;
  }

  /** Whether one more window may be kept. */
  #makeRoom(now: number): boolean {
    if (this.#windows.size < MOST_WINDOWS) return true;
    for (const [name, { window, windowMs }] of this.#windows) {
      if (window.isIdle(windowMs, now)) this.#windows.delete(name);
    }
    return this.#windows.size < MOST_WINDOWS;
  }
}

interface Kept {
  readonly window: Window;
  readonly windowMs: number;
}

/** A limit without room for a call. */
interface Full {
  readonly want: Want;
  readonly isTooLarge: boolean;
  readonly retryAfterMs: number | null;
}

const NEVER: Standing = { kind: 'standing', left: 0n, waitMs: null };
const NO_MACHINE: Broken = { kind: 'broken', why: 'there is nothing in which all guards count together' };
const ONE_CALL = { kind: 'amount', units: 1n, isTooLarge: false } as const;

/** What the call adds to each limit. The arguments are read once, and only where something is summed. */
function listAmounts(limits: readonly AppliedLimit[], { args }: Query) {
  const isSummed = limits.some(({ measure }) => measure.kind === 'sum');
  const value = isSummed && args !== null ? readValue(args) : null;
  return limits.map((limit) => {
    const room = readRoom(limit);
    const { measure } = limit;
    return {
      limit,
      room,
      amount: measure.kind === 'sum' ? readAmount(measure.of, room.max, value) : ONE_CALL,
    };
  });
}

/** What never fits is said before what fits later, and of those the one that is full the longest. */
function refuse(full: readonly Full[]): Exceeded | null {
  const refusing = full.filter(({ want }) => want.limit.onExceed === 'deny');
  const never = refusing.find(({ isTooLarge }) => isTooLarge);
  if (never !== undefined) {
    const { limit } = never.want;
    const what =
      limit.measure.kind === 'sum'
        ? `${escapeUnseen(limit.measure.of.text)} alone is more than`
        : 'it is more than';
    return { kind: 'too-large', limit, why: `${what} the limit of ${limit.measure.max} allows at any time` };
  }
  const [longest] = refusing.sort((a, b) => (b.retryAfterMs ?? 0) - (a.retryAfterMs ?? 0));
  if (longest === undefined) return null;
  return { kind: 'exceeded', limit: longest.want.limit, retryAfterMs: longest.retryAfterMs };
}

function nameWindow({ limit, tool }: Want): string {
  return tool === '' ? nameLimit(limit) : `${nameLimit(limit)}${tool}`;
}
