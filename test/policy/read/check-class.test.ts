import { describe, expect, test } from 'vitest';
import { parseLoaded } from '../../../src/policy/file/load.ts';
import { GROUND } from '../../helpers/policy.ts';

/** The one problem of what stands below `version: 1`. */
function problemOf(text: string): string {
  const { problems } = parseLoaded(Buffer.from(`version: 1\n${text}`), 'p.yaml', GROUND);
  const [first, ...others] = problems.map(
    ({ line, column, message, hint }) => `${line}:${column} ${message}; ${hint}`,
  );
  expect(others).toEqual([]);
  return first ?? '';
}

const CATEGORIES = 'categories are read, write, execute, destructive and financial';
const RISKS = 'risks are low, medium, high and critical';

describe('a key of categories or risks that is none of their words', () => {
  test.each([
    [
      'categories: { destructve: deny }',
      'unknown category "destructve"; did you mean destructive?',
      CATEGORIES,
    ],
    [
      'categories: { Destructive: deny }',
      'unknown category "Destructive"; did you mean destructive?',
      CATEGORIES,
    ],
    ['categories: { DELETE: deny }', 'unknown category "DELETE"; did you mean destructive?', CATEGORIES],
    ['categories: { payments: deny }', 'unknown category "payments"; did you mean financial?', CATEGORIES],
    ['categories: { shell: deny }', 'unknown category "shell"; did you mean execute?', CATEGORIES],
    ['risks: { severe: deny }', 'unknown risk "severe"; did you mean high?', RISKS],
    ['risks: { crtical: deny }', 'unknown risk "crtical"; did you mean critical?', RISKS],
    // What is meant by "delete" is a category.
    ['risks: { delete: deny }', 'unknown risk "delete"', RISKS],
    [
      'risks: { destructive: deny }',
      'unknown risk "destructive"; destructive stands below categories',
      RISKS,
    ],
    ['categories: { High: deny }', 'unknown category "High"; high stands below risks', CATEGORIES],
    ['categories: { "\\u0430": deny }', 'unknown category "а"', CATEGORIES],
  ])('is refused, with a hint: %s', (text, problem, all) => {
    const line = problemOf(text);
    expect(line).toContain(problem);
    expect(line).toContain(all);
  });

  test.each(['categories: { "*": deny }', 'categories: { "de*": deny }', 'categories: { rea?: deny }'])(
    'is refused as a glob: %s',
    (text) => {
      expect(problemOf(text)).toMatch(
        /^2:15 ".*" is no category, and only names have globs; write each category out, or use default for what no rule names; categories are/,
      );
    },
  );

  test.each(['<<: deny', '"": deny'])('is refused once: %s', (key) => {
    expect(problemOf(`categories: { ${key} }`)).not.toContain('category');
  });
});

test.each([
  [
    'false',
    'pin is a word, and here is the boolean false; use off: a tool that has changed is then called like before',
  ],
  ['true', 'pin is a word, and here is the boolean true; use ask or deny; without the key it is ask'],
  ['never', 'unknown pin "never"; use off, ask or deny'],
  ['', 'pin is a word, and here is nothing; use off, ask or deny'],
])('pin: %s is refused', (word, problem) => {
  expect(problemOf(`pin: ${word}`)).toContain(problem);
});
