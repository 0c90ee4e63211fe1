import { PassThrough, Writable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Outlet } from '../../src/relay/outlet.ts';

/** What an outlet writes, piece by piece. */
function listen(): { readonly outlet: Outlet; readonly pieces: Buffer[] } {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      pieces.push(chunk);
      done();
    },
  });
  return {
    outlet: new Outlet(
      stream,
      () => {},
      () => {},
    ),
    pieces,
  };
}

test('lines leave as they are and in order, wherever in memory they lie', () => {
  // Which piece of one of two chunks each line is; pieces may overlap, repeat, or follow each other.
  const piece = fc.tuple(fc.nat(1), fc.nat(15), fc.nat(8));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (cuts) => {
      // Each in memory of its own.
      const chunks = ['abcdefghijklmnop', 'ABCDEFGHIJKLMNOP'].map((text) => Buffer.alloc(16, text));
      const lines = cuts.map(([chunk, start, length]) =>
        (chunks[chunk] ?? Buffer.alloc(0)).subarray(start, start + length),
      );
      const { outlet, pieces } = listen();
      outlet.write(lines);
      expect(Buffer.concat(pieces).toString()).toBe(Buffer.concat(lines).toString());
    }),
    { numRuns: 1_000 },
  );
});

test('what came in one chunk leaves in one write', () => {
  const chunk = Buffer.from('one\ntwo\nthree\n');
  const [one, two, three] = [chunk.subarray(0, 4), chunk.subarray(4, 8), chunk.subarray(8)];
  const other = Buffer.alloc(6, '-');
  const { outlet, pieces } = listen();
  outlet.write([one, two, three]);
  outlet.write([one, other, two, three]);
  outlet.write([one, three]);
  expect(pieces.map(String)).toEqual([
    'one\ntwo\nthree\n',
    'one\n',
    '------',
    'two\nthree\n',
    'one\n',
    'three\n',
  ]);
});

test('a reader that is gone is told of once, and nothing more is written to it', () => {
  const stream = new PassThrough();
  const breaks: string[] = [];
  const outlet = new Outlet(
    stream,
    () => {},
    (error) => breaks.push(error.message),
  );
  stream.emit('error', new Error('gone'));
  stream.emit('error', new Error('gone again'));
  outlet.write([Buffer.from('x')]);
  expect([breaks, outlet.isOpen, outlet.isFull, stream.readableLength]).toEqual([['gone'], false, false, 0]);
});
