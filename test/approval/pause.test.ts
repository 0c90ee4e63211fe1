import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPause, setPause } from '../../src/approval/pause.ts';
import { createHomeIo } from '../helpers/hub.ts';

describe('a pause', () => {
  test('holds until it is lifted, and each may be said twice', () => {
    const io = createHomeIo();
    const seen = [readPause(io)];
    for (const on of [true, true, false, false]) {
      setPause(io, on);
      seen.push(readPause(io));
    }
    expect(seen).toEqual([false, true, true, false, false]);
    expect(readdirSync(io.folders.state)).toEqual([]);
  });

  test('is a file for this user alone, and leaves nothing else behind', () => {
    const io = createHomeIo();
    setPause(io, true);
    expect(readdirSync(io.folders.state)).toEqual(['paused']);
    expect(lstatSync(join(io.folders.state, 'paused')).mode & 0o777).toBe(0o600);
  });

  test.each<[string, (file: string) => void]>([
    ['a folder', (file) => mkdirSync(file)],
    ['a link to nothing', (file) => symlinkSync('nothing', file)],
  ])('is also %s of its name', (_, make) => {
    const io = createHomeIo();
    mkdirSync(io.folders.state);
    make(join(io.folders.state, 'paused'));
    expect(readPause(io)).toBe(true);
  });

  test('counts where nobody can look for it', () => {
    const io = createHomeIo();
    // A link that leads to itself.
    symlinkSync(io.folders.state, io.folders.state);
    expect(readPause(io)).toBe(true);
  });

  test('does not where its folder is none', () => {
    const io = createHomeIo();
    writeFileSync(io.folders.state, '');
    expect(readPause(io)).toBe(false);
  });

  test('replaces what stands in its place, and touches nothing that this links to', () => {
    const io = createHomeIo();
    const precious = join(io.home, 'precious');
    writeFileSync(precious, 'text');
    chmodSync(precious, 0o644);
    mkdirSync(io.folders.state);
    symlinkSync(precious, join(io.folders.state, 'paused'));
    setPause(io, true);
    expect([lstatSync(precious).mode & 0o777, lstatSync(precious).size]).toEqual([0o644, 4]);
    expect(lstatSync(join(io.folders.state, 'paused')).isFile()).toBe(true);
  });

  test("is not set in somebody else's folder", () => {
    const io = createHomeIo();
    const other = { ...io, uid: (io.uid ?? 0) + 1 };
    expect(() => setPause(other, true)).toThrow('belongs to user');
    expect(readPause(io)).toBe(false);
  });

  test('that cannot be written is said to be, and leaves nothing behind', () => {
    const io = createHomeIo();
    mkdirSync(join(io.folders.state, 'paused', 'full'), { recursive: true });
    expect(() => setPause(io, true)).toThrow();
    expect(() => setPause(io, false)).toThrow();
    expect(readdirSync(io.folders.state)).toEqual(['paused']);
    rmSync(io.folders.state, { recursive: true });
  });
});
