import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bundleFixtures } from '../helpers/bundle.ts';
import { openGuardsFolder } from '../../src/approval/hub/endpoint.ts';
import { type GuardsListener, watchGuards } from '../../src/console/guards.ts';
import type { Io } from '../../src/io.ts';
import { createHomeIo, Happenings, RawConsole } from '../helpers/hub.ts';

const fixtures = bundleFixtures('hold-hub');

/** A process that holds a hub open, and ends by itself once its stdin has ended. */
class Holder extends Happenings {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly exit: Promise<unknown[]>;
  text = '';

  constructor(home: string) {
    super();
    this.child = spawn(process.execPath, [fixtures.path('hold-hub')], {
      env: { ...process.env, MCP_GUARD_HOME: home },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
      this.happen();
    });
    this.exit = once(this.child, 'exit');
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  static async start(home: string): Promise<Holder> {
    const holder = new Holder(home);
    await holder.says('ready');
    return holder;
  }

  async says(text: string): Promise<void> {
    await this.until(() => this.text.includes(`${text}\n`));
  }
}

async function follow(io: Io, listener: Partial<GuardsListener> = {}): Promise<void> {
  const guards = await watchGuards(io, { joined: () => {}, message: () => {}, left: () => {}, ...listener });
  onTestFinished(() => guards.close());
}

describe('an open hub', () => {
  test.each<[string, (holder: Holder, io: Io) => Promise<void>]>([
    ['alone', () => Promise.resolve()],
    [
      'while a console looks on',
      async (holder, io) => {
        await RawConsole.join(io);
        await holder.says('consoles 1');
      },
    ],
    [
      'while somebody is in the middle of the handshake',
      async (_, io) => {
        const half = RawConsole.to(io);
        half.say({ kind: 'hello', version: 1, nonce: 'a'.repeat(64) });
        await half.hear('hello');
      },
    ],
  ])('does not keep its process alive, %s', async (_, meet) => {
    const io = createHomeIo();
    const holder = await Holder.start(io.home);
    await meet(holder, io);
    const before = performance.now();
    holder.child.stdin.end();
    expect(await holder.exit).toEqual([0, null]);
    // The handshake has 5 s; its timer is not waited for.
    expect(performance.now() - before).toBeLessThan(4_000);
  });

  test('is closed to others even where everything else of its process is not', async () => {
    const io = createHomeIo();
    await Holder.start(io.home);
    const guards = join(io.folders.state, 'guards');
    const modes = [io.folders.state, guards, ...readdirSync(guards).map((name) => join(guards, name))].map(
      (path) => statSync(path).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o700, 0o600, 0o600]);
  });
});

describe('a guard that is killed', () => {
  test('is left by its console at once, and cleared away by the next', async () => {
    const io = createHomeIo();
    const holder = await Holder.start(io.home);
    const left = new Happenings();
    const said: string[] = [];
    await follow(io, {
      left: ({ server }, why) => {
        said.push(`${server}: ${why}`);
        left.happen();
      },
    });
    holder.child.kill('SIGKILL');
    await left.until(() => said.length > 0);
    await holder.exit;
    expect(said).toEqual(['held: the guard is gone']);
    await follow(io);
    expect(readdirSync(openGuardsFolder(io))).toEqual([]);
  });

  test('and one that lives beside it are told apart', async () => {
    const io = createHomeIo();
    const [dead] = [await Holder.start(io.home), await Holder.start(io.home)];
    dead.child.kill('SIGKILL');
    await dead.exit;
    const joined: string[] = [];
    await follow(io, { joined: ({ server }) => void joined.push(server) });
    expect([joined, readdirSync(openGuardsFolder(io)).length]).toEqual([['held'], 2]);
  });
});
