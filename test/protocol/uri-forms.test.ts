import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listNameForms, listUriForms } from '../../src/protocol/uri-forms.ts';

test.each<[string, string]>([
  ['FILE:///etc/passwd', 'file:///etc/passwd'],
  ['file://localhost/etc/passwd', 'file:///etc/passwd'],
  ['file:///a/../etc/passwd', 'file:///etc/passwd'],
  ['file:///a/%2e%2e/etc/passwd', 'file:///etc/passwd'],
  ['file:///%65tc/passwd', 'file:///etc/passwd'],
  ['HTTP://Example.COM:80/a', 'http://example.com/a'],
  ['demo://x/%79', 'demo://x/y'],
  ['demo://x/%2579', 'demo://x/y'],
  ['https://docs.example:443/a#b', 'https://docs.example/a#b'],
  ['file://localhost/a?b', 'file:///a?b'],
])('%s may be read as %s', (uri, form) => {
  expect(listUriForms(uri)).toContain(form);
});

test.each(['not a uri', '%', 'x:%zz', '', '\0', 'https://[', '//', 'file:', 'C:'])(
  '%j is at least itself',
  (uri) => {
    expect(listUriForms(uri)).toContain(uri);
  },
);

test.each<[string, readonly string[]]>([
  ['config://app', ['config://app']],
  ['demo://X/y', ['demo://X/y']],
  ['https://docs.example/a?b=c', ['https://docs.example/a?b=c']],
  ['file:///etc/passwd', ['file:///etc/passwd']],
  ['file:///my%20notes', ['file:///my%20notes', 'file:///my notes']],
  ['https://docs.example/a#b', ['https://docs.example/a', 'https://docs.example/a#b']],
])('%s has no more spellings than it must', (uri, forms) => {
  expect(listUriForms(uri)).toEqual(forms);
});

test('what leads to one file is counted as one, however it is written', () => {
  const step = fc.constantFrom('a', 'b.txt', 'c');
  const disguise = fc.constantFrom(
    (path: string) => `file://${path}`,
    (path: string) => `FILE://localhost${path}`,
    (path: string) => `file:${path}`,
    (path: string) => `file://${path}/`,
    (path: string) => `file://${path}?x#y`,
    (path: string) => path,
    (path: string) => `file://${path.replaceAll('/', '//')}`,
    (path: string) => `file:///x/..${path}`,
    (path: string) => `file://${path.replaceAll('.', '%2e')}`,
    (path: string) => `file://${path.replaceAll('a', '%61')}`,
    (path: string) => `file://${path.replaceAll('c', '%2563')}`,
    (path: string) => `file:///x/%2e%2E${path}`,
    (path: string) => `file://${path}%00.png`,
    (path: string) => `  file://${path}\n`,
    (path: string) => `file:${path.replaceAll('/', '\\')}`,
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), disguise, (steps, apply) => {
      const path = `/${steps.join('/')}`;
      expect(listUriForms(apply(path))[0]).toBe(`file://${path}`);
    }),
    { numRuns: 2_000 },
  );
});

test('any text whatever has forms, itself among them, and none twice', () => {
  const piece = fc.constantFrom(
    '%',
    '%2',
    '%25',
    '%00',
    '/',
    '..',
    ':',
    '#',
    '?',
    '@',
    '\\',
    'é',
    '\ud800',
    'a',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece).map((pieces) => `http:${pieces.join('')}`),
  );
  fc.assert(
    fc.property(text, (uri) => {
      const forms = listUriForms(uri);
      expect(forms).toContain(uri);
      expect(new Set(forms).size).toBe(forms.length);
    }),
    { numRuns: 2_000 },
  );
});

test.each<[string, readonly string[]]>([
  ['deploy', ['deploy']],
  ['Deploy now', ['Deploy now']],
  [' deploy\t', ['deploy', ' deploy\t']],
  ['deploy\0now', ['deploy', 'deploy\0now']],
])('a server may take the name %j for %j', (name, forms) => {
  expect(listNameForms(name)).toEqual(forms);
});
