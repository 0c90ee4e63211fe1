import { constants } from 'node:os';
import type { Answer, Asker } from '../approval/question.ts';
import type { AuditLog } from '../audit/log.ts';
import type { Io } from '../io.ts';
import { LineReader, type LineEvent } from '../wire/lines.ts';
import { SIGNALS, type EarlySignals } from './early-signals.ts';
import { Ladder } from './ladder.ts';
import type { Effect, Event } from './event.ts';
import type { Notes } from './notes.ts';
import { Outlet } from './outlet.ts';
import { Questions } from './questions.ts';
import { isWorking, step } from './session.ts';
import type { State } from './state.ts';
import { describeExit, type Exit, type Upstream } from './upstream.ts';

const MOST_FROM_CLIENT = 16 << 20;
const MOST_WORDS = 64 << 10;
/** How long output may still come after the server's end, where a grandchild holds its stdout open. */
const DRAIN_MS = 1_000;
/** How long a client that closed its input, or sent a signal, may take to read the last of the output. */
const FLUSH_AFTER_INPUT_MS = 10_000;
const FLUSH_AFTER_SIGNAL_MS = 500;
const DRAIN_LOOK_MS = 50;
const PARENT_LOOK_MS = 1_000;

export interface RelayParts {
  readonly io: Io;
  /** Signals that came before the relay could pass them on. */
  readonly early: EarlySignals;
  readonly upstream: Upstream;
  readonly state: State;
  readonly log: AuditLog;
  readonly notes: Notes;
  /** Called when the first question comes, so that a run without questions loads nothing for them. */
  readonly openApprover: () => Promise<Asker>;
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
  readonly #over = new AbortController();
  readonly #late = new AbortController();
  #lateTimer: NodeJS.Timeout | null = null;
  #exited = false;
  #fail: (error: unknown) => void = () => {};
  #parentLook: NodeJS.Timeout | null = null;

  constructor(parts: RelayParts) {
    const { io, upstream, state } = parts;
    this.#parts = parts;
    this.#ladder = new Ladder(upstream, io, () => isWorking(state));
    this.#fromServer = new LineReader(parts.mostFromServer);
    const answer = this.#guarded((key: string, value: Answer) =>
      this.#feed({ kind: 'answer', key, answer: value }),
    );
    this.#questions = new Questions(parts.openApprover, answer);
    const pace = this.#guarded(() => this.#setPace());
    this.#toServer = new Outlet(upstream.stdin, pace, () => this.#ladder.endConversation());
    this.#toClient = new Outlet(
      io.stdout,
      pace,
      this.#guarded(() => this.#endClient()),
    );
  }

  /** Relays until both sides have ended; the exit code of the run. Rejects only when the guard itself fails. */
  async run(): Promise<number> {
    const { io, upstream, early } = this.#parts;
    try {
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
      this.#lookForParent(false);
      if (this.#lateTimer !== null) clearTimeout(this.#lateTimer);
      await this.#questions.close();
      upstream.release();
      io.stdin.destroy();
      io.stdout.destroy();
    }
  }

  #listen(): void {
    const { io, upstream } = this.#parts;
    const endClient = this.#guarded(() => this.#endClient());
    const readClient = this.#guarded((chunk: Buffer) => this.#read('client', this.#fromClient.push(chunk)));
    io.stdin.on('data', readClient).on('end', endClient).on('error', endClient);
    const readServer = this.#guarded((chunk: Buffer) => this.#read('server', this.#fromServer.push(chunk)));
    // A server that closed its output can answer nothing more.
    upstream.stdout.on('data', readServer).on('end', () => this.#ladder.endConversation());
    upstream.stdout.on('error', () => this.#ladder.endConversation());
    this.#listenToWords();
    // Words for people are not worth a crash.
    io.stderr.on('error', () => {});
    const passSignal = this.#guarded((signal: NodeJS.Signals) => this.#passSignal(signal));
    io.onSignal(SIGNALS, passSignal, this.#over.signal);
    // Node opens its inspector on SIGUSR1, to anyone who may send it.
    io.onSignal(['SIGUSR1'], () => {}, this.#over.signal);
  }

  /** The server's words: on a terminal marked and made harmless, elsewhere byte for byte and at their reader's pace. */
  #listenToWords(): void {
    const { io, upstream, notes } = this.#parts;
    upstream.stderr.on('error', () => {});
    if (io.stderr.isTTY !== true) {
      upstream.stderr.on('data', (chunk: Buffer) => {
        if (io.stderr.writable && !io.stderr.write(chunk)) upstream.stderr.pause();
      });
      io.stderr.on('drain', () => upstream.stderr.resume());
      return;
    }
    const lines = new LineReader(MOST_WORDS);
    const print = (events: readonly LineEvent[]): void => {
      for (const event of events)
        notes.printServer(String(event.kind === 'line' ? event.bytes : event.head).trimEnd());
    };
    upstream.stderr.on('data', (chunk: Buffer) => print(lines.push(chunk)));
    upstream.stderr.on('end', () => print(lines.end()));
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
    const now = this.#parts.io.now();
    const effects: Effect[] = [];
    for (const line of lines) {
      const event: Event =
        line.kind === 'line'
          ? { kind: `${from}-line`, bytes: line.bytes }
          : { ...line, kind: `${from}-too-long` };
      for (const effect of step(this.#parts.state, event, now)) effects.push(effect);
    }
    this.#perform(effects);
  }

  #feed(event: Event): void {
    this.#perform(step(this.#parts.state, event, this.#parts.io.now()));
  }

  /** What came together is logged in one write and then forwarded in one; the order of the effects holds. */
  #perform(effects: readonly Effect[]): void {
    const { log, notes, state, io } = this.#parts;
    const entries = effects.flatMap((effect) => (effect.kind === 'log' ? [effect.entry] : []));
    const failure = entries.length === 0 ? null : log.write(entries);
    if (failure !== null) notes.print('warn', `the audit log cannot be written, so no call runs: ${failure}`);
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
        case 'ask':
          this.#questions.ask(effect.question);
          break;
        case 'withdraw':
          this.#questions.withdraw(effect.key, effect.why);
          break;
        case 'note':
          notes.print(effect.level, effect.text);
          break;
      }
    }
    this.#toServer.write(toServer);
    this.#toClient.write(toClient);
    notes.hold(this.#questions.areOpen);
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
      this.#lookForParent(client && !state.clientEnded);
    }
    if (this.#toClient.isFull !== upstream.stdout.isPaused()) {
      if (upstream.stdout.isPaused()) upstream.stdout.resume();
      else upstream.stdout.pause();
    }
  }

  /** Whoever does not read its input cannot see its end: while the client is held, look whether it still lives. */
  #lookForParent(on: boolean): void {
    if (this.#parentLook !== null) clearInterval(this.#parentLook);
    this.#parentLook = null;
    if (!on) return;
    const { io } = this.#parts;
    const parent = io.parentPid();
    this.#parentLook = setInterval(() => {
      if (io.parentPid() !== parent) this.#endClient();
    }, PARENT_LOOK_MS);
  }

  #endClient(): void {
    if (this.#parts.state.clientEnded) return;
    this.#read('client', this.#fromClient.end());
    this.#feed({ kind: 'client-end' });
    this.#ladder.endInput();
    this.#limitFlush();
  }

  #passSignal(signal: NodeJS.Signals): void {
    this.#feed({ kind: 'client-end' });
    this.#ladder.passSignal(signal);
    this.#limitFlush();
  }

  async #finish(exit: Exit): Promise<number> {
    const { upstream } = this.#parts;
    this.#ladder.finish();
    this.#exited = true;
    this.#limitFlush();
    await this.#drain(upstream);
    upstream.signal('SIGKILL');
    this.#read('server', this.#fromServer.end());
    this.#feed({ kind: 'server-end', how: describeExit(exit) });
    await Promise.race([this.#toClient.flush(), aborted(this.#late.signal)]);
    if (this.#ladder.forced) return 0;
    return exit.code ?? 128 + (exit.signal === null ? 0 : constants.signals[exit.signal]);
  }

  /** What the server wrote before its end is still in the pipe; only time in which it could be read is counted. */
  async #drain({ stdout }: Upstream): Promise<void> {
    if (stdout.readableEnded || stdout.destroyed) return;
    let left = DRAIN_MS;
    await new Promise<void>((resolve) => {
      const clock = setInterval(() => {
        if (!stdout.isPaused()) left -= DRAIN_LOOK_MS;
        if (left <= 0 || this.#late.signal.aborted) finish();
      }, DRAIN_LOOK_MS);
      const finish = (): void => {
        clearInterval(clock);
        resolve();
      };
      stdout.once('close', finish).once('end', finish);
    });
  }

  /** A client that stays reads at its own pace; one that said goodbye gets a limited time for the last of the output. */
  #limitFlush(): void {
    if (!this.#exited || !this.#parts.state.clientEnded || this.#lateTimer !== null) return;
    const ms = this.#ladder.ending?.kind === 'signal' ? FLUSH_AFTER_SIGNAL_MS : FLUSH_AFTER_INPUT_MS;
    this.#lateTimer = setTimeout(() => this.#late.abort(), ms);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
