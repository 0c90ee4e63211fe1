import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  packEntries,
  parseRecord,
  RECORD_BYTES,
  renderRecord,
  type MachineRecord,
} from '../../../src/policy/limit/machine-record.ts';

const id = fc.stringMatching(/^[\w-]{8,14}$/);
const at = fc.integer({ min: -1e13, max: 1e13 });
const wall = fc.integer({ min: 0, max: 9e12 });
const tool = fc.constantFrom('', 'abcdefghijkl', 'A-_9abcdefgh');
/** As large as the largest sum. */
const amount = fc.bigInt({ min: 1n, max: 10n ** 50n });
const owner = fc.stringMatching(/^\d{1,10}\.[0-9a-f]{8}$/);

const record: fc.Arbitrary<MachineRecord> = fc.oneof(
  fc.record({ kind: fc.constant('head'), version: fc.constant('1') }),
  fc.record({ kind: fc.constant('boot'), boot: fc.uuid(), at, wall }),
  fc.record({ kind: fc.constant('whole'), count: fc.nat() }),
  fc.record({ kind: fc.constant('take'), id, owner, tool, amount, at }),
  fc.record({ kind: fc.constant('commit'), id, at, wall }),
  fc.record({ kind: fc.constant('release'), id }),
  fc.record({ kind: fc.constant('seal'), id }),
);

test('every record has one length, and is read as it was written', () => {
  fc.assert(
    fc.property(record, (written) => {
      const bytes = renderRecord(written);
      expect(bytes).toHaveLength(RECORD_BYTES);
      expect(parseRecord(bytes)).toEqual(written);
    }),
  );
});

test('a record with any one byte changed is none', () => {
  fc.assert(
    fc.property(record, fc.nat(RECORD_BYTES - 1), fc.integer({ min: 1, max: 255 }), (written, index, by) => {
      const bytes = renderRecord(written);
      bytes[index] = (bytes[index] ?? 0) ^ by;
      expect(parseRecord(bytes)).toBeNull();
    }),
  );
});

test('a moment is written rounded up, so that nothing leaves too early', () => {
  const written = renderRecord({ kind: 'commit', id: 'x', at: 5.01, wall: 7 });
  expect(parseRecord(written)).toEqual({ kind: 'commit', id: 'x', at: 6, wall: 7 });
});

test('entries of a window come back in their order, many to a record', () => {
  const entry = fc.record({ at, amount: fc.oneof(fc.constant(1n), amount) });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), tool, (entries, name) => {
      const sorted = entries.sort((a, b) => a.at - b.at);
      const read = [...packEntries(name, sorted)].map((packed) => parseRecord(renderRecord(packed)));
      expect(read.flatMap((packed) => (packed?.kind === 'kept' ? packed.entries : []))).toEqual(sorted);
    }),
  );
  const calls = Array.from({ length: 1000 }, (_, index) => ({ at: 1e12 + index * 500, amount: 1n }));
  expect([...packEntries('', calls)].length).toBeLessThan(50);
});
