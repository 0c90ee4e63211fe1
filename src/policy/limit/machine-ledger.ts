import { packEntries, type MachineRecord, type Taken } from './machine-record.ts';
import { Window, type Room } from './window.ts';

/** What time it is for a machine's windows. */
export interface MachineTime {
  /** The run of the machine whose clock `at` is from. */
  readonly boot: string;
  /** Milliseconds; written down rounded up, so that nothing leaves too early. */
  readonly at: number;
  /** Ms since the epoch. */
  readonly wall: number;
}

/** What a record did. `void`: it speaks of a place that is not held any more. */
export type Effect = 'done' | 'void' | 'alien';

export const VERSION = '1';
/** As for windows of one run. */
const MOST_WINDOWS = 10_000;

/** What a limit's file says when it is read from its first record on. Pure: all guards read the same from it. */
export class MachineLedger {
  readonly #windows = new Map<string, Window>();
  readonly #held = new Map<string, Taken>();
  #time: MachineTime = { boot: '', at: 0, wall: 0 };
  #records = 0;
  #kept = 0;
  #isWhole = false;
  #isSealed = false;

  get boot(): string {
    return this.#time.boot;
  }

  /** Everything that an earlier file left is there. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** The next file goes on from here. */
  get isSealed(): boolean {
    return this.#isSealed;
  }

  /** Records so far. */
  get length(): number {
    return this.#records;
  }

  /** How many of them say what an earlier file left. */
  get kept(): number {
    return this.#kept;
  }

  /** Reads on by one record. `alien`: no guard would write it here. */
  apply(record: MachineRecord): Effect {
    const isFirst = this.#records === 0;
    if (isFirst !== (record.kind === 'head')) return 'alien';
    const effect = this.#isWhole ? this.#applyNew(record) : this.#applyKept(record);
    this.#records++;
    return effect;
  }

  isHeld(id: string): boolean {
    return this.#held.has(id);
  }

  /** The places that are taken in a window and not committed yet. */
  listHeld(tool: string): Taken[] {
    return [...this.#held.values()].filter((taken) => taken.tool === tool);
  }

  left(tool: string, room: Room, at: number): bigint {
    return this.#windows.get(tool)?.left(room, at) ?? room.max;
  }

  /** As that of `Window`. */
  waitMs(tool: string, amount: bigint, room: Room, at: number): number | null {
    const window = this.#windows.get(tool);
    if (window !== undefined) return window.waitMs(amount, room, at);
    return amount <= room.max && this.#makeRoom(room.windowMs, at) ? 0 : null;
  }

  /** What the next file begins with: all that still counts. */
  *listKept(windowMs: number, now: MachineTime): Generator<MachineRecord> {
    // Moments of an earlier run of the machine are moved by the record that says it was started again, not here.
    const time = [now.boot, ''].includes(this.#time.boot) ? now : this.#time;
    let count = 2;
    yield { kind: 'head', version: VERSION };
    yield { kind: 'boot', boot: time.boot, at: time.at, wall: time.wall };
    for (const [tool, window] of this.#windows) {
      for (const record of packEntries(tool, window.list(windowMs, time.at))) {
        yield record;
        count++;
      }
    }
    for (const taken of this.#held.values()) {
      yield { kind: 'take', ...taken };
      count++;
    }
    yield { kind: 'whole', count };
  }

  #applyKept(record: MachineRecord): Effect {
    switch (record.kind) {
      case 'head':
        return record.version === VERSION ? 'done' : 'alien';
      case 'boot':
        this.#time = { boot: record.boot, at: record.at, wall: record.wall };
        return 'done';
      case 'kept':
        for (const { at, amount } of record.entries) this.#open(record.tool).add(amount, at);
        return 'done';
      case 'take':
        return this.#hold(record);
      case 'whole':
        this.#isWhole = true;
        this.#kept = record.count;
        return record.count === this.#records ? 'done' : 'alien';
      default:
        return 'alien';
    }
  }

  #applyNew(record: MachineRecord): Effect {
    switch (record.kind) {
      case 'take':
        return this.#hold(record);
      case 'commit':
        this.#time = { ...this.#time, at: record.at, wall: record.wall };
        return this.#end(record.id, (window, amount) => window.commit(amount, record.at));
      case 'release':
        return this.#end(record.id, (window, amount) => window.release(amount));
      case 'boot':
        return this.#begin(record);
      case 'seal':
        this.#isSealed = true;
        return 'done';
      default:
        return 'alien';
    }
  }

  #hold({ id, owner, tool, amount, at }: Taken): Effect {
    if (this.#held.has(id)) return 'alien';
    this.#held.set(id, { id, owner, tool, amount, at });
    this.#open(tool).wait(amount);
    return 'done';
  }

  #end(id: string, settle: (window: Window, amount: bigint) => void): Effect {
    const taken = this.#held.get(id);
    if (taken === undefined) return 'void';
    this.#held.delete(id);
    settle(this.#open(taken.tool), taken.amount);
    return 'done';
  }

  /**
   * The machine was started again. Who held a place then is gone, and what was counted is older by what the wall clock
   * says has passed, which is nothing where that was set back.
   */
  #begin(time: MachineTime): Effect {
    if (time.boot === this.#time.boot) return 'void';
    const passed = Math.max(0, time.wall - this.#time.wall);
    const last = this.#time.at;
    for (const window of this.#windows.values()) window.move((at) => time.at - passed - (last - at));
    for (const id of this.#held.keys()) this.#end(id, (window, amount) => window.release(amount));
    this.#time = { boot: time.boot, at: time.at, wall: time.wall };
    return 'done';
  }

  #open(tool: string): Window {
    const window = this.#windows.get(tool) ?? new Window();
    this.#windows.set(tool, window);
    return window;
  }

  /** Whether one more window may be kept. */
  #makeRoom(windowMs: number, at: number): boolean {
    if (this.#windows.size < MOST_WINDOWS) return true;
    for (const [tool, window] of this.#windows) if (window.isIdle(windowMs, at)) this.#windows.delete(tool);
    return this.#windows.size < MOST_WINDOWS;
  }
}
