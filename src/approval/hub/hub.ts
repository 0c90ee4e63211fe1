import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Io } from '../../io.ts';
import { Caller } from './caller.ts';
import type { FromConsole, FromGuard, ListedGrant } from './console-message.ts';
import {
  checkGuardsFolder,
  createEndpoint,
  type Endpoint,
  publishEndpoint,
  removeEndpoint,
} from './endpoint.ts';
import type { Timing } from './posted.ts';
import { Postings } from './postings.ts';
import type { Choice, Question } from '../question.ts';
import type { Proposal } from '../../policy/always/proposal.ts';

/** What a guard hears from consoles, and what they may ask it. */
export interface HubListener {
  /** How many consoles have proved themselves. */
  onConsoles(count: number): void;
  /** Called once for a question that was posted; the listener closes it. */
  onAnswer(key: string, choice: Choice): void;
  onAttend(key: string): void;
  onPause(on: boolean): void;
  onRevoke(id: string): void;
  onTrouble(why: string): void;
  propose(key: string): Promise<Proposal>;
  status(): { allowed: number; denied: number; paused: boolean };
  grants(): readonly ListedGrant[];
}

/** Where consoles meet a guard. */
export interface Hub {
  readonly consoles: number;
  /** Shows a question, new or changed, to every console, now and later. */
  post(question: Question, timing: Timing): void;
  /** It is over; `how` in words. */
  close(key: string, how: string): void;
  /** What became of a saved policy. Consoles that come later hear of it only while it is broken. */
  tellPolicy(text: string, isBroken: boolean): void;
  /** Removes the socket and its file, ends every connection. Never rejects; nothing is heard from then on. */
  end(): Promise<void>;
}

export interface HubParts {
  readonly io: Io;
  /** The server's name. */
  readonly server: string;
  readonly listener: HubListener;
}

const MOST_CALLERS = 8;

/** Listens for consoles. Rejects where no socket can be had. What it holds never keeps the process alive. */
export async function openHub(parts: HubParts): Promise<Hub> {
  const hub = new SocketHub(parts, createEndpoint(parts.io));
  await hub.listen();
  return hub;
}

class SocketHub implements Hub {
  readonly #parts: HubParts;
  readonly #endpoint: Endpoint;
  readonly #server: Server;
  readonly #since: number;
  readonly #postings = new Postings();
  readonly #callers = new Set<Caller>();
  #consoles = 0;
  #trouble: string | null = null;
  #policy: FromGuard | null = null;
  #isOver = false;

  constructor(parts: HubParts, endpoint: Endpoint) {
    this.#parts = parts;
    this.#endpoint = endpoint;
    this.#since = parts.io.date().getTime();
    this.#server = createServer((socket) => this.#receive(socket));
  }

  async listen(): Promise<void> {
    const { io } = this.#parts;
    const { address } = this.#endpoint;
    // Settled by whichever comes first; what fails after it stands costs one connection, and no guard.
    await new Promise<void>((resolve, reject) => {
      this.#server.on('error', reject).listen(address, resolve);
    });
    this.#server.unref();
    try {
      // The folder keeps others out until then.
      if (io.platform !== 'win32') chmodSync(address, 0o600);
      publishEndpoint(this.#endpoint, io);
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  get consoles(): number {
    return this.#consoles;
  }

  post(question: Question, timing: Timing): void {
    this.#tell({ kind: 'question', question: this.#postings.put(question, timing, this.#now()) });
  }

  close(key: string, how: string): void {
    if (this.#postings.close(key, how)) this.#tell({ kind: 'closed', key, how });
  }

  tellPolicy(text: string, isBroken: boolean): void {
    const message = { kind: 'policy', text, isBroken } as const;
    this.#policy = isBroken ? message : null;
    this.#tell(message);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    removeEndpoint(this.#endpoint, this.#parts.io);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const caller of this.#callers) caller.end();
    await closed;
  }

  #receive(socket: Socket): void {
    const why = this.#distrust();
    if (why !== null || this.#isOver || this.#callers.size >= MOST_CALLERS) {
      // Nobody listens to what goes wrong with it from here on.
      socket.on('error', () => {}).destroy();
      if (why !== null && why !== this.#trouble) this.#parts.listener.onTrouble(why);
      this.#trouble = why;
      return;
    }
    this.#trouble = null;
    const { io, server } = this.#parts;
    const about = { server, since: this.#since, pid: io.pid, token: this.#endpoint.token };
    const caller: Caller = new Caller(socket, about, {
      onProved: () => this.#admit(caller),
      onMessage: (message) => this.#hear(caller, message),
      onGone: (isProved) => this.#lose(caller, isProved),
    });
    this.#callers.add(caller);
  }

  /** Whoever could enter the folder meanwhile may have put another socket there, or read the token. */
  #distrust(): string | null {
    try {
      checkGuardsFolder(this.#parts.io);
      return null;
    } catch (error) {
      return `a console was refused: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  #admit(caller: Caller): void {
    caller.send(this.#status());
    if (this.#policy !== null) caller.send(this.#policy);
    for (const question of this.#postings.list(this.#now())) caller.send({ kind: 'question', question });
    this.#countConsoles(1);
  }

  #lose(caller: Caller, isProved: boolean): void {
    this.#callers.delete(caller);
    if (isProved) this.#countConsoles(-1);
  }

  #countConsoles(change: 1 | -1): void {
    this.#consoles += change;
    if (!this.#isOver) this.#parts.listener.onConsoles(this.#consoles);
  }

  #hear(caller: Caller, message: FromConsole): void {
    const { listener } = this.#parts;
    switch (message.kind) {
      case 'show':
        return this.#show(caller, message.key);
      case 'propose':
        return this.#propose(caller, message.key);
      case 'answer':
        return this.#answer(caller, message);
      case 'attend':
        return listener.onAttend(message.key);
      case 'pause':
        listener.onPause(message.on);
        return this.#tell(this.#status());
      case 'revoke':
        return listener.onRevoke(message.id);
      case 'status':
        return caller.send(this.#status());
      case 'grants':
        return caller.send({ kind: 'grants', grants: listener.grants() });
      case 'hello':
      case 'prove':
        return caller.end();
    }
  }

  #show(caller: Caller, key: string): void {
    const content = this.#postings.show(key);
    if (content === null) this.#refuse(caller, key, this.#postings.explainEnd(key));
    else caller.send({ kind: 'content', key, content });
  }

  #propose(caller: Caller, key: string): void {
    void this.#parts.listener
      .propose(key)
      .catch((error: unknown): Proposal => ({ kind: 'impossible', why: String(error) }))
      .then((proposal) => caller.send({ kind: 'proposal', key, proposal }));
  }

  #answer(caller: Caller, message: Extract<FromConsole, { kind: 'answer' }>): void {
    const { key, choice } = message;
    const why = this.#postings.take(message, this.#now());
    if (why === null) this.#parts.listener.onAnswer(key, choice);
    else this.#refuse(caller, key, why);
  }

  #refuse(caller: Caller, key: string, why: string): void {
    caller.send({ kind: 'refused', key, why });
  }

  #status(): FromGuard {
    return { kind: 'status', ...this.#parts.listener.status() };
  }

  #tell(message: FromGuard): void {
    for (const caller of this.#callers) caller.tell(message);
  }

  #now(): number {
    return this.#parts.io.now();
  }
}
