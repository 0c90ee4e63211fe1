import type { Want } from './want.ts';

/** The windows that all guards of this user share. Times are monotonic ms that all processes of the machine share. */
export interface MachineWindows {
  /** How a call would fare now. Takes nothing. */
  look(want: Want, now: number): Standing | Broken;
  /** Takes a place, before anything is forwarded; with `isOver` whether or not there is room. */
  take(want: Want, isOver: boolean, now: number): MachinePlace | Full | Broken;
}

export interface Standing {
  readonly kind: 'standing';
  readonly left: bigint;
  /** 0: it fits. Null: what waits must end first. */
  readonly waitMs: number | null;
}

/** A place that counts until it is released. Each is ended once. */
export interface MachinePlace {
  readonly kind: 'taken';
  /** Counted from now on; else why not, and then the call must not run. */
  commit(now: number): string | null;
  release(): void;
}

/** Others were quicker. */
export interface Full {
  readonly kind: 'full';
  readonly waitMs: number | null;
}

/** What was counted cannot be read or written. */
export interface Broken {
  readonly kind: 'broken';
  /** A clause, with the way out. */
  readonly why: string;
}
