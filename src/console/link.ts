import { connect, type Socket } from 'node:net';
import type { FromConsole, FromGuard } from '../approval/hub/console-message.ts';
import { type Endpoint, removeEndpoint } from '../approval/hub/endpoint.ts';
import { checkProof, createNonce, prove } from '../approval/hub/handshake.ts';
import { readFromGuard } from '../approval/hub/read-from-guard.ts';
import type { Io } from '../io.ts';
import { LineReader } from '../wire/lines.ts';

/** A guard that this console has joined. */
export interface Link {
  readonly id: string;
  readonly server: string;
  /** Wall clock, ms since the epoch. */
  readonly since: number;
  readonly pid: number;
  send(message: FromConsole): void;
  close(): void;
}

export interface LinkListener {
  message(link: Link, message: FromGuard): void;
  /** Called once, after the link was made. */
  left(link: Link, why: string): void;
}

const MOST_MESSAGE = 64 << 20;
const HANDSHAKE_MS = 2_000;

type Outside = Pick<Io, 'folders' | 'uid' | 'platform'>;

/**
 * Joins a guard, within 2 s. Rejects where it is dead, which is cleared away, or does not know its own token. Once
 * `until` is aborted the connection is gone.
 */
export async function connectGuard(
  endpoint: Endpoint,
  listener: LinkListener,
  io: Outside,
  until?: AbortSignal,
): Promise<Link> {
  const socket = connect({ path: endpoint.address, ...(until === undefined ? {} : { signal: until }) });
  try {
    return await shakeHands(socket, endpoint, listener);
  } catch (error) {
    socket.destroy();
    if (isDead(error)) removeEndpoint(endpoint, io);
    throw error;
  }
}

/** Clears a guard's files away where nobody listens at its socket. Never rejects. */
export async function clearDead(
  { id, address }: Pick<Endpoint, 'id' | 'address'>,
  io: Outside,
): Promise<void> {
  const socket = connect(address);
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve);
    socket.on('error', (error) => {
      if (isDead(error)) removeEndpoint({ id }, io);
      resolve();
    });
  });
  socket.destroy();
}

type Hello = Extract<FromGuard, { kind: 'hello' }>;

function shakeHands(socket: Socket, endpoint: Endpoint, listener: LinkListener): Promise<Link> {
  return new Promise((resolve, reject) => {
    const nonce = createNonce();
    const lines = new LineReader(MOST_MESSAGE);
    let link: Link | null = null;
    let why = 'the guard is gone';
    const refuse = (reason: string): void => {
      why = reason;
      socket.destroy();
    };
    const timer = setTimeout(() => refuse('the guard does not answer'), HANDSHAKE_MS);
    const join = (message: FromGuard, isAlone: boolean): void => {
      if (!isProof(message, endpoint.token, nonce)) return refuse('somebody else listens at its socket');
      // Nothing may be said before this side has proved itself too.
      if (!isAlone) return refuse('the guard speaks out of turn');
      send(socket, { kind: 'prove', proof: prove(endpoint.token, 'console', message.nonce, nonce) });
      clearTimeout(timer);
      link = createLink(socket, endpoint.id, message);
      resolve(link);
    };
    socket.once('connect', () => send(socket, { kind: 'hello', version: 1, nonce }));
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      const read = lines.push(chunk);
      for (const line of read) {
        if (socket.destroyed) return;
        const message = line.kind === 'line' ? readFromGuard(line.bytes) : null;
        if (message === null) return refuse('it says what no guard says');
        if (link === null) join(message, read.length === 1);
        else listener.message(link, message);
      }
    });
    socket.once('end', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new Error(why));
      if (link !== null) listener.left(link, why);
    });
  });
}

function isProof(message: FromGuard, token: string, nonce: string): message is Hello {
  return message.kind === 'hello' && checkProof(message.proof, prove(token, 'guard', nonce, message.nonce));
}

function createLink(socket: Socket, id: string, { server, since, pid }: Hello): Link {
  return {
    id,
    server,
    since,
    pid,
    send: (message) => send(socket, message),
    close: () => void socket.destroy(),
  };
}

function send(socket: Socket, message: FromConsole): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
}

/** Nobody listens: its guard is gone, and did not clear up. */
function isDead(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT')
  );
}
