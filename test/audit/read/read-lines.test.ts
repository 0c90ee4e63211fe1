import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readLines, readLinesBackward } from '../../../src/audit/read/read-lines.ts';

let folder: string;
let path: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-guard-lines-'));
  path = join(folder, 'log');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lines of a few lengths, some longer than what is read at once. */
const LENGTHS = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.nat(40) },
    { weight: 1, arbitrary: fc.constantFrom(262_143, 300_000, 600_000) },
  ),
  { maxLength: 30 },
);

test('both ends tell the same lines at the same places, and the last one without its end only from the front', () => {
  fc.assert(
    fc.property(LENGTHS, fc.nat(50), (lengths, torn) => {
      const lines = lengths.map((length, index) => String.fromCharCode(97 + (index % 26)).repeat(length));
      writeFileSync(path, `${lines.map((line) => `${line}\n`).join('')}${'~'.repeat(torn)}`);
      const forward = [...readLines(path)];
      const whole = forward.filter(({ isTorn }) => !isTorn);
      expect(whole.map(({ bytes }) => bytes.toString())).toEqual(lines);
      expect(forward.length - whole.length).toBe(torn === 0 ? 0 : 1);
      const tell = (line: (typeof whole)[number]): string => `${line.offset} ${line.bytes.toString()}`;
      expect([...readLinesBackward(path)].map(tell).toReversed()).toEqual(whole.map(tell));
      for (const { offset, bytes } of whole.slice(-3))
        expect([...readLines(path, offset)][0]?.bytes.toString()).toBe(bytes.toString());
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['a link', () => symlinkSync('/etc/hostname', join(folder, 'link'))],
  [
    'a folder',
    () => rmSync(join(folder, 'link'), { force: true }) ?? symlinkSync(folder, join(folder, 'link')),
  ],
])('what stands in the place of a log is not followed: %s', (_, place) => {
  place();
  expect(() => [...readLines(join(folder, 'link'))]).toThrow('ELOOP');
});

test('a line that no guard writes is passed over as an empty one', () => {
  writeFileSync(path, Buffer.concat([Buffer.from('a\n'), Buffer.alloc(18 << 20, 98), Buffer.from('\nc\n')]));
  const tell = ({ bytes, offset }: { bytes: Buffer; offset: number }): string =>
    `${offset} ${bytes.toString()}`;
  const lines = ['0 a', '2 ', `${(18 << 20) + 3} c`];
  expect([...readLines(path)].map(tell)).toEqual(lines);
  expect([...readLinesBackward(path)].map(tell).toReversed()).toEqual(lines);
});
