import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { FromGuard } from '../../src/approval/hub/console-message.ts';
import { createEndpoint, openGuardsFolder, publishEndpoint } from '../../src/approval/hub/endpoint.ts';
import { type Guards, watchGuards } from '../../src/console/guards.ts';
import type { Link } from '../../src/console/link.ts';
import type { Io } from '../../src/io.ts';
import {
  createHomeIo,
  createQuestion,
  Happenings,
  leaveSocket,
  RawConsole,
  TestGuard,
} from '../helpers/hub.ts';

/** A console that follows all guards, and keeps what it hears. */
class Follower extends Happenings {
  readonly joined: Link[] = [];
  readonly left: string[] = [];
  readonly heard: [server: string, message: FromGuard][] = [];
  #guards: Guards | null = null;

  static async follow(io: Io): Promise<Follower> {
    const follower = new Follower();
    const guards = await watchGuards(io, {
      joined: (link) => {
        follower.joined.push(link);
        follower.happen();
      },
      message: ({ server }, message) => {
        follower.heard.push([server, message]);
        follower.happen();
      },
      left: ({ server }, why) => {
        follower.left.push(`${server}: ${why}`);
        follower.happen();
      },
    });
    follower.#guards = guards;
    onTestFinished(() => guards.close());
    return follower;
  }

  get guards(): Guards {
    if (this.#guards === null) throw new Error('nobody is followed');
    return this.#guards;
  }

  get servers(): string[] {
    return this.guards.links.map(({ server }) => server).sort();
  }
}

describe('following guards', () => {
  test('finds those that are there before it is said to be done', async () => {
    const io = createHomeIo();
    for (const server of ['a', 'b', 'c']) await TestGuard.open(io, {}, server);
    const follower = await Follower.follow(io);
    expect([follower.servers, follower.joined.length]).toEqual([['a', 'b', 'c'], 3]);
  });

  test('finds those that come, each once, and loses those that go', async () => {
    const io = createHomeIo();
    const follower = await Follower.follow(io);
    expect(follower.servers).toEqual([]);
    const guard = await TestGuard.open(io, {}, 'a');
    await follower.until(() => follower.joined.length === 1);
    await TestGuard.open(io, {}, 'b');
    await follower.until(() => follower.joined.length === 2);
    await guard.hub.end();
    await follower.until(() => follower.left.length === 1);
    expect([follower.servers, follower.left, follower.joined.length]).toEqual([
      ['b'],
      ['a: the guard is gone'],
      2,
    ]);
  });

  test('hears the guard only after it has joined it', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io, {}, 'a');
    guard.post(createQuestion('q1'));
    const follower = await Follower.follow(io);
    await follower.until(() => follower.heard.length === 2);
    expect(follower.heard.map(([server, { kind }]) => [server, kind])).toEqual([
      ['a', 'status'],
      ['a', 'question'],
    ]);
    follower.joined[0]?.send({ kind: 'revoke', id: 'x' });
    await guard.until(() => guard.said.some((said) => Array.isArray(said) && said[0] === 'revoke'));
  });

  test('joins fifty at once, and hears a question of each', async () => {
    const io = createHomeIo();
    const warnings: string[] = [];
    const warn = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', warn);
    onTestFinished(() => void process.off('warning', warn));
    const follower = await Follower.follow(io);
    const guards = await Promise.all(
      Array.from({ length: 50 }, (_, n) => TestGuard.open(io, {}, `guard ${n}`)),
    );
    await follower.until(() => follower.joined.length === 50);
    guards.forEach((guard, n) => guard.post(createQuestion(`q${n}`)));
    await follower.until(() => follower.heard.filter(([, { kind }]) => kind === 'question').length === 50);
    const another = await Follower.follow(io);
    await Promise.all(guards.map((guard) => guard.until(() => guard.hub.consoles === 2)));
    expect(another.servers).toHaveLength(50);
    await Promise.all(guards.map(({ hub }) => hub.end()));
    await follower.until(() => follower.left.length === 50);
    // A warning of Node's would be written into the screen that the console draws.
    expect([readdirSync(openGuardsFolder(io)), warnings]).toEqual([[], []]);
  });

  test('finds a guard that comes without waiting for the look of every second', async () => {
    stopTheClock();
    const io = createHomeIo();
    const follower = await Follower.follow(io);
    await TestGuard.open(io, {}, 'a');
    await follower.until(() => follower.joined.length === 1);
    expect(follower.servers).toEqual(['a']);
  });

  test('survives a folder that is removed, and finds guards at once in the one that is made again', async () => {
    stopTheClock();
    const io = createHomeIo();
    const follower = await Follower.follow(io);
    rmSync(io.folders.state, { recursive: true });
    while (!existsSync(io.folders.state)) {
      vi.advanceTimersByTime(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await TestGuard.open(io, {}, 'a');
    await follower.until(() => follower.joined.length === 1);
    expect(follower.servers).toEqual(['a']);
  });

  test('finds a guard that has made the folder again by itself', async () => {
    stopTheClock();
    const io = createHomeIo();
    const follower = await Follower.follow(io);
    rmSync(io.folders.state, { recursive: true });
    await TestGuard.open(io, {}, 'a');
    while (follower.joined.length === 0) {
      vi.advanceTimersByTime(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(follower.servers).toEqual(['a']);
  });

  test('stops when it is closed, and nothing is heard from then on', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const follower = await Follower.follow(io);
    await guard.until(() => guard.hub.consoles === 1);
    follower.guards.close();
    await guard.until(() => guard.hub.consoles === 0);
    await TestGuard.open(io, {}, 'later');
    const raw = await RawConsole.join(io);
    raw.socket.destroy();
    expect([follower.joined.length, follower.left, follower.guards.links]).toEqual([1, [], []]);
  });

  test('throws where the folder is open to others, with what to do', async () => {
    const io = createHomeIo();
    chmodSync(openGuardsFolder(io), 0o755);
    await expect(Follower.follow(io)).rejects.toThrow('is open to others: run chmod 700 on it');
  });

  test('is not held up by somebody who does not answer, for those who come meanwhile', async () => {
    const io = createHomeIo();
    const silent = createEndpoint(io);
    let isAsked = false;
    const asked = new Happenings();
    const server = createServer(() => {
      isAsked = true;
      asked.happen();
    });
    await new Promise<void>((resolve) => server.listen(silent.address, resolve));
    onTestFinished(() => void server.close());
    publishEndpoint(silent, io);
    const guard = { opened: null as TestGuard | null };
    const following = Follower.follow(io);
    await asked.until(() => isAsked);
    guard.opened = await TestGuard.open(io, {}, 'a');
    await guard.opened.until(() => guard.opened?.hub.consoles === 1);
    const follower = await following;
    expect(follower.servers).toEqual(['a']);
  });

  test('tries a guard that sent it away again only after a while', async () => {
    stopTheClock();
    let now = 0;
    const io = { ...createHomeIo(), now: () => now };
    const guard = await TestGuard.open(io);
    const consoles: RawConsole[] = [];
    for (let n = 0; n < 8; n++) consoles.push(await RawConsole.join(io));
    const follower = await Follower.follow(io);
    expect(follower.servers).toEqual([]);
    const makeRoom = async (): Promise<void> => {
      consoles.pop()?.socket.destroy();
      await guard.until(() => guard.hub.consoles === 7);
    };
    await makeRoom();
    now = 4_999;
    vi.advanceTimersByTime(1_000);
    // Whoever came first would have the one place.
    consoles.push(await RawConsole.join(io));
    await makeRoom();
    now = 5_000;
    vi.advanceTimersByTime(1_000);
    await guard.until(() => guard.hub.consoles === 8);
    expect(follower.servers).toEqual(['mq']);
  });
});

describe('what dead guards left', () => {
  test('is cleared away: files with and without their socket, and sockets without their file', async () => {
    const io = createHomeIo();
    const folder = openGuardsFolder(io);
    const [whole, bare, orphan, fresh] = [1, 2, 3, 4].map(() => createEndpoint(io));
    if (!whole || !bare || !orphan || !fresh) throw new Error('no endpoints');
    for (const endpoint of [whole, bare]) publishEndpoint(endpoint, io);
    for (const { address } of [whole, orphan, fresh]) await leaveSocket(address);
    const then = Date.now() / 1_000 - 60;
    utimesSync(orphan.address, then, then);
    writeFileSync(join(folder, 'notes.txt'), '');
    mkdirSync(join(folder, 'aaaaaaaa.sock'));
    await TestGuard.open(io);
    const follower = await Follower.follow(io);
    expect(follower.servers).toEqual(['mq']);
    const [id] = follower.guards.links.map((link) => link.id);
    expect(readdirSync(folder).sort()).toEqual(
      [`${id}.json`, `${id}.sock`, 'aaaaaaaa.sock', 'notes.txt', `${fresh.id}.sock`].sort(),
    );
  });

  test('is told from a guard that lives, though its file is gone', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const [json = '', sock = ''] = readdirSync(openGuardsFolder(io)).sort();
    rmSync(join(openGuardsFolder(io), json));
    const then = Date.now() / 1_000 - 60;
    utimesSync(join(openGuardsFolder(io), sock), then, then);
    await Follower.follow(io);
    expect(existsSync(join(openGuardsFolder(io), sock))).toBe(true);
    expect(guard.said).toEqual([]);
  });
});

/** Only the test lets a second pass that is looked at. */
function stopTheClock(): void {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
}
