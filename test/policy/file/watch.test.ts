import { appendFileSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { signFiles } from '../../../src/policy/file/sign.ts';
import { watchFiles, type FileWatch } from '../../../src/policy/file/watch.ts';

let home: string;
let watch: FileWatch | null;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-guard-watch-')));
  watch = null;
});

afterEach(() => {
  watch?.close();
  vi.useRealTimers();
  rmSync(home, { recursive: true, force: true });
});

function put(name: string, text = 'one'): string {
  const path = join(home, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** As `cp -p` and others do. */
function rewrite(file: string): void {
  const before = statSync(file);
  // Some clocks of file systems go on only every few milliseconds.
  do {
    writeFileSync(file, 'two');
    utimesSync(file, before.atime, before.mtime);
  } while (statSync(file).ctimeMs === before.ctimeMs);
}

/** Watches, and gives what waits for the next word of a change and counts them. */
function start(file: string, known = signFiles([file])): () => Promise<number> {
  let told = 0;
  let heard = 0;
  let wake = () => {};
  const hear = () => {
    told++;
    wake();
  };
  watch = watchFiles(known, hear, { now: () => 0 });
  return async () => {
    if (told === heard) await new Promise<void>((resolve) => (wake = resolve));
    return (heard = told);
  };
}

async function countTold(file: string, act: () => void): Promise<number> {
  const hear = start(file);
  act();
  return hear();
}

describe('the system tells of a file that', () => {
  test.each<[string, (file: string) => void]>([
    ['is written in place', (file) => writeFileSync(file, 'other')],
    ['grows', (file) => appendFileSync(file, 'two')],
    ['is replaced', (file) => renameSync(put('a/.p.yaml.swp', 'two'), file)],
    ['is written, and has the time of before', (file) => rewrite(file)],
    ['is removed', (file) => rmSync(file)],
    ['is moved away and written anew', (file) => [renameSync(file, `${file}~`), writeFileSync(file, 'one')]],
    ['goes with its folder', (file) => renameSync(dirname(file), join(home, 'b'))],
  ])('%s', async (_, act) => {
    const file = put('a/p.yaml');
    utimesSync(file, 1, 1);
    expect(await countTold(file, () => act(file))).toBe(1);
  });

  test('comes with folders that were not there', async () => {
    expect(await countTold(join(home, 'a/b/c/p.yaml'), () => put('a/b/c/p.yaml'))).toBe(1);
  });

  test('changes where a link leads to', async () => {
    const target = put('dotfiles/p.yaml');
    mkdirSync(join(home, 'a'));
    symlinkSync('../dotfiles/p.yaml', join(home, 'a/p.yaml'));
    expect(await countTold(join(home, 'a/p.yaml'), () => writeFileSync(target, 'other'))).toBe(1);
  });

  test('is another one since a link on the way leads elsewhere', async () => {
    put('v1/p.yaml');
    put('v2/p.yaml', 'other');
    mkdirSync(join(home, 'a'));
    symlinkSync('../v1', join(home, 'a/now'));
    symlinkSync('now/p.yaml', join(home, 'a/p.yaml'));
    symlinkSync('../v2', join(home, 'a/next'));
    expect(
      await countTold(join(home, 'a/p.yaml'), () => renameSync(join(home, 'a/next'), join(home, 'a/now'))),
    ).toBe(1);
  });
});

test('goes on to watch a folder that came in the place of another', async () => {
  const file = put('a/p.yaml');
  const hear = start(file);
  renameSync(dirname(file), join(home, 'b'));
  expect(await hear()).toBe(1);
  put('a/p.yaml', 'two');
  expect(await hear()).toBe(2);
  put('a/p.yaml', 'three and more');
  expect(await hear()).toBe(3);
});

test('links that lead in a circle end nothing', async () => {
  symlinkSync('b', join(home, 'a'));
  symlinkSync('a', join(home, 'b'));
  const act = () => {
    rmSync(join(home, 'b'));
    put('b');
  };
  expect(await countTold(join(home, 'a'), act)).toBe(1);
});

test('what changed before the watch began is told of', async () => {
  const file = put('p.yaml');
  const known = signFiles([file]);
  writeFileSync(file, 'other');
  expect(await start(file, known)()).toBe(1);
});

/** Nothing of the system's is heard in these, as no turn of the event loop comes between. */
describe('a look', () => {
  const SETTLE_MS = 80;
  let now: number;
  let told: number;
  let file: string;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    now = 0;
    told = 0;
    file = put('p.yaml');
    watch = watchFiles(signFiles([file]), () => told++, { now: () => now });
  });

  function look(): void {
    now += 20;
    watch?.look();
  }

  test('finds a change that nobody told of, once it has been still', () => {
    writeFileSync(file, 'other');
    look();
    vi.advanceTimersByTime(SETTLE_MS - 1);
    expect(told).toBe(0);
    vi.advanceTimersByTime(1);
    expect(told).toBe(1);
    look();
    vi.advanceTimersByTime(SETTLE_MS);
    expect(told).toBe(1);
  });

  test('waits anew with each piece that is written', () => {
    for (const piece of ['a', 'b', 'c']) {
      appendFileSync(file, piece);
      look();
      vi.advanceTimersByTime(SETTLE_MS - 1);
    }
    // Nobody looks at the last one: the end of the wait does.
    appendFileSync(file, 'd');
    vi.advanceTimersByTime(1);
    expect(told).toBe(0);
    vi.advanceTimersByTime(SETTLE_MS);
    expect(told).toBe(1);
  });

  test('tells nothing of a change that was taken back', () => {
    put('other.yaml');
    const link = join(home, 'link.yaml');
    const lead = (target: string) => {
      symlinkSync(target, `${link}~`);
      renameSync(`${link}~`, link);
      look();
    };
    lead('p.yaml');
    watch?.close();
    watch = watchFiles(signFiles([link]), () => told++, { now: () => now });
    lead('other.yaml');
    lead('p.yaml');
    vi.advanceTimersByTime(2 * SETTLE_MS);
    expect(told).toBe(0);
    lead('other.yaml');
    vi.advanceTimersByTime(SETTLE_MS);
    expect(told).toBe(1);
  });

  test('costs nothing when another one was made just before', () => {
    look();
    writeFileSync(file, 'other');
    now += 19;
    watch?.look();
    vi.advanceTimersByTime(SETTLE_MS);
    expect(told).toBe(0);
    now += 1;
    watch?.look();
    vi.advanceTimersByTime(SETTLE_MS);
    expect(told).toBe(1);
  });

  test('finds nothing once the watch is closed', () => {
    writeFileSync(file, 'other');
    look();
    watch?.close();
    look();
    vi.advanceTimersByTime(2 * SETTLE_MS);
    expect(told).toBe(0);
  });
});
