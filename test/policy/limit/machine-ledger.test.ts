import { describe, expect, test } from 'vitest';
import { MachineLedger, type MachineTime } from '../../../src/policy/limit/machine-ledger.ts';
import type { MachineRecord } from '../../../src/policy/limit/machine-record.ts';

const HOUR = 3_600_000;
const ROOM = { max: 10n, windowMs: HOUR };
const time = (boot: string, at: number, wall: number): MachineTime => ({ boot, at, wall });

/** A ledger of one machine's run, in which one call was counted at each of these moments; the wall clock is 1000 s ahead. */
function ledgerOf(...moments: readonly number[]): MachineLedger {
  const ledger = new MachineLedger();
  read(ledger, [...new MachineLedger().listKept(HOUR, time('first', 0, 1_000_000))]);
  for (const at of moments) {
    const id = `at${at}`;
    read(ledger, [
      { kind: 'take', id, owner: 'o', tool: '', amount: 1n, at },
      { kind: 'commit', id, at, wall: 1_000_000 + at },
    ]);
  }
  return ledger;
}

function read(ledger: MachineLedger, records: readonly MachineRecord[]): void {
  for (const record of records) expect(ledger.apply(record)).toBe('done');
}

/** The moments at which each counted call leaves the window. */
function listEnds(ledger: MachineLedger, now: number): number[] {
  const left = ledger.left('', ROOM, now);
  const counted = Number(ROOM.max - left);
  return Array.from({ length: counted }, (_, index) => {
    const waitMs = ledger.waitMs('', left + BigInt(index + 1), ROOM, now);
    return now + (waitMs ?? NaN);
  });
}

describe('when the machine was started again', () => {
  test('what was counted is older by what the wall clock says has passed', () => {
    const ledger = ledgerOf(1000, 5000);
    // Ten seconds after the last record; the new clock is at 300.
    read(ledger, [{ kind: 'boot', ...time('second', 300, 1_015_000) }]);
    expect(listEnds(ledger, 300)).toEqual([300 - 14_000 + HOUR, 300 - 10_000 + HOUR]);
  });

  test('a wall clock that was set back ages nothing', () => {
    const ledger = ledgerOf(1000, 5000);
    read(ledger, [{ kind: 'boot', ...time('second', 300, 0) }]);
    expect(listEnds(ledger, 300)).toEqual([300 - 4000 + HOUR, 300 + HOUR]);
  });

  test('places that waited are free, and can be counted no more', () => {
    const ledger = ledgerOf();
    read(ledger, [{ kind: 'take', id: 'x', owner: 'o', tool: '', amount: 4n, at: 1 }]);
    expect(ledger.left('', ROOM, 1)).toBe(6n);
    read(ledger, [{ kind: 'boot', ...time('second', 300, 2_000_000) }]);
    expect(ledger.left('', ROOM, 300)).toBe(10n);
    expect(ledger.apply({ kind: 'commit', id: 'x', at: 300, wall: 2_000_000 })).toBe('void');
    expect(ledger.left('', ROOM, 300)).toBe(10n);
  });

  test('two guards that both say so say it once', () => {
    const ledger = ledgerOf(1000);
    read(ledger, [{ kind: 'boot', ...time('second', 300, 1_001_000) }]);
    expect(ledger.apply({ kind: 'boot', ...time('second', 99_300, 1_100_000) })).toBe('void');
    expect(listEnds(ledger, 300)).toEqual([300 + HOUR]);
  });

  test('a file that was sealed before goes on as it was', () => {
    const sealed = ledgerOf(1000, 5000);
    read(sealed, [{ kind: 'seal', id: 's' }]);
    const ledger = new MachineLedger();
    const later = time('second', 300, 1_015_000);
    read(ledger, [...sealed.listKept(HOUR, later)]);
    expect(ledger.boot).toBe('first');
    read(ledger, [{ kind: 'boot', ...later }]);
    expect(listEnds(ledger, 300)).toEqual([300 - 14_000 + HOUR, 300 - 10_000 + HOUR]);
  });
});

test('the next file says what the last one said, without what has left the window', () => {
  const ledger = ledgerOf(1000, 5000);
  read(ledger, [
    { kind: 'take', id: 'x', owner: 'o', tool: 'tool', amount: 4n, at: 6000 },
    { kind: 'seal', id: 's' },
  ]);
  const next = new MachineLedger();
  read(next, [...ledger.listKept(HOUR, time('first', HOUR + 1000, 1_000_000 + HOUR))]);
  expect([next.isWhole, next.isSealed, next.boot]).toEqual([true, false, 'first']);
  expect(listEnds(next, HOUR + 1000)).toEqual([HOUR + 5000]);
  expect(next.listHeld('tool')).toEqual([{ id: 'x', owner: 'o', tool: 'tool', amount: 4n, at: 6000 }]);
  expect(next.left('tool', ROOM, HOUR + 1000)).toBe(6n);
});

describe('a record where no guard writes it', () => {
  const head: MachineRecord = { kind: 'head', version: '1' };
  test.each<[string, readonly MachineRecord[], MachineRecord]>([
    ['anything before the head', [], { kind: 'boot', ...time('b', 0, 0) }],
    ['a second head', [head], head],
    ['a head of another version', [], { kind: 'head', version: '2' }],
    ['a commit before all is there', [head], { kind: 'commit', id: 'x', at: 0, wall: 0 }],
    ['an end that has counted other records', [head], { kind: 'whole', count: 5 }],
    [
      'an older count behind the end',
      [head, { kind: 'whole', count: 1 }],
      { kind: 'kept', tool: '', entries: [] },
    ],
    [
      'a place that is held already',
      [head, { kind: 'whole', count: 1 }, { kind: 'take', id: 'x', owner: 'o', tool: '', amount: 1n, at: 0 }],
      { kind: 'take', id: 'x', owner: 'o', tool: '', amount: 1n, at: 0 },
    ],
  ])('is alien: %s', (_, before, record) => {
    const ledger = new MachineLedger();
    read(ledger, before);
    expect(ledger.apply(record)).toBe('alien');
  });
});

test('windows of tools are bounded in number, and make room when they are idle', () => {
  const ledger = ledgerOf();
  for (let index = 0; index < 10_000; index++) {
    const id = `t${index}`;
    read(ledger, [
      { kind: 'take', id, owner: 'o', tool: id, amount: 1n, at: 0 },
      { kind: 'commit', id, at: 0, wall: 0 },
    ]);
  }
  expect(ledger.waitMs('one-more', 1n, ROOM, 1)).toBeNull();
  expect(ledger.waitMs('t1', 1n, ROOM, 1)).toBe(0);
  expect(ledger.waitMs('one-more', 1n, ROOM, HOUR)).toBe(0);
});
