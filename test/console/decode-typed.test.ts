import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeTyped } from '../../src/console/decode-typed.ts';

test('any text that comes in any parts is the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(40)), (text, cuts) => {
      const bytes = Buffer.from(text);
      const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].toSorted(
        (a, b) => a - b,
      );
      let partial: Uint8Array = new Uint8Array();
      let read = '';
      for (const [index, place] of places.entries()) {
        const [more, rest] = decodeTyped(
          Buffer.concat([partial, bytes.subarray(places[index - 1] ?? 0, place)]),
        );
        read += more;
        partial = rest;
      }
      expect([read, partial.length]).toEqual([text, 0]);
    }),
  );
});

test.each([
  [[0xff], '\ufffd'],
  [[0x80], '\ufffd'],
  [[0xc3, 0x41], '\ufffdA'],
  [[0x61, 0xff, 0x62, 0x63], 'a\ufffdbc'],
])('what is no text is not waited for: %j', (bytes, text) => {
  expect(decodeTyped(Buffer.from(bytes))[0]).toBe(text);
});
