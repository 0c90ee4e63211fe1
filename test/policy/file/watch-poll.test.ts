import type * as Fs from 'node:fs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { signFiles } from '../../../src/policy/file/sign.ts';
import { watchFiles } from '../../../src/policy/file/watch.ts';

const system = vi.hoisted(() => ({ isFull: true, watched: 0 }));

/** A system that watches no more folders, as one is whose limit is reached. */
vi.mock('node:fs', async (load) => {
  const fs = await load<typeof Fs>();
  const watch = (...args: Parameters<typeof fs.watch>) => {
    if (system.isFull) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    system.watched++;
    return fs.watch(...args);
  };
  return { ...fs, watch };
});

let home: string;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  home = mkdtempSync(join(tmpdir(), 'mcp-guard-poll-'));
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(home, { recursive: true, force: true });
});

test('files are looked at each second where the system does not watch, and no longer once it does', () => {
  const file = join(home, 'p.yaml');
  let told = 0;
  const watch = watchFiles(signFiles([file]), () => told++, { now: () => 0 });
  writeFileSync(file, 'one');
  vi.advanceTimersByTime(1_080);
  expect(told).toBe(1);
  system.isFull = false;
  vi.advanceTimersByTime(1_000);
  expect(system.watched).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
  watch.close();
});
