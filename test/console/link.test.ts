import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { FromGuard } from '../../src/approval/hub/console-message.ts';
import {
  createEndpoint,
  type Endpoint,
  listEndpoints,
  openGuardsFolder,
} from '../../src/approval/hub/endpoint.ts';
import { createNonce, prove } from '../../src/approval/hub/handshake.ts';
import { connectGuard, type Link } from '../../src/console/link.ts';
import type { Io } from '../../src/io.ts';
import { createHomeIo, createQuestion, Happenings, leaveSocket, TestGuard } from '../helpers/hub.ts';

/** What a console hears over one link. */
class Ear extends Happenings {
  readonly heard: FromGuard[] = [];
  readonly left: string[] = [];

  async connect(endpoint: Endpoint, io: Io, until?: AbortSignal): Promise<Link> {
    const link = await connectGuard(
      endpoint,
      {
        message: (_, message) => {
          this.heard.push(message);
          this.happen();
        },
        left: (_, why) => {
          this.left.push(why);
          this.happen();
        },
      },
      io,
      until,
    );
    onTestFinished(() => link.close());
    return link;
  }
}

/** Somebody who listens in a guard's place, and does with each message what the test says. */
async function impersonate(
  io: Io,
  reply: (socket: Socket, message: { nonce?: string }) => void,
): Promise<Endpoint> {
  const endpoint = createEndpoint(io);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().split('\n').filter(Boolean)) {
        reply(socket, JSON.parse(line) as { nonce?: string });
      }
    });
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(endpoint.address, resolve));
  onTestFinished(() => void server.close());
  return endpoint;
}

function greet(token: string, challenge = '', side: 'guard' | 'console' = 'guard'): string {
  const nonce = createNonce();
  const proof = prove(token, side, challenge, nonce);
  return `${JSON.stringify({ kind: 'hello', version: 1, server: 'mq', since: 1, pid: 1, nonce, proof })}\n`;
}

const only = (io: Io): Endpoint => {
  const [endpoint] = listEndpoints(io);
  if (endpoint === undefined) throw new Error('no guard has made itself known');
  return endpoint;
};

describe('joining a guard', () => {
  test('tells who it is, and carries what both say', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open({ ...io, date: () => new Date(1_234) }, {}, 'rabbit');
    guard.post(createQuestion('q1'));
    const ear = new Ear();
    const link = await ear.connect(only(io), io);
    expect(link).toMatchObject({ id: only(io).id, server: 'rabbit', since: 1_234, pid: process.pid });
    await ear.until(() => ear.heard.length === 2);
    expect(ear.heard.map(({ kind }) => kind)).toEqual(['status', 'question']);
    link.send({ kind: 'attend', key: 'q1' });
    await guard.until(() => guard.said.length === 2);
    expect(guard.said).toEqual([
      ['consoles', 1],
      ['attend', 'q1'],
    ]);
  });

  test('lasts as long as both want it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const ear = new Ear();
    const link = await ear.connect(only(io), io);
    await guard.until(() => guard.hub.consoles === 1);
    vi.advanceTimersByTime(86_400_000);
    link.send({ kind: 'grants' });
    await ear.until(() => ear.heard.some(({ kind }) => kind === 'grants'));
    expect(ear.left).toEqual([]);
  });

  test('ends with the guard, and says so once', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const ear = new Ear();
    const link = await ear.connect(only(io), io);
    await guard.hub.end();
    await ear.until(() => ear.left.length > 0);
    link.send({ kind: 'status' });
    link.close();
    expect(ear.left).toEqual(['the guard is gone']);
  });

  test('ends when it is not wanted any more, also in the middle of the handshake', async () => {
    const io = createHomeIo();
    const endpoint = await impersonate(io, () => {});
    const until = new AbortController();
    const joining = new Ear().connect(endpoint, io, until.signal);
    until.abort();
    await expect(joining).rejects.toThrow('aborted');
  });

  test('carries 16 MiB of arguments whole', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const text = JSON.stringify('"'.repeat(8 << 20));
    guard.post(createQuestion('q1', { arguments: Buffer.from(text) }));
    const ear = new Ear();
    const link = await ear.connect(only(io), io);
    link.send({ kind: 'show', key: 'q1' });
    const message = await ear.until(() => ear.heard.find(({ kind }) => kind === 'content'));
    expect(message.kind === 'content' && message.content.arguments === text).toBe(true);
  });
});

describe('joining somebody else', () => {
  test.each<[string, (socket: Socket, token: string, nonce: string) => void, string]>([
    [
      'does not know the token',
      (socket, _, nonce) => socket.write(greet('0'.repeat(64), nonce)),
      'somebody else',
    ],
    [
      'gives the proof of a console',
      (socket, token, nonce) => socket.write(greet(token, nonce, 'console')),
      'somebody else',
    ],
    [
      'plays an old greeting back',
      (socket, token) => socket.write(greet(token, '0'.repeat(64))),
      'somebody else',
    ],
    [
      'begins with a question',
      (socket) => socket.write('{"kind":"closed","key":"a","how":""}\n'),
      'somebody else',
    ],
    [
      'speaks out of turn',
      (socket, token, nonce) => socket.write(`${greet(token, nonce)}{"kind":"grants","grants":[]}\n`),
      'speaks out of turn',
    ],
    ['says what no guard says', (socket) => socket.write('hello\n'), 'it says what no guard says'],
    ['hangs up', (socket) => socket.end(), 'the guard is gone'],
  ])('is refused when it %s, and nothing of it is heard', async (_, reply, why) => {
    const io = createHomeIo();
    const heard: unknown[] = [];
    const endpoint = await impersonate(io, (socket, message) => {
      heard.push(message);
      reply(socket, endpoint.token, message.nonce ?? '');
    });
    const ear = new Ear();
    await expect(ear.connect(endpoint, io)).rejects.toThrow(why);
    // It got a greeting and no proof, and its socket still stands.
    expect(heard).toEqual([{ kind: 'hello', version: 1, nonce: expect.any(String) as string }]);
    expect([ear.heard, ear.left, existsSync(endpoint.address)]).toEqual([[], [], true]);
  });

  test('who never answers is given up after 2 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const io = createHomeIo();
    const asked = new Happenings();
    let isAsked = false;
    const endpoint = await impersonate(io, () => {
      isAsked = true;
      asked.happen();
    });
    const joining = new Ear().connect(endpoint, io).catch(String);
    await asked.until(() => isAsked);
    vi.advanceTimersByTime(2_000);
    expect(await joining).toBe('Error: the guard does not answer');
  });

  test('who knows the token and then talks nonsense is left', async () => {
    const io = createHomeIo();
    const endpoint = await impersonate(io, (socket, { nonce }) => {
      socket.write(
        nonce === undefined
          ? '{"kind":"status"}\n{"kind":"grants","grants":[]}\n'
          : greet(endpoint.token, nonce),
      );
    });
    const ear = new Ear();
    await ear.connect(endpoint, io);
    await ear.until(() => ear.left.length > 0);
    expect([ear.heard, ear.left]).toEqual([[], ['it says what no guard says']]);
  });
});

describe('a guard that is dead', () => {
  test.each<[string, boolean]>([
    ['whose socket is left', true],
    ['whose socket is gone', false],
  ])('%s is cleared away, and its neighbour is not', async (_, hasSocket) => {
    const io = createHomeIo();
    await TestGuard.open(io);
    const living = only(io);
    const dead = createEndpoint(io);
    if (hasSocket) await leaveSocket(dead.address);
    writeFileSync(join(openGuardsFolder(io), `${dead.id}.json`), '', { mode: 0o600 });
    await expect(new Ear().connect(dead, io)).rejects.toThrow(hasSocket ? 'ECONNREFUSED' : 'ENOENT');
    expect(readdirSync(openGuardsFolder(io))).toEqual([`${living.id}.json`, `${living.id}.sock`]);
  });
});
