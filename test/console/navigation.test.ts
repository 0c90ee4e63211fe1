import { describe, expect, test } from 'vitest';
import { type Move, NOTHING_HELD, readMoves } from '../../src/console/navigation.ts';

function read(text: string): Move[] | null {
  return readMoves(NOTHING_HELD, Buffer.from(text, 'latin1'), 1_000)[1];
}

describe('keys that move about', () => {
  test.each<[text: string, moves: Move[]]>([
    ['\x1b[A', ['up']],
    ['\x1bOB', ['down']],
    ['\x1b[A\x1b[A\x1b[B', ['up', 'up', 'down']],
    ['\t', ['down']],
    ['\x1b[Z', ['up']],
    ['\x1b[5~', ['page-up']],
    ['\x1b[6~\x1b[6~', ['page-down', 'page-down']],
    [' ', ['page-down']],
    ['jjj', ['down', 'down', 'down']],
    ['?', ['help']],
    ['q', ['leave']],
  ])('are read from %j', (text, moves) => {
    expect(read(text)).toEqual(moves);
  });

  test.each([
    'y',
    'jk',
    'jy',
    'quit',
    '\x1b',
    '\x1b[',
    '\x1b[Ay',
    'y\x1b[A',
    '\x1b[200~j\x1b[201~',
    '\x1b[9q',
    '\xff',
    '',
  ])('are none of %j', (text) => {
    expect(read(text)).toBeNull();
  });

  test.each([
    ['\x1b', '[A'],
    ['\x1b[', 'A'],
    ['\x1b[5', '~'],
  ])('are put together from %j and %j', (head, tail) => {
    const [held] = readMoves(NOTHING_HELD, Buffer.from(head), 1_000);
    expect(readMoves(held, Buffer.from(tail), 1_050)[1]).toHaveLength(1);
  });

  test('are not put together from what came long after', () => {
    const [held] = readMoves(NOTHING_HELD, Buffer.from('\x1b'), 1_000);
    expect(readMoves(held, Buffer.from('[A'), 1_100)).toEqual([NOTHING_HELD, null]);
    expect(readMoves(held, Buffer.from(''), 1_100)).toEqual([NOTHING_HELD, null]);
  });
});
