import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Io } from '../../io.ts';
import type { Broken, Full, MachinePlace, MachineWindows, Standing } from './machine.ts';
import { createMachineClock } from './machine-clock.ts';
import type { MachineTime } from './machine-ledger.ts';
import { MachineLog } from './machine-log.ts';
import { createOwners, type Owners } from './owner.ts';
import { nameLimit, type Want } from './want.ts';

type Outside = Pick<Io, 'folders' | 'pid' | 'platform' | 'uid' | 'date'>;

/**
 * The windows that all guards of this user share, below the state directory. Nothing is touched before the first use.
 * Files are written anew after so many records.
 */
export function createMachineWindows(io: Outside, mostNew = 4_096): MachineWindows {
  return new FiledWindows(io, mostNew);
}

/** A place whose owner's end cannot be seen is not kept for longer; its owner finds out before it counts on it. */
const UNSEEN_MS = 3_600_000;
const MOST_ATTEMPTS = 20;

class FiledWindows implements MachineWindows {
  readonly #io: Outside;
  readonly #mostNew: number;
  readonly #readTime: (now: number) => MachineTime;
  readonly #logs = new Map<string, MachineLog>();
  /** The places of this process that are not ended. */
  readonly #open = new Set<string>();
  readonly #prefix = randomBytes(6).toString('base64url');
  #owners: Owners | null = null;
  #count = 0;

  constructor(io: Outside, mostNew: number) {
    this.#io = io;
    this.#mostNew = mostNew;
    this.#readTime = createMachineClock(io);
  }

  look(want: Want, now: number): Standing | Broken {
    return attempt(want, () => {
      const time = this.#readTime(now);
      const { ledger } = this.#catchUp(want, time);
      const waitMs = this.#findWait(want, time);
      return { kind: 'standing', waitMs, left: ledger.left(nameWindow(want), want.room, time.at) };
    });
  }

  take(want: Want, isOver: boolean, now: number): MachinePlace | Full | Broken {
    return attempt(want, () => {
      const taken = this.#take(want, isOver, now);
      return typeof taken === 'string' ? this.#createPlace(want, isOver, taken) : taken;
    });
  }

  /** The id of the place. */
  #take(want: Want, isOver: boolean, now: number): string | Full {
    const time = this.#readTime(now);
    const tool = nameWindow(want);
    for (let tries = 0; tries < MOST_ATTEMPTS; tries++) {
      const log = this.#catchUp(want, time);
      const waitMs = isOver ? 0 : this.#findWait(want, time);
      if (waitMs !== 0) return { kind: 'full', waitMs };
      const id = `${this.#prefix}${(this.#count++).toString(36)}`;
      const { own } = this.#findOwners();
      const record = { kind: 'take', id, owner: own, tool, amount: want.amount, at: time.at } as const;
      if (log.append(record) === 'sealed') continue;
      this.#open.add(id);
      if (isOver || log.ledger.left(tool, want.room, time.at) >= 0n) return id;
      // Others were quicker; what came behind us is none of our business.
      this.#release(log, id);
    }
    throw new Error('other guards were quicker each time');
  }

  #createPlace(want: Want, isOver: boolean, first: string): MachinePlace {
    let id = first;
    return {
      kind: 'taken',
      commit: (now) => {
        const done = attempt(want, () => {
          for (let tries = 0; tries < MOST_ATTEMPTS; tries++) {
            const time = this.#readTime(now);
            const log = this.#catchUp(want, time);
            const record = { kind: 'commit', id, at: time.at, wall: time.wall } as const;
            const written = log.ledger.isHeld(id) ? log.append(record) : 'void';
            if (written === 'sealed') continue;
            this.#open.delete(id);
            if (written === 'done') return { kind: 'done' } as const;
            const taken = this.#take(want, isOver, now);
            if (typeof taken !== 'string') return TAKEN_AWAY;
            id = taken;
          }
          throw new Error('other guards were quicker each time');
        });
        if (done.kind === 'done') return null;
        this.#open.delete(id);
        return done.why;
      },
      release: () => {
        this.#open.delete(id);
        // What cannot be written now is given back by whoever finds that we do not hold it any more.
        attempt(want, () => this.#release(this.#openLog(want), id));
      },
    };
  }

  /** Before anybody is refused, the places of those that are gone are given back. */
  #findWait(want: Want, time: MachineTime): number | null {
    const log = this.#openLog(want);
    const tool = nameWindow(want);
    const wait = () => log.ledger.waitMs(tool, want.amount, want.room, time.at);
    const waitMs = wait();
    if (waitMs === 0 || want.amount > want.room.max) return waitMs;
    const gone = new Map<string, boolean | null>();
    for (const { id, owner, at } of log.ledger.listHeld(tool)) {
      if (!gone.has(owner)) gone.set(owner, this.#findOwners().isGone(owner));
      const isUnseen = (gone.get(owner) ?? null) === null && time.at - at > UNSEEN_MS;
      const isForgotten = id.startsWith(this.#prefix) && !this.#open.has(id);
      if (gone.get(owner) === true || isUnseen || isForgotten) this.#release(log, id);
    }
    return wait();
  }

  #release(log: MachineLog, id: string): void {
    this.#open.delete(id);
    log.append({ kind: 'release', id });
  }

  #catchUp(want: Want, time: MachineTime): MachineLog {
    const log = this.#openLog(want);
    log.catchUp(want.room.windowMs, time);
    return log;
  }

  #openLog({ limit }: Want): MachineLog {
    const name = nameLimit(limit);
    const known = this.#logs.get(name);
    if (known !== undefined) return known;
    const log = new MachineLog(nameFolder(name, limit.rule, this.#io), this.#mostNew, this.#io);
    this.#logs.set(name, log);
    return log;
  }

  #findOwners(): Owners {
    this.#owners ??= createOwners(this.#io);
    return this.#owners;
  }
}

const TAKEN_AWAY = {
  kind: 'broken',
  why: 'its place was given to another call, because it could not be seen that it still waits',
} as const;

/** The file is not the limit's name, which is long and may hold anything; the words are for whoever looks. */
function nameFolder(name: string, rule: string, { folders }: Outside): string {
  const words = rule.replaceAll(/[^A-Za-z0-9_.-]+/g, '_').slice(0, 60);
  return join(
    folders.state,
    'limits',
    `${words}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`,
  );
}

/** The tool's window within its limit's file. */
function nameWindow({ tool }: Want): string {
  return tool === '' ? '' : createHash('sha256').update(tool).digest('base64url').slice(0, 12);
}

function attempt<T>(want: Want, act: () => T): T | Broken {
  try {
    return act();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'broken', why: `what ${want.limit.rule} has counted cannot be used: ${why}` };
  }
}
