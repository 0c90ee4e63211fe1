import { constants } from 'node:os';
import type { Io } from '../io.ts';
import type { Reloader } from '../policy/file/reload.ts';
import { LineReader, type LineEvent } from '../wire/lines.ts';
import { SIGNALS, type EarlySignals } from './early-signals.ts';
import { Alarm } from './alarm.ts';
import { listGrants } from './approvals.ts';
import { aborted, drain } from './drain.ts';
import { FlushLimit } from './flush-limit.ts';
import { Ladder } from './ladder.ts';
import type { Effect, Event } from './event.ts';
import type { LogKeeper } from './log-keeper.ts';
import type { Notes } from './notes.ts';
import { Outlet } from './outlet.ts';
import type { PinKeeper } from './pin-keeper.ts';
import { ParentWatch } from './parent-watch.ts';
import { Questions, type Desk } from './questions.ts';
import { findNextTick, isWorking, step } from './session.ts';
import type { State } from './state.ts';
import { SleepWatch } from './sleep-watch.ts';
import { passWords } from './words.ts';
import { describeExit, type Exit, type Upstream } from './upstream.ts';

const MOST_FROM_CLIENT = 16 << 20;

export interface RelayParts {
  readonly io: Io;
  /** Signals that came before the relay could pass them on. */
  readonly early: EarlySignals;
  readonly upstream: Upstream;
  readonly state: State;
  readonly log: LogKeeper;
  readonly notes: Notes;
  /** The places where people are asked. */
  readonly desk: Desk;
  readonly keeper: PinKeeper;
  /** Watches the policy, and tells what became of a change. */
  readonly watchPolicy: (hear: (event: Event) => void) => Reloader | null;
  /** Bytes of the longest line that is read from the server. */
  readonly mostFromServer: number;
}

/** The only loop: feeds the session what happens and carries out what it asks for. */
export class Relay {
  readonly #parts: RelayParts;
  readonly #ladder: Ladder;
  readonly #toServer: Outlet;
  readonly #toClient: Outlet;
  readonly #fromClient = new LineReader(MOST_FROM_CLIENT);
  readonly #fromServer: LineReader;
  readonly #questions: Questions;
  readonly #alarm: Alarm;
  readonly #sleep: SleepWatch;
  readonly #parent: ParentWatch;
  #reloader: Reloader | null = null;
  readonly #over = new AbortController();
  readonly #flushLimit = new FlushLimit(() => this.#ladder.ending?.kind === 'signal');
  #fail: (error: unknown) => void = () => {};

  constructor(parts: RelayParts) {
    const { io, upstream, state } = parts;
    this.#parts = parts;
    this.#ladder = new Ladder(upstream, io, () => isWorking(state));
    this.#fromServer = new LineReader(parts.mostFromServer);
    this.#questions = new Questions(parts.desk, {
      hear: this.#guarded((event: Event) => this.#feed(event)),
      status: () => ({ ...state.counts, paused: state.paused }),
      grants: () => listGrants(state, io.now()),
    });
    const tick = this.#guarded(() => this.#feed({ kind: 'tick' }));
    this.#alarm = new Alarm(io, tick);
    this.#sleep = new SleepWatch(io);
    const endClient = this.#guarded(() => this.#endClient());
    this.#parent = new ParentWatch(io, endClient);
    const pace = this.#guarded(() => this.#setPace());
    this.#toServer = new Outlet(upstream.stdin, pace, () => this.#ladder.endConversation());
    this.#toClient = new Outlet(io.stdout, pace, endClient);
  }

  /** Relays until both sides have ended; the exit code of the run. Rejects only when the guard itself fails. */
  async run(): Promise<number> {
    const { io, upstream, early } = this.#parts;
    try {
      // Before the first call is read: what was granted or paused before holds for it.
      await this.#questions.open();
      const hear = this.#guarded((event: Event) => this.#feed(event));
      this.#reloader = this.#parts.watchPolicy(hear);
      this.#parts.keeper.attach(hear);
      return await new Promise<number>((resolve, reject) => {
        this.#fail = reject;
        this.#listen();
        const signal = early.end();
        if (signal !== null) this.#passSignal(signal);
        void upstream.ended.then((exit) => this.#finish(exit)).then(resolve, reject);
      });
    } finally {
      this.#over.abort();
      this.#ladder.finish();
      this.#parent.watch(false);
      this.#reloader?.close();
      this.#parts.keeper.close();
      this.#parts.log.close();
      this.#alarm.set(null);
      this.#flushLimit.clear();
      await this.#questions.close();
      upstream.release();
      io.stdin.destroy();
      io.stdout.destroy();
    }
  }

  #listen(): void {
    const { io, upstream, notes, keeper } = this.#parts;
    const endClient = this.#guarded(() => this.#endClient());
    const readClient = this.#guarded((chunk: Buffer) => this.#read('client', this.#fromClient.push(chunk)));
    io.stdin.on('data', readClient).on('end', endClient).on('error', endClient);
    const readServer = this.#guarded((chunk: Buffer) => this.#read('server', this.#fromServer.push(chunk)));
    // A server that closed its output can answer nothing more.
    upstream.stdout.on('data', readServer).on('end', () => this.#ladder.endConversation());
    upstream.stdout.on('error', () => this.#ladder.endConversation());
    upstream.stdout.once('data', () => void keeper.notePackage(upstream.pid));
    passWords(upstream.stderr, io.stderr, notes);
    const passSignal = this.#guarded((signal: NodeJS.Signals) => this.#passSignal(signal));
    io.onSignal(SIGNALS, passSignal, this.#over.signal);
    io.onSignal(['SIGUSR1'], () => {}, this.#over.signal); // Node would open its inspector to whoever sends it.
  }

  /** Half a decision must not be followed by the next one: where a handler throws, the server ends and so does the run. */
  #guarded<A extends unknown[]>(handler: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      try {
        handler(...args);
      } catch (error) {
        this.#parts.upstream.signal('SIGKILL');
        this.#fail(error);
      }
    };
  }

  #read(from: 'client' | 'server', lines: readonly LineEvent[]): void {
    if (from === 'client') this.#look();
    const now = this.#parts.io.now();
    const effects: Effect[] = this.#passSleep(now);
    for (const line of lines) {
      const event: Event =
        line.kind === 'line'
          ? { kind: `${from}-line`, bytes: line.bytes }
          : { ...line, kind: `${from}-too-long` };
      for (const effect of step(this.#parts.state, event, now)) effects.push(effect);
    }
    this.#perform(effects);
  }

  /** What was saved or accepted holds for the very next call. */
  #look(): void {
    this.#reloader?.look();
    this.#parts.keeper.look();
  }

  #feed(event: Event): void {
    const now = this.#parts.io.now();
    this.#perform([...this.#passSleep(now), ...step(this.#parts.state, event, now)]);
  }

  #passSleep(now: number): Effect[] {
    const ms = this.#sleep.look(now);
    return ms === 0 ? [] : step(this.#parts.state, { kind: 'slept', ms }, now);
  }

  /** What came together is logged in one write and then forwarded in one; the order of the effects holds. */
  #perform(effects: readonly Effect[]): void {
    const { log, notes, state, io } = this.#parts;
    const failure = log.writeBefore(effects);
    const toServer: Buffer[] = [];
    const toClient: Buffer[] = [];
    for (const effect of effects) {
      switch (effect.kind) {
        case 'log':
          break;
        case 'to-server':
          if (failure === null || effect.call === null) toServer.push(effect.bytes);
          else this.#perform(step(state, { kind: 'unlogged', call: effect.call, why: failure }, io.now()));
          break;
        case 'to-client':
          toClient.push(effect.bytes);
          break;
        case 'pin':
          this.#parts.keeper.keep(effect.records);
          break;
        case 'note':
          notes.print(effect.level, effect.text, effect.below);
          break;
        default:
          this.#questions.perform(effect);
      }
    }
    this.#toServer.write(toServer);
    this.#toClient.write(toClient);
    log.writeAfter(effects);
    notes.hold(this.#questions.isTerminalBusy);
    this.#alarm.set(this.#over.signal.aborted ? null : findNextTick(state));
    this.#setPace();
  }

  /** Reads from neither side more than the other takes. */
  #setPace(): void {
    const { io, upstream, state } = this.#parts;
    if (this.#over.signal.aborted) return;
    const client = state.clientEnded || this.#toServer.isFull || this.#toClient.isOverfull;
    if (client !== io.stdin.isPaused()) {
      if (client) io.stdin.pause();
      else io.stdin.resume();
      this.#parent.watch(client && !state.clientEnded);
    }
    if (this.#toClient.isFull !== upstream.stdout.isPaused()) {
      if (upstream.stdout.isPaused()) upstream.stdout.resume();
      else upstream.stdout.pause();
    }
  }

  #endClient(): void {
    if (this.#parts.state.clientEnded) return;
    this.#read('client', this.#fromClient.end());
    this.#feed({ kind: 'client-end' });
    this.#ladder.endInput();
    this.#flushLimit.end('client');
  }

  #passSignal(signal: NodeJS.Signals): void {
    this.#feed({ kind: 'client-end' });
    this.#ladder.passSignal(signal);
    this.#flushLimit.end('client');
  }

  async #finish(exit: Exit): Promise<number> {
    const { upstream } = this.#parts;
    this.#ladder.finish();
    this.#flushLimit.end('server');
    await drain(upstream.stdout, this.#flushLimit.signal);
    upstream.signal('SIGKILL');
    this.#read('server', this.#fromServer.end());
    this.#feed({ kind: 'server-end', how: describeExit(exit) });
    await Promise.race([this.#toClient.flush(), aborted(this.#flushLimit.signal)]);
    if (this.#ladder.forced) return 0;
    return exit.code ?? 128 + (exit.signal === null ? 0 : constants.signals[exit.signal]);
  }
}
