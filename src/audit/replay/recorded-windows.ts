import type { MachinePlace, MachineWindows, Standing } from '../../policy/limit/machine.ts';
import { nameLimit, type Want } from '../../policy/limit/want.ts';
import { Window } from '../../policy/limit/window.ts';
import { Windows, type Exceeded, type Place } from '../../policy/limit/windows.ts';
import type { AppliedLimit, Query } from '../../policy/policy.ts';
import type { RecordedCall } from '../read/recorded-call.ts';

/** From here on sessions whose windows are empty are looked for. */
const MANY = 1_000;

/** The windows of all sessions of a log, as they would have filled; nothing of this machine is touched. */
export class RecordedWindows {
  readonly #machine = new RememberedWindows();
  readonly #sessions = new Map<string, Kept>();
  #many = MANY;
  #longestMs = 0;
  #now = 0;

  /** Clocks are set back at times; windows know no way back. */
  meet(time: number): number {
    this.#now = Math.max(this.#now, time);
    return this.#now;
  }

  reserve(
    limits: readonly AppliedLimit[],
    query: Query,
    { session }: Pick<RecordedCall, 'session'>,
  ): Place | Exceeded {
    for (const { windowMs } of limits) this.#longestMs = Math.max(this.#longestMs, windowMs);
    return this.#open(session).reserve(limits, query, this.#now);
  }

  #open(session: string): Windows {
    const windows = this.#sessions.get(session)?.windows ?? new Windows(this.#machine);
    this.#sessions.set(session, { windows, usedAt: this.#now });
    if (this.#sessions.size > this.#many) this.#forget();
    return windows;
  }

  #forget(): void {
    for (const [session, { usedAt }] of this.#sessions) {
      if (this.#now - usedAt >= this.#longestMs) this.#sessions.delete(session);
    }
    this.#many = Math.max(MANY, this.#sessions.size * 2);
  }
}

interface Kept {
  readonly windows: Windows;
  readonly usedAt: number;
}

/** What all guards of the user would have counted together. */
class RememberedWindows implements MachineWindows {
  readonly #windows = new Map<string, { readonly window: Window; readonly windowMs: number }>();
  #many = MANY;

  look(want: Want, now: number): Standing {
    const { amount, room } = want;
    const window = this.#find(want, now);
    return { kind: 'standing', left: window.left(room, now), waitMs: window.waitMs(amount, room, now) };
  }

  take(want: Want, _isOver: boolean, now: number): MachinePlace {
    const { amount } = want;
    const window = this.#find(want, now);
    window.wait(amount);
    return {
      kind: 'taken',
      commit(now) {
        window.commit(amount, now);
        return null;
      },
      release: () => window.release(amount),
    };
  }

  #find({ limit, tool, room: { windowMs } }: Want, now: number): Window {
    const name = JSON.stringify([nameLimit(limit), tool]);
    const known = this.#windows.get(name);
    if (known !== undefined) return known.window;
    if (this.#windows.size >= this.#many) this.#forget(now);
    const window = new Window();
    this.#windows.set(name, { window, windowMs });
    return window;
  }

  #forget(now: number): void {
    for (const [name, { window, windowMs }] of this.#windows) {
      if (window.isIdle(windowMs, now)) this.#windows.delete(name);
    }
    this.#many = Math.max(MANY, this.#windows.size * 2);
  }
}
