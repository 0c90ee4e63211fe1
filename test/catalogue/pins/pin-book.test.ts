import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Definition } from '../../../src/catalogue/pins/definition.ts';
import { PinLedger, type PinRecord } from '../../../src/catalogue/pins/pin-book.ts';

const hashes = fc.constantFrom('a', 'b', 'c', 'd');
const define = (hash: string): Definition => ({ hash, text: null });
const records: fc.Arbitrary<PinRecord> = fc.oneof(
  fc.tuple(fc.constantFrom('pin' as const, 'seen' as const), hashes).map(([kind, hash]): PinRecord => {
    return { kind, tool: 'echo', definition: define(hash) };
  }),
  hashes.map((hash): PinRecord => ({ kind: 'accept', tool: 'echo', hash })),
  fc.constant<PinRecord>({ kind: 'forget', tool: 'echo' }),
);

test('whatever comes in, the pinned definition changes only by what a person says of the very one seen last', () => {
  fc.assert(
    fc.property(fc.array(records), (all) => {
      const ledger = new PinLedger();
      for (const record of all) {
        const before = ledger.tools.get('echo');
        ledger.add(record, '');
        const after = ledger.tools.get('echo');
        if (before === undefined || before.definition.hash === after?.definition.hash) continue;
        const isAccepted = record.kind === 'accept' && record.hash === before.seen?.definition.hash;
        expect(isAccepted ? after?.definition.hash === record.hash : record.kind === 'forget').toBe(true);
      }
    }),
  );
});

test('what says nothing new leaves the book as it was', () => {
  fc.assert(
    fc.property(fc.array(records), (all) => {
      const [ledger, lean] = [new PinLedger(), new PinLedger()];
      for (const record of all) if (ledger.add(record, '')) lean.add(record, '');
      expect([...lean.tools]).toEqual([...ledger.tools]);
    }),
  );
});

test('what was seen and passed is remembered until a person accepts or forgets', () => {
  const ledger = new PinLedger();
  const passed = (): string[] => [...(ledger.tools.get('echo')?.passed ?? [])];
  const see = (hash: string): boolean =>
    ledger.add({ kind: 'seen', tool: 'echo', definition: define(hash) }, '');
  ledger.add({ kind: 'pin', tool: 'echo', definition: define('a') }, '');
  for (const hash of ['b', 'c', 'b', 'a', 'd']) see(hash);
  expect(passed()).toEqual(['b', 'c']);
  ledger.add({ kind: 'accept', tool: 'echo', hash: 'd' }, '');
  expect(passed()).toEqual([]);
});

test('very many definitions of one tool take no more than a moment', () => {
  const ledger = new PinLedger();
  ledger.add({ kind: 'pin', tool: 'echo', definition: define('first') }, '');
  for (let index = 0; index < 200_000; index++)
    ledger.add({ kind: 'seen', tool: 'echo', definition: define(`${index}`) }, '');
  expect(ledger.tools.get('echo')?.passed.size).toBe(199_999);
});

test('a package is news where its name or version is another', () => {
  const ledger = new PinLedger();
  const add = (name: string, version: string): boolean =>
    ledger.add({ kind: 'package', package: { name, version } }, '');
  expect([add('mq', '1'), add('mq', '1'), add('mq', '2'), add('other', '2')]).toEqual([
    true,
    false,
    true,
    true,
  ]);
});
