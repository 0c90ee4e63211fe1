import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFinder } from '../../../src/policy/secret/find-words.ts';

test('finds what a search for each word finds', () => {
  const letters = fc.string({
    unit: fc.constantFrom('a', 'b', 'c', 'A', 'B', '-'),
    minLength: 1,
    maxLength: 4,
  });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', 'B', 'C', '-', 'é'), maxLength: 30 });
  fc.assert(
    fc.property(fc.array(letters, { minLength: 1, maxLength: 6 }), text, (some, text) => {
      const words = some.map((word) => word.toLowerCase());
      const expected = words.some((word) => text.toLowerCase().includes(word));
      const finder = createFinder(words);
      expect(finder.isIn(text)).toBe(expected);
      expect(finder.isInBytes(Buffer.from(text))).toBe(expected);
      const wary = createFinder(words, true);
      expect(wary.isIn(text)).toBe(expected || text.includes('é'));
      expect(wary.isInBytes(Buffer.from(text))).toBe(expected || text.includes('é'));
    }),
  );
});
