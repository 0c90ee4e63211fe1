import type { Io } from '../io.ts';
import type { Upstream } from './upstream.ts';

/** After end of input: how long a server may take to leave by itself, idle and with answers still owed. */
const IDLE_MS = 1_500;
const WORKING_MS = 10_000;
/** From SIGTERM to SIGKILL after end of input; and after a signal, where some clients grant one second in all. */
const TERM_TO_KILL_MS = 1_000;
const SIGNAL_TO_KILL_MS = 700;
/** How often an owed answer is looked for. */
const LOOK_MS = 100;

/** Why the guard ends the server, null while it does not. */
export type Ending =
  { readonly kind: 'input' } | { readonly kind: 'signal'; readonly signal: NodeJS.Signals };

/** The ladder from asking to SIGKILL. Each way of ending can be entered once; a signal overtakes the end of input. */
export class Ladder {
  #ending: Ending | null = null;
  /** The server left only because it was made to. */
  #forced = false;
  /** The server has ended: nothing is left to be sent to. */
  #over = false;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #upstream: Upstream;
  readonly #io: Pick<Io, 'now'>;
  readonly #isWorking: () => boolean;

  constructor(upstream: Upstream, io: Pick<Io, 'now'>, isWorking: () => boolean) {
    this.#upstream = upstream;
    this.#io = io;
    this.#isWorking = isWorking;
  }

  get ending(): Ending | null {
    return this.#ending;
  }

  get forced(): boolean {
    return this.#forced;
  }

  /** No more input will come: the server's stdin closes now, its output is still wanted while it owes answers. */
  endInput(): void {
    this.#end(this.#isWorking);
  }

  /** The server closed its own output, or its input: it can answer nothing more. */
  endConversation(): void {
    this.#end(() => false);
  }

  #end(isWorking: () => boolean): void {
    if (this.#over || this.#ending !== null) return;
    this.#ending = { kind: 'input' };
    this.#upstream.stdin.end();
    const since = this.#io.now();
    const look = (): void => {
      const waited = this.#io.now() - since;
      if (waited < WORKING_MS && isWorking()) return this.#after(LOOK_MS, look);
      this.#forced = true;
      this.#upstream.signal('SIGTERM');
      return this.#after(TERM_TO_KILL_MS, () => this.#upstream.signal('SIGKILL'));
    };
    this.#after(IDLE_MS, look);
  }

  /** A signal to the guard is one to the server. */
  passSignal(signal: NodeJS.Signals): void {
    const again = this.#ending?.kind === 'signal';
    this.#ending = { kind: 'signal', signal };
    if (this.#over) return;
    this.#upstream.signal(signal);
    // However often it is repeated, the first one's SIGKILL comes in its time.
    if (again) return;
    this.#stop();
    this.#upstream.stdin.end();
    this.#after(SIGNAL_TO_KILL_MS, () => this.#upstream.signal('SIGKILL'));
  }

  /** The server has ended: from now on nothing is sent, as its group may be somebody else's by then. */
  finish(): void {
    this.#over = true;
    this.#stop();
  }

  #stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #after(ms: number, then: () => unknown): void {
    this.#timers.add(setTimeout(then, ms));
  }
}
