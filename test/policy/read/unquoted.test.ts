import { expect, test } from 'vitest';
import { suggestQuotes } from '../../../src/policy/read/unquoted.ts';

test.each<[string, string | null]>([
  ['{ matches: ^>[a-z]+$, ne: b }', '"^[a-z]+$"'],
  ['{ matches: [a-z]>+ }', '"[a-z]+"'],
  ['  matches: [a-z]>+ # word', '"[a-z]+"'],
  ['  - [a-z]>+', '"[a-z]+"'],
  ['{ matches: ^a>{2,3}$}', '"^a{2,3}$"'],
  ["{ matches: ^\\w>[']$ }", `"^\\\\w[']$"`],
  ['{ args.a>[0].b: 1 }', '"args.a[0].b"'],
  [`{x: 1, args>["a]: b"]: 1 }`, `'args["a]: b"]'`],
  ['{ a: >b: c }', '"b: c"'],
  ['{ action: >deny when: { args.x: 5 } }', null],
  [`{ matches: 'it's>' }`, null],
  [`{ matches: ${'x'.repeat(90)}>[a] }`, null],
  ['>', null],
])('%s: %s', (text, quoted) => {
  const at = text.indexOf('>');
  expect(suggestQuotes(`a: b\n${text.replace('>', '')}\nc: d\n`, at + 5)).toBe(quoted);
});
