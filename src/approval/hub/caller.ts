import type { Socket } from 'node:net';
import { LineReader } from '../../wire/lines.ts';
import type { FromConsole, FromGuard } from './console-message.ts';
import { checkProof, createNonce, prove } from './handshake.ts';
import { readFromConsole } from './read-from-console.ts';

/** What a guard says of itself, and its secret. */
export interface About {
  readonly server: string;
  /** Wall clock, ms since the epoch. */
  readonly since: number;
  readonly pid: number;
  readonly token: string;
}

export interface CallerListener {
  onProved(): void;
  /** Only after the proof. */
  onMessage(message: FromConsole): void;
  /** Called once. */
  onGone(isProved: boolean): void;
}

const LF = 0x0a;
const MOST_MESSAGE = 64 << 10;
const MOST_BACKLOG = 64 << 20;
const HANDSHAKE_MS = 5_000;

/** One connection to a guard: somebody who proves to be a console of this user, or is sent away. */
export class Caller {
  readonly #socket: Socket;
  readonly #about: About;
  readonly #listener: CallerListener;
  readonly #lines = new LineReader(MOST_MESSAGE);
  /** Bytes of a message whose end has not come. */
  #unfinished = 0;
  /** Only while the handshake is under way. */
  readonly #timer: NodeJS.Timeout;
  /** The proof that the console has to give, once it has greeted. */
  #due: string | null = null;
  #isProved = false;

  constructor(socket: Socket, about: About, listener: CallerListener) {
    this.#socket = socket;
    this.#about = about;
    this.#listener = listener;
    this.#timer = setTimeout(() => this.end(), HANDSHAKE_MS).unref();
    socket.unref();
    // What goes wrong with a connection closes it.
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.once('end', () => this.end());
    socket.once('close', () => {
      clearTimeout(this.#timer);
      listener.onGone(this.#isProved);
    });
  }

  /** Says something to a console that has proved itself. */
  tell(message: FromGuard): void {
    if (this.#isProved) this.send(message);
  }

  /** Whoever does not read is let go: nothing may pile up for long. */
  send(message: FromGuard): void {
    if (this.#socket.destroyed) return;
    this.#socket.write(`${JSON.stringify(message)}\n`);
    if (this.#socket.writableLength > MOST_BACKLOG) this.end();
  }

  end(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    for (const line of this.#lines.push(chunk)) {
      // An earlier line of the chunk may have ended it.
      if (this.#socket.destroyed) return;
      const message = line.kind === 'line' ? readFromConsole(line.bytes) : null;
      if (message === null) return this.end();
      if (this.#isProved) this.#listener.onMessage(message);
      else this.#shakeHands(message);
    }
    const end = chunk.lastIndexOf(LF);
    this.#unfinished = end === -1 ? this.#unfinished + chunk.length : chunk.length - end - 1;
    // A message that is too long already is not waited for: it might never end.
    if (this.#unfinished > MOST_MESSAGE) this.end();
  }

  #shakeHands(message: FromConsole): void {
    const { token, server, since, pid } = this.#about;
    if (message.kind === 'hello' && this.#due === null) {
      const nonce = createNonce();
      this.#due = prove(token, 'console', nonce, message.nonce);
      const proof = prove(token, 'guard', message.nonce, nonce);
      this.send({ kind: 'hello', version: 1, server, since, pid, nonce, proof });
    } else if (message.kind === 'prove' && this.#due !== null && checkProof(message.proof, this.#due)) {
      this.#isProved = true;
      clearTimeout(this.#timer);
      this.#listener.onProved();
    } else {
      this.end();
    }
  }
}
