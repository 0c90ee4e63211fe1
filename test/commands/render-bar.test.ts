import { Chalk } from 'chalk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderBar } from '../../src/commands/render-bar.ts';

const SCREEN = {
  columns: 80,
  rows: 24,
  charset: { ascii: true, wide: false },
  chalk: new Chalk({ level: 0 }),
};

test.each<[string, [number, number, number], string]>([
  ['all that ran', [10, 0, 0], '##########'],
  ['a part of each', [5, 3, 2], '#####+++xx'],
  ['what is there at all', [998, 1, 1], '########+x'],
  ['nothing', [0, 0, 0], ''],
])('a bar shows %s', (_, [ran, approved, refused], bar) => {
  const parts = [
    { size: ran, kind: 'ran' },
    { size: approved, kind: 'approved' },
    { size: refused, kind: 'refused' },
  ] as const;
  expect(renderBar(parts, Math.max(1, ran + approved + refused), 10, SCREEN)).toBe(bar);
});

test('a bar is never longer than its place', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1_000), { minLength: 3, maxLength: 3 }),
      fc.integer({ min: 1, max: 60 }),
      (sizes, width) => {
        const kinds = ['ran', 'approved', 'refused'] as const;
        const parts = kinds.map((kind, index) => ({ size: sizes[index] ?? 0, kind }));
        const most = Math.max(
          1,
          sizes.reduce((a, b) => a + b, 0),
        );
        expect(renderBar(parts, most, width, SCREEN).length).toBeLessThanOrEqual(width);
      },
    ),
  );
});
