import { setTimeout as wait } from 'node:timers/promises';
import type { Io } from '../../io.ts';
import { readJob } from './job.ts';
import { isCanonical, readSettings, restoreSettings, setKeyByKey } from './stty.ts';
import { Tty } from './tty.ts';
import { takeTurn, type Turn } from './turn.ts';
import { BACKGROUND, NO_TERMINAL, RAW, Unusable } from './unusable.ts';

const TURN_LOOK_MS = 200;

/**
 * Takes the guard's terminal to ask in it. Waits while another guard asks there, until `until` is aborted. Throws
 * `Unusable` where there is no terminal, or somebody else is using it.
 */
export async function holdTerminal(io: Io, until: AbortSignal): Promise<Hold> {
  const tty = io.platform === 'win32' ? null : Tty.open();
  if (tty === null) throw new Unusable(NO_TERMINAL);
  try {
    const hold = new Hold(io, tty, await waitForTurn(io, until));
    try {
      await hold.take();
      return hold;
    } catch (error) {
      await hold.release();
      throw error;
    }
  } catch (error) {
    tty.close();
    throw error;
  }
}

async function waitForTurn(io: Io, until: AbortSignal): Promise<Turn> {
  for (;;) {
    const { isForeground, terminal } = await readJob(io);
    if (terminal === null) throw new Unusable(NO_TERMINAL);
    if (!isForeground) throw new Unusable(BACKGROUND);
    const turn = await takeTurn(terminal, io);
    if (turn !== null) return turn;
    await wait(TURN_LOOK_MS, undefined, { signal: until });
  }
}

/** A terminal in the guard's hand, with its settings as they were before. */
export class Hold {
  readonly tty: Tty;
  readonly #io: Io;
  readonly #turn: Turn;
  /** What to put back, and what stands there instead. Null while nothing is changed. */
  #settings: { readonly saved: string; readonly ours: string | null } | null = null;

  constructor(io: Io, tty: Tty, turn: Turn) {
    this.#io = io;
    this.tty = tty;
    this.#turn = turn;
  }

  /** Makes keys come one by one. Throws where the terminal is not free. */
  async take(): Promise<void> {
    const { fd } = this.tty;
    await this.requireForeground();
    if (this.#settings !== null && (await readSettings(fd)) === this.#settings.ours) return;
    if (!(await isCanonical(fd))) throw new Unusable(RAW);
    const saved = await readSettings(fd);
    // Whatever fails from here on, there is something to put back.
    this.#settings = { saved, ours: null };
    await setKeyByKey(fd);
    this.#settings = { saved, ours: await readSettings(fd) };
  }

  async requireForeground(): Promise<void> {
    if (!(await readJob(this.#io)).isForeground) throw new Unusable(BACKGROUND);
  }

  /** Throws unless the terminal still is the guard's alone. */
  async requireOurs(): Promise<void> {
    await this.requireForeground();
    if ((await readSettings(this.tty.fd)) !== this.#settings?.ours) throw new Unusable(RAW);
  }

  /** Puts the settings back; at once, and as often as one likes. */
  restore(): void {
    const settings = this.#settings;
    this.#settings = null;
    if (settings !== null) restoreSettings(this.tty.fd, settings.saved, settings.ours);
  }

  /** Gives everything back. */
  async release(): Promise<void> {
    this.restore();
    this.tty.close();
    await this.#turn.end();
  }
}
