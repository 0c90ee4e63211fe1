import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { takeTurn } from '../../../src/approval/terminal/turn.ts';
import { createIo } from '../../../src/io.ts';

const real = createIo(process);
let state: string;
let io: Parameters<typeof takeTurn>[1];
const folder = (): string => join(state, 'turns');

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'mcp-guard-turn-'));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  io = { platform: real.platform, pid: real.pid, uid: real.uid, folders: { config: state, state } };
});

function plant(owner: unknown): void {
  mkdirSync(folder(), { mode: 0o700 });
  writeFileSync(join(folder(), 'tty1'), typeof owner === 'string' ? owner : JSON.stringify(owner));
}

describe('turns on a terminal', () => {
  test('are had by one at a time', async () => {
    const first = await takeTurn('tty1', io);
    expect(await takeTurn('tty1', io)).toBeNull();
    await first?.end();
    expect(await takeTurn('tty1', io)).not.toBeNull();
  });

  test('on different terminals do not meet', async () => {
    expect(await takeTurn('tty1', io)).not.toBeNull();
    expect(await takeTurn('tty2', io)).not.toBeNull();
  });

  test('are had by one of many who come at once', async () => {
    const turns = await Promise.all(Array.from({ length: 20 }, () => takeTurn('tty1', io)));
    expect(turns.filter((turn) => turn !== null)).toHaveLength(1);
  });

  test.each([
    ['is gone', { pid: 2 ** 22 + 1, start: '1' }],
    ['had the same id as another that lives', { pid: process.pid, start: 'long ago' }],
  ])('are taken over from a guard that %s', async (_, owner) => {
    plant(owner);
    expect(await takeTurn('tty1', io)).not.toBeNull();
  });

  test.each(['', '{', 'null', '{"pid":"1"}', '{"pid":1}'])(
    'are taken over from a file that says %j',
    async (text) => {
      plant(text);
      expect(await takeTurn('tty1', io)).not.toBeNull();
    },
  );

  test('that were taken over are not ended by who had them before', async () => {
    const first = await takeTurn('tty1', io);
    writeFileSync(join(folder(), 'tty1'), '{}');
    await first?.end();
    expect(readdirSync(folder())).toEqual(['tty1']);
  });

  test('leave a folder that is private, and nothing in it', async () => {
    await (await takeTurn('tty1', io))?.end();
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder())).toEqual([]);
  });

  test('are not had in a folder that others can enter', async () => {
    mkdirSync(folder());
    chmodSync(folder(), 0o755);
    await expect(takeTurn('tty1', io)).rejects.toThrow(
      'must be a folder of this user that nobody else can enter',
    );
  });

  test('are not had behind a link', async () => {
    symlinkSync(mkdtempSync(join(state, 'other-')), folder());
    await expect(takeTurn('tty1', io)).rejects.toThrow('must be a folder of this user');
  });
});
