import { expect, test } from 'vitest';
import { listUriForms } from '../../src/protocol/uri-forms.ts';

test.each<[string, string]>([
  ['FILE:///etc/passwd', 'file:///etc/passwd'],
  ['file://localhost/etc/passwd', 'file:///etc/passwd'],
  ['file:///a/../etc/passwd', 'file:///etc/passwd'],
  ['file:///a/%2e%2e/etc/passwd', 'file:///etc/passwd'],
  ['file:///%65tc/passwd', 'file:///etc/passwd'],
  ['HTTP://Example.COM:80/a', 'http://example.com/a'],
  ['demo://x/%79', 'demo://x/y'],
])('%s may be read as %s', (uri, form) => {
  expect(listUriForms(uri)).toContain(form);
});

test.each(['not a uri', '%', 'x:%zz', ''])('%j is at least itself', (uri) => {
  expect(listUriForms(uri)[0]).toBe(uri);
});
