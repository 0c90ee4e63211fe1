import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineReader, type LineEvent } from '../../src/wire/lines.ts';

/** All events of a stream cut into chunks at these offsets; the bytes copied, as chunks are used again. */
function read(stream: Buffer, cuts: readonly number[], most = 100): unknown[] {
  const reader = new LineReader(most);
  const edges = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  const events: LineEvent[] = [];
  for (const [index, start] of edges.slice(0, -1).entries()) {
    events.push(...reader.push(Buffer.from(stream.subarray(start, edges[index + 1]))));
  }
  events.push(...reader.end());
  return events.map((event) =>
    event.kind === 'line'
      ? [String(event.bytes), event.unterminated === true]
      : [event.length, String(event.head), String(event.tail)],
  );
}

describe('a stream of lines', () => {
  test.each([
    [
      'a\nb\n',
      [
        ['a\n', false],
        ['b\n', false],
      ],
    ],
    [
      'a\r\nb\r\n',
      [
        ['a\n', false],
        ['b\n', false],
      ],
    ],
    [
      '\n\n',
      [
        ['\n', false],
        ['\n', false],
      ],
    ],
    ['a\rb\n', [['a\rb\n', false]]],
    ['a\r\r\n', [['a\r\n', false]]],
    ['a\u2028b\u0085c\vd\fe\n', [['a\u2028b\u0085c\vd\fe\n', false]]],
    ['é', [['é\n', true]]],
    [
      'a\nhalf',
      [
        ['a\n', false],
        ['half\n', true],
      ],
    ],
    ['', []],
  ])('%j is cut at line feeds alone', (stream, events) => {
    expect(read(Buffer.from(stream), [])).toEqual(events);
  });

  test('gives the same lines however it is cut into chunks', () => {
    const line = fc.oneof(fc.constantFrom('', '\r', 'é😀', 'x\r'), fc.string({ maxLength: 130 }));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), fc.boolean(), (lines, cuts, ended) => {
        const stream = Buffer.from(lines.join('\n') + (ended ? '\n' : ''));
        expect(read(stream, cuts)).toEqual(read(stream, []));
      }),
      { numRuns: 500 },
    );
  });

  test('gives the same lines at every single place of a cut, and byte by byte', () => {
    const stream = Buffer.from(`{"a":"é😀"}\r\n\n${'x'.repeat(150)}\n${'y'.repeat(100)}\nend`);
    const whole = read(stream, []);
    for (let cut = 0; cut <= stream.length; cut++) expect(read(stream, [cut])).toEqual(whole);
    expect(read(stream, [...stream.keys()])).toEqual(whole);
  });

  test('a line in one chunk is a view of the chunk, and neighbours stay neighbours', () => {
    const chunk = Buffer.from('one\ntwo\n');
    const [one, two] = new LineReader(10).push(chunk);
    expect(one?.kind === 'line' && one.bytes.buffer).toBe(chunk.buffer);
    expect(two?.kind === 'line' && two.bytes.byteOffset).toBe(chunk.byteOffset + 4);
  });

  test('a line is passed on without its CR, and the chunk stays as it was', () => {
    const chunk = Buffer.from('one\r\ntwo\r\n');
    expect(
      new LineReader(10).push(chunk).map((event) => event.kind === 'line' && String(event.bytes)),
    ).toEqual(['one\n', 'two\n']);
    expect(String(chunk)).toBe('one\r\ntwo\r\n');
  });

  test.each([
    ['x'.repeat(10), [['xxxxxxxxxx\n', false]]],
    ['x'.repeat(11), [[11, 'x'.repeat(11), 'x'.repeat(11)]]],
  ])('%s is read up to the limit and skipped beyond it, and the next line is read', (line, events) => {
    const stream = Buffer.from(`${line}\nnext\n`);
    for (let cut = 0; cut <= stream.length; cut++)
      expect(read(stream, [cut], 10)).toEqual([...events, ['next\n', false]]);
  });

  test('keeps only both ends of a line that is too long', () => {
    const reader = new LineReader(1_000);
    for (let part = 0; part < 1_000; part++)
      expect(reader.push(Buffer.from(`${part}`.padStart(100)))).toEqual([]);
    const [skipped] = reader.push(Buffer.from('end\n'));
    expect(skipped).toMatchObject({ kind: 'too-long', length: 100_003 });
    expect(skipped?.kind === 'too-long' && [skipped.head.length, skipped.tail.length]).toEqual([
      4_096, 4_096,
    ]);
    expect(skipped?.kind === 'too-long' && String(skipped.tail)).toMatch(/999end$/);
  });
});
