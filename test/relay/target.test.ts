import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderTargets } from '../../src/relay/target.ts';

test.each<[string, readonly string[], string]>([
  ['one plain name as it is', ['file:///x'], 'file:///x'],
  ['a name with a space in quotes', ['a b'], '"a b"'],
  ['several in quotes each', ['a', 'b'], '"a", "b"'],
  ['what hides itself in escapes', ['\u202e\u001b[2K'], '"\\u202e\\u001b[2K"'],
])('shows %s', (_, names, shown) => {
  expect(renderTargets(names)).toBe(shown);
});

test('shows of a long name the beginning, the length and a hash', () => {
  expect(renderTargets(['a'.repeat(300)])).toMatch(
    /^"a{199}\.\.\. \(302 characters, SHA-256 [0-9a-f]{32}\)$/,
  );
});

test('shows no two lists of names alike', () => {
  const name = fc.oneof(
    fc.constantFrom('a', 'b', 'a, b', '"a"', '"a", "b"', 'a"', '\\', '", "', '\u0000', '\\u0000'),
    fc.constantFrom('x', 'y').map((end) => 'a'.repeat(300) + end),
  );
  const names = fc.array(name, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(names, names, (a, b) => {
      fc.pre(JSON.stringify(a) !== JSON.stringify(b));
      expect(renderTargets(a)).not.toBe(renderTargets(b));
    }),
    { numRuns: 2_000 },
  );
});
