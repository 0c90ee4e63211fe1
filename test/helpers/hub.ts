import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FromConsole, FromGuard } from '../../src/approval/hub/console-message.ts';
import { type Endpoint, listEndpoints } from '../../src/approval/hub/endpoint.ts';
import { createNonce, prove } from '../../src/approval/hub/handshake.ts';
import { type Hub, type HubListener, openHub } from '../../src/approval/hub/hub.ts';
import type { Question } from '../../src/approval/question.ts';
import { createIo, type Io } from '../../src/io.ts';

/** The real world, but for the guard's folders; `folder` is gone when the test is over. */
export function createHomeIo(): Io & { readonly home: string } {
  const home = mkdtempSync(join(tmpdir(), 'mcp-guard-hub-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return {
    ...createIo(process),
    home,
    folders: { config: join(home, 'config'), state: join(home, 'state') },
  };
}

export function createQuestion(key: string, rest: Partial<Question> = {}): Question {
  return {
    key,
    server: 'mq',
    tool: 'make',
    title: null,
    profile: null,
    change: null,
    rule: 'default',
    reason: null,
    arguments: Buffer.from('{"n":1}'),
    attachments: new Map(),
    timeoutMs: 50_000,
    group: 'g',
    history: { asked: 0, allowed: 0, refused: 0, lastAllowed: null },
    allowsAlways: false,
    ...rest,
  };
}

/** Lets somebody wait until something is so, looked at whenever something happens. */
export class Happenings {
  #waiting: (() => void)[] = [];

  happen(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async until<T>(look: () => T | undefined | null | false): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined && found !== null && found !== false) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

/** A guard that does nothing but keep what consoles said. An answered question is closed at once. */
export class TestGuard extends Happenings {
  readonly said: unknown[] = [];
  readonly now: { hub: Hub | null } = { hub: null };

  static async open(io: Io, listener: Partial<HubListener> = {}, server = 'mq'): Promise<TestGuard> {
    const guard = new TestGuard();
    guard.now.hub = await openHub({ io, server, listener: { ...guard.#listen(), ...listener } });
    onTestFinished(() => guard.hub.end());
    return guard;
  }

  get hub(): Hub {
    if (this.now.hub === null) throw new Error('the hub is not open');
    return this.now.hub;
  }

  post(question: Question, isLate = false): void {
    const now = performance.now();
    this.hub.post(question, { askedAt: now, endsAt: now + 50_000, isLate });
  }

  #listen(): HubListener {
    const keep = (...said: unknown[]): void => {
      this.said.push(said);
      this.happen();
    };
    return {
      onConsoles: (count) => keep('consoles', count),
      onAnswer: (key, choice) => {
        keep('answer', key, choice);
        this.hub.close(key, `${choice.kind} in a console`);
      },
      onAttend: (key) => keep('attend', key),
      onPause: (on) => keep('pause', on),
      onRevoke: (id) => keep('revoke', id),
      onTrouble: (why) => keep('trouble', why),
      propose: (key) => Promise.resolve({ kind: 'impossible', why: `none for ${key}` }),
      status: () => ({ allowed: 1, denied: 2, paused: false }),
      grants: () => [],
    };
  }
}

/** A connection to a guard with every byte in the test's hand. */
export class RawConsole extends Happenings {
  readonly socket: Socket;
  readonly endpoint: Endpoint;
  readonly heard: FromGuard[] = [];
  readonly gone: Promise<void>;
  isGone = false;
  #partial = '';

  constructor(endpoint: Endpoint) {
    super();
    this.endpoint = endpoint;
    this.socket = connect(endpoint.address);
    this.socket.on('error', () => {});
    this.socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#partial + text).split('\n');
      this.#partial = lines.pop() ?? '';
      this.heard.push(...lines.map((line) => JSON.parse(line) as FromGuard));
      this.happen();
    });
    this.gone = new Promise((resolve) =>
      this.socket.once('close', () => {
        this.isGone = true;
        this.happen();
        resolve();
      }),
    );
    onTestFinished(() => void this.socket.destroy());
  }

  /** A console of the only guard that is there. */
  static to(io: Io): RawConsole {
    const [endpoint] = listEndpoints(io);
    if (endpoint === undefined) throw new Error('no guard has made itself known');
    return new RawConsole(endpoint);
  }

  /** One that has proved itself and been let in. */
  static async join(io: Io): Promise<RawConsole> {
    const console = RawConsole.to(io);
    await console.prove();
    await console.hear('status');
    return console;
  }

  write(text: string): void {
    this.socket.write(text);
  }

  say(message: FromConsole): void {
    this.write(`${JSON.stringify(message)}\n`);
  }

  /** Shakes hands, with this token. */
  async prove(token = this.endpoint.token): Promise<void> {
    const nonce = createNonce();
    this.say({ kind: 'hello', version: 1, nonce });
    const hello = await this.hear('hello');
    this.say({ kind: 'prove', proof: prove(token, 'console', hello.nonce, nonce) });
  }

  /** The last message of this kind, now or when it comes. */
  hear<K extends FromGuard['kind']>(kind: K): Promise<Extract<FromGuard, { kind: K }>> {
    return this.until(() =>
      this.heard.findLast((message): message is Extract<FromGuard, { kind: K }> => message.kind === kind),
    );
  }
}

/** A socket as a killed process leaves it: nobody listens there any more. */
export async function leaveSocket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}-`, resolve));
  // Node takes the name away that it knows.
  renameSync(`${path}-`, path);
  await new Promise((resolve) => server.close(resolve));
}
