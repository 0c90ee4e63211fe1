import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  appendFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Io } from '../../../src/io.ts';
import type { MachinePlace, MachineWindows } from '../../../src/policy/limit/machine.ts';
import { createNext } from '../../../src/policy/limit/machine-folder.ts';
import { MachineLedger } from '../../../src/policy/limit/machine-ledger.ts';
import { renderRecord } from '../../../src/policy/limit/machine-record.ts';
import { createMachineWindows } from '../../../src/policy/limit/machine-windows.ts';
import type { Want } from '../../../src/policy/limit/want.ts';
import { createFakeIo } from '../../helpers/fake-io.ts';
import { createHome, findLimitFolder, sumWantOf, wantOf } from '../../helpers/limit-folder.ts';

function guardOf(home: string, rest: Partial<Io> = {}): MachineWindows {
  return createMachineWindows({ ...createFakeIo(home), pid: process.pid, ...rest });
}

function take(guard: MachineWindows, want: Want, now: number): MachinePlace {
  const place = guard.take(want, false, now);
  if (place.kind !== 'taken')
    throw new Error(`${place.kind}: ${'why' in place ? place.why : String(place.waitMs)}`);
  return place;
}

/** Forwards so many calls at one moment. */
function count(guard: MachineWindows, want: Want, now: number, calls = 1): void {
  for (let call = 0; call < calls; call++) expect(take(guard, want, now).commit(now)).toBeNull();
}

/** Another process, and its end. */
function startOther(): { readonly pid: number; readonly end: () => Promise<void> } {
  const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    pid: child.pid ?? 0,
    async end() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

describe('guards of one user', () => {
  test('count together, and each sees what the others have forwarded', () => {
    const [home, want] = [createHome(), wantOf(3)];
    const [one, other] = [guardOf(home), guardOf(home)];
    count(one, want, 1000, 2);
    count(other, want, 2000);
    expect(one.take(want, false, 2000)).toEqual({ kind: 'full', waitMs: 59_000 });
    expect(other.look(want, 60_999)).toEqual({ kind: 'standing', left: 0n, waitMs: 1 });
    expect(other.look(want, 61_000)).toEqual({ kind: 'standing', left: 2n, waitMs: 0 });
  });

  test('go on where a guard that has ended stopped', () => {
    const [home, want] = [createHome(), wantOf(2)];
    count(guardOf(home), want, 1000, 2);
    expect(guardOf(home).take(want, false, 1000)).toEqual({ kind: 'full', waitMs: 60_000 });
  });

  test('hold places for calls that wait, and free those that will not run', () => {
    const [home, want] = [createHome(), wantOf(1)];
    const [one, other] = [guardOf(home), guardOf(home)];
    const place = take(one, want, 1000);
    expect(other.take(want, false, 200_000)).toEqual({ kind: 'full', waitMs: null });
    place.release();
    expect(other.look(want, 200_000)).toEqual({ kind: 'standing', left: 1n, waitMs: 0 });
  });

  test('go over a limit when they are told to, and count it', () => {
    const [home, want] = [createHome(), wantOf(1)];
    const [one, other] = [guardOf(home), guardOf(home)];
    count(one, want, 1000);
    const over = other.take(want, true, 2000);
    expect(over.kind === 'taken' ? over.commit(2000) : over).toBeNull();
    expect(one.look(want, 2000)).toEqual({ kind: 'standing', left: -1n, waitMs: 60_000 });
  });

  test('add up amounts exactly', () => {
    const home = createHome();
    const [one, other] = [guardOf(home), guardOf(home)];
    const tenth = 10n ** 29n;
    count(one, sumWantOf('0.3', tenth), 1000);
    count(other, sumWantOf('0.3', 2n * tenth), 1000);
    expect(one.take(sumWantOf('0.3', 1n), false, 1000)).toEqual({ kind: 'full', waitMs: 60_000 });
    expect(other.look(sumWantOf('0.3', 1n), 1000)).toEqual({ kind: 'standing', left: 0n, waitMs: 60_000 });
  });

  test('give the last place to whoever writes first, whatever the other one has seen', () => {
    const [home, want] = [createHome(), wantOf(1)];
    const quick = guardOf(home);
    const taken: MachinePlace[] = [];
    const io = {
      ...createFakeIo(home),
      // Asked for once, between looking and writing.
      get pid() {
        taken.push(take(quick, want, 1000));
        return process.pid;
      },
    };
    const slow = createMachineWindows(io);
    expect(slow.take(want, false, 1000)).toEqual({ kind: 'full', waitMs: null });
    expect(taken.map((place) => place.commit(1000))).toEqual([null]);
    expect(slow.take(want, false, 1000)).toEqual({ kind: 'full', waitMs: 60_000 });
    expect(slow.look(want, 61_000)).toEqual({ kind: 'standing', left: 1n, waitMs: 0 });
  });

  test('have a window for each tool where the limit says so', () => {
    const [home, rest] = [createHome(), { per: 'tool' } as const];
    const [one, other] = [guardOf(home), guardOf(home)];
    count(one, wantOf(1, rest, 'a'), 1000);
    expect(other.take(wantOf(1, rest, 'A'), false, 1000)).toEqual({ kind: 'full', waitMs: 60_000 });
    count(other, wantOf(1, rest, 'b'), 1000);
  });

  test('count a rule of one name in two files apart', () => {
    const home = createHome();
    const one = guardOf(home);
    count(one, wantOf(1, { layer: '/a.yaml' }), 1000);
    count(one, wantOf(1, { layer: '/b.yaml' }), 1000);
    expect(readdirSync(join(home, 'state/limits'))).toHaveLength(2);
  });

  test('apply a changed max and a changed length to what was counted', () => {
    const home = createHome();
    count(guardOf(home), wantOf(2), 1000, 2);
    const guard = guardOf(home);
    expect(guard.look(wantOf(5), 1000)).toEqual({ kind: 'standing', left: 3n, waitMs: 0 });
    const shorter = wantOf(2, { windowMs: 10_000 });
    expect(guard.look(shorter, 2000)).toEqual({ kind: 'standing', left: 0n, waitMs: 9000 });
  });

  test('lose nothing of what they counted when a long file is written anew', () => {
    const [home, want] = [createHome(), wantOf(5000, { windowMs: 3_600_000 })];
    const [one, other] = [guardOf(home), guardOf(home)];
    const held = take(one, want, 500);
    for (let call = 0; call < 4998; call++) count(call % 2 === 0 ? one : other, want, 1000 + call);
    const folder = findLimitFolder(home);
    const size = readdirSync(folder).reduce((all, name) => all + statSync(join(folder, name)).size, 0);
    expect(readdirSync(folder)).toContain('2.log');
    expect(size).toBeLessThan(2_000_000);
    expect(guardOf(home).look(want, 7000)).toEqual({ kind: 'standing', left: 1n, waitMs: 0 });
    expect(held.commit(8000)).toBeNull();
    count(other, want, 8000);
    expect(guardOf(home).take(want, false, 9000)).toEqual({ kind: 'full', waitMs: 3_592_000 });
  });
});

test('agrees with one list of all calls, whichever guard does what', () => {
  const act = fc.constantFrom('take', 'take', 'commit', 'commit', 'release', 'restart');
  const event = fc.record({ guard: fc.nat(2), wait: fc.nat(9_000), act, which: fc.nat(), amount: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), fc.integer({ min: 1, max: 9 }), (events, max) => {
      const home = mkdtempSync(join(tmpdir(), 'mcp-guard-limit-'));
      // Written anew all the time.
      const start = () => createMachineWindows({ ...createFakeIo(home), pid: process.pid }, 3);
      const guards = [start(), start(), start()];
      const wantSum = (amount: number) => sumWantOf(String(max), BigInt(amount) * 10n ** 30n);
      const counted: { at: number; amount: number }[] = [];
      const waiting: { place: MachinePlace; amount: number }[] = [];
      const sum = (list: readonly { amount: number }[]) => list.reduce((all, { amount }) => all + amount, 0);
      let now = 0;
      for (const { guard, wait, act, which, amount } of events) {
        now += wait;
        const inWindow = counted.filter(({ at }) => now - at < 60_000);
        if (act === 'restart') guards[guard] = start();
        if (act === 'take') {
          const place = guards[guard]!.take(wantSum(amount), false, now);
          const fits = sum(inWindow) + sum(waiting) + amount <= max;
          expect(place.kind).toBe(fits ? 'taken' : 'full');
          if (place.kind === 'taken') waiting.push({ place, amount });
        }
        if ((act === 'commit' || act === 'release') && waiting.length > 0) {
          const [ended] = waiting.splice(which % waiting.length, 1);
          if (act === 'release') ended!.place.release();
          else {
            expect(ended!.place.commit(now)).toBeNull();
            counted.push({ at: now, amount: ended!.amount });
          }
        }
      }
      rmSync(home, { recursive: true, force: true });
    }),
    { numRuns: 60 },
  );
});

test('a guard that was stopped while it made the next file harms nothing when it goes on', () => {
  const [home, want] = [createHome(), wantOf(100)];
  const io = { ...createFakeIo(home), pid: process.pid };
  const guard = createMachineWindows(io, 8);
  count(guard, want, 1000, 50);
  const folder = findLimitFolder(home);
  const nothing = new MachineLedger().listKept(60_000, { boot: 'x', at: 0, wall: 0 });
  expect(existsSync(join(folder, '2.log'))).toBe(false);
  createNext(folder, 1, Buffer.concat([...nothing].map(renderRecord)), io);
  expect(existsSync(join(folder, '2.log'))).toBe(true);
  expect(guardOf(home).look(want, 1000)).toEqual({ kind: 'standing', left: 50n, waitMs: 0 });
  expect(guard.look(want, 1000)).toEqual({ kind: 'standing', left: 50n, waitMs: 0 });
});

describe('a guard that was killed', () => {
  test('gives back the place of a call that waited, and nothing else', async () => {
    const [home, want] = [createHome(), wantOf(2)];
    const other = startOther();
    const killed = guardOf(home, { pid: other.pid });
    count(killed, want, 1000);
    take(killed, want, 1000);
    const guard = guardOf(home);
    expect(guard.take(want, false, 2000)).toEqual({ kind: 'full', waitMs: 59_000 });
    await other.end();
    count(guard, want, 2000);
    expect(guard.take(want, false, 2000)).toEqual({ kind: 'full', waitMs: 59_000 });
  });

  test('is not taken for a later process of the same id', async () => {
    const [home, want] = [createHome(), wantOf(1)];
    const other = startOther();
    take(guardOf(home, { pid: other.pid }), want, 1000);
    const folder = findLimitFolder(home);
    await other.end();
    const path = join(folder, '1.log');
    // As if the id were ours, and the start another one.
    expect(readFileSync(path, 'latin1')).toContain(` ${other.pid}.`);
    expect(guardOf(home).look(want, 1000)).toEqual({ kind: 'standing', left: 1n, waitMs: 0 });
  });
});

describe('a place that was given to another call', () => {
  // A system that does not tell of processes: after an hour nobody can know.
  const setUp = () => {
    const home = createHome();
    const clock = { ms: 0 };
    const io = { platform: 'win32', date: () => new Date(clock.ms) } as const;
    return { clock, waiting: guardOf(home, io), quick: guardOf(home, io), want: wantOf(1) };
  };

  test('stays where it is for an hour', () => {
    const { clock, waiting, quick, want } = setUp();
    take(waiting, want, 0);
    clock.ms = 3_600_000;
    expect(quick.take(want, false, 0)).toEqual({ kind: 'full', waitMs: null });
  });

  test('keeps its call from running while there is no other', () => {
    const { clock, waiting, quick, want } = setUp();
    const place = take(waiting, want, 0);
    clock.ms = 3_600_001;
    expect(take(quick, want, 0).commit(0)).toBeNull();
    expect(place.commit(0)).toBe(
      'its place was given to another call, because it could not be seen that it still waits',
    );
    expect(quick.look(want, 0)).toEqual({ kind: 'standing', left: 0n, waitMs: 60_000 });
  });

  test('is taken again where there is one', () => {
    const { clock, waiting, quick, want } = setUp();
    const place = take(waiting, want, 0);
    clock.ms = 3_600_001;
    take(quick, want, 0).release();
    expect(place.commit(0)).toBeNull();
    expect(quick.look(want, 0)).toEqual({ kind: 'standing', left: 0n, waitMs: 60_000 });
  });
});

describe('the clock', () => {
  const BOOT = { at: new Date('2026-01-01T12:00:00Z').getTime() };

  test.each([
    ['back by an hour', -3_600_000],
    ['forward by a year', 31_536_000_000],
  ])('set %s changes nothing while the machine runs', (_, by) => {
    const [home, want] = [createHome(), wantOf(1)];
    count(guardOf(home, { date: () => new Date(BOOT.at) }), want, 1000);
    const guard = guardOf(home, { date: () => new Date(BOOT.at + by) });
    expect(guard.look(want, 60_999)).toEqual({ kind: 'standing', left: 0n, waitMs: 1 });
    expect(guard.look(want, 61_000)).toEqual({ kind: 'standing', left: 1n, waitMs: 0 });
  });

  test('set back frees nothing where the system names no run of the machine', () => {
    const [home, want] = [createHome(), wantOf(1)];
    const clock = (ms: number) => ({ platform: 'win32', date: () => new Date(BOOT.at + ms) }) as const;
    count(guardOf(home, clock(0)), want, 1000);
    expect(guardOf(home, clock(-3_600_000)).look(want, 9e9)).toEqual({
      kind: 'standing',
      left: 0n,
      waitMs: 3_660_000,
    });
    expect(guardOf(home, clock(60_000)).look(want, 0)).toEqual({ kind: 'standing', left: 1n, waitMs: 0 });
  });
});

describe('what no guard has written', () => {
  const want = wantOf(2);
  const counted = (): { home: string; guard: MachineWindows; file: string; folder: string } => {
    const home = createHome();
    const guard = guardOf(home);
    count(guard, want, 1000);
    const folder = findLimitFolder(home);
    return { home, guard, folder, file: join(folder, '1.log') };
  };
  /** A clause that names the file and the way out. */
  const broken = (file: string, what: string, folder: string) => ({
    kind: 'broken',
    why: `what tools.a.rate_limit has counted cannot be used: ${file} ${what}: remove ${folder}, and the limit counts from zero`,
  });

  test.each<[string, (file: string) => void, string]>([
    ['a file that is empty', (file) => truncateSync(file, 0), 'has been cut short'],
    ['a file that is cut in its beginning', (file) => truncateSync(file, 128), 'has been cut short'],
    ['a file that is cut within a record', (file) => truncateSync(file, 128 * 5 - 30), 'is damaged'],
    ['a line of somebody else', (file) => appendFileSync(file, 'hello\n'), 'is damaged'],
    ['a long text of somebody else', (file) => appendFileSync(file, `${'x'.repeat(127)}\n`), 'is damaged'],
    ['zeros', (file) => appendFileSync(file, Buffer.alloc(128)), 'is damaged'],
    [
      'a record where it does not belong',
      (file) => appendFileSync(file, readFileSync(file).subarray(0, 128)),
      'holds what no guard has written',
    ],
  ])('refuses %s, in guards that run and in those that start', (_, spoil, what) => {
    const { home, guard, file, folder } = counted();
    spoil(file);
    const expected = broken(file, what, folder);
    expect(guardOf(home).take(want, false, 1000)).toEqual(expected);
    expect(guard.look(want, 1000)).toMatchObject({ kind: 'broken' });
    expect(guard.take(want, true, 1000)).toMatchObject({ kind: 'broken' });
    rmSync(folder, { recursive: true });
    expect(guard.look(want, 1000)).toEqual({ kind: 'standing', left: 2n, waitMs: 0 });
    expect(guardOf(home).look(want, 1000)).toEqual({ kind: 'standing', left: 2n, waitMs: 0 });
  });

  test('refuses a file in which a digit was changed, in guards that start', () => {
    const { home, file, folder } = counted();
    const text = readFileSync(file, 'latin1');
    expect(text).toMatch(/c \S+ 1000/);
    writeFileSync(file, text.replace(/(c \S+) 1000/, '$1 1001'));
    expect(guardOf(home).take(want, false, 1000)).toEqual(broken(file, 'is damaged', folder));
  });

  test('refuses for good what was cut short under a guard that runs', () => {
    const { guard, file, folder } = counted();
    truncateSync(file, 128 * 3);
    expect(guard.take(want, false, 1000)).toEqual(broken(file, 'has been cut short', folder));
    appendFileSync(file, Buffer.alloc(0));
    expect(guard.take(want, false, 1000)).toEqual(broken(file, 'has been cut short', folder));
  });

  test.each<[string, (file: string) => void, string]>([
    ['a link', (file) => (renameSync(file, `${file}.away`), symlinkSync(`${file}.away`, file)), 'is a link'],
    ['a link to nowhere', (file) => (rmSync(file), symlinkSync('/nowhere', file)), 'is a link'],
    ['a folder', (file) => (rmSync(file), mkdirSync(file)), 'is no regular file'],
    ['a file that others may read', (file) => chmodSync(file, 0o644), 'is open to other users'],
  ])('refuses %s', (_, spoil, what) => {
    const { home, file, folder } = counted();
    spoil(file);
    expect(guardOf(home).look(want, 1000)).toEqual(broken(file, what, folder));
  });

  test('refuses what belongs to another user', () => {
    const { home } = counted();
    const uid = (process.getuid?.() ?? 0) + 1;
    expect(guardOf(home, { uid }).look(want, 1000)).toMatchObject({
      kind: 'broken',
      why: expect.stringContaining(`belongs to user ${uid - 1}: move it away`) as string,
    });
  });

  test('refuses a folder that others may enter, and says what mends it', () => {
    const { home } = counted();
    const limits = join(home, 'state/limits');
    chmodSync(limits, 0o755);
    const why = `what tools.a.rate_limit has counted cannot be used: ${limits} is open to other users: run chmod 700 ${limits}`;
    expect(guardOf(home).look(want, 1000)).toEqual({ kind: 'broken', why });
  });

  test('does not stop a file that only lost its name from being counted anew', () => {
    const { home, guard, file } = counted();
    rmSync(file);
    expect(guard.look(want, 1000)).toEqual({ kind: 'standing', left: 2n, waitMs: 0 });
    count(guard, want, 1000);
    expect(guardOf(home).look(want, 1000)).toEqual({ kind: 'standing', left: 1n, waitMs: 0 });
  });
});

test('keeps its files to this user, and touches nothing before the first call', () => {
  const home = createHome();
  const guard = guardOf(home);
  expect(readdirSync(home)).toEqual([]);
  count(guard, wantOf(1), 1000);
  const folder = findLimitFolder(home);
  const modes = [join(home, 'state'), join(home, 'state/limits'), folder, join(folder, '1.log')].map((path) =>
    (statSync(path).mode & 0o777).toString(8),
  );
  expect(modes).toEqual(['700', '700', '700', '600']);
  expect(readdirSync(folder)).toEqual(['1.log']);
});
