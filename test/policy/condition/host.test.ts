import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileHost, explainHostPattern } from '../../../src/policy/condition/host.ts';

const judge = compileHost(['example.com', '*.trusted.org', '127.0.0.1', '::1', 'bücher.example']);

describe('a host is read as a browser reads it', () => {
  test.each([
    ['https://example.com'],
    ['https://example.com/'],
    ['https://EXAMPLE.com:8443/x?y=@z#@w'],
    ['https://user:secret@example.com/'],
    ['https://evil.net@example.com/'],
    ['https://example.com./'],
    ['https://example.com?q=1'],
    ['https://example.com#top'],
    ['https://example.com/@evil.net'],
    ['https://example.com/\\evil.net'],
    ['https://a.trusted.org'],
    ['https://a.b.trusted.org'],
    ['http://0x7f.1/'],
    ['http://2130706433/'],
    ['http://127.1/'],
    ['http://[::1]:80/'],
    ['http://[0:0:0:0:0:0:0:1]/'],
    ['http://bücher.example/'],
    ['http://xn--bcher-kva.example/'],
    ['ws://example.com/'],
    ['ftp://example.com/'],
    ['postgres://me@example.com:5432/db'],
    ['postgres://me@EXAMPLE.com/db'],
  ])('%j fits', (url) => {
    expect(judge(url)).toBe(true);
  });

  test.each([
    ['https://trusted.org/'],
    ['https://eviltrusted.org/'],
    ['https://example.com.evil.net/'],
    ['https://example.com@evil.net/'],
    ['https://example.com:80@evil.net/'],
    ['https://sub.example.com/'],
    ['https://evil.net/example.com'],
    ['https://evil.net/?@example.com'],
    ['https://evil.net\\@other.net/'],
    ['http://10.0.0.1/'],
    ['http://[::2]/'],
    ['data:text/plain,https://example.com/'],
    ['mailto:me@example.com'],
    ['file:///etc/passwd'],
  ])('%j does not', (url) => {
    expect(judge(url)).toBe(false);
  });

  test.each([
    ['no absolute URL', ''],
    ['no absolute URL', 'example.com'],
    ['no absolute URL', '//example.com/'],
    ['no absolute URL', '/x'],
    ['no absolute URL', 'javascript:fetch("https://example.com")'],
    ['a port that looks like a scheme', 'example.com:443'],
    ['an address inside another', 'jdbc:postgresql://example.com/db'],
    ['a backslash', 'https://example.com\\@evil.net/'],
    ['a backslash', 'https://evil.net\\@example.com/'],
    ['a backslash', 'https:\\\\example.com/'],
    ['a backslash', 'https://\\example.com/'],
    ['a missing slash', 'https:/example.com/'],
    ['a missing slash', 'https:example.com'],
    ['a slash too many', 'https:///example.com/'],
    ['a slash too many', 'file:////example.com/x'],
    ['a tab', 'https://exam\tple.com/'],
    ['a tab', 'https://evil.net\t.trusted.org/'],
    ['a line end', 'https://example.com\n@evil.net/'],
    ['a space in front', ' https://example.com/'],
    ['spaces and fragments', 'http://127.0.0.1 &@evil.net# @example.com/'],
    ['several @', 'https://a@example.com@evil.net/'],
    ['several @', 'https://a@evil.net@example.com/'],
    ['an @ behind the query', 'https://example.com?@evil.net/'],
    ['an @ behind the fragment', 'https://example.com#@evil.net/'],
    ['a percent sign', 'https://ex%61mple.com/'],
    ['a percent sign', 'https://evil.net%2f.trusted.org/'],
    ['full-width letters', 'https://ｅxample.com/'],
    ['a full-width slash', 'https://evil.net／.trusted.org/'],
    ['an ideographic full stop', 'https://bücher。example/'],
    ['a capital beyond ASCII', 'https://BÜCHER.example/'],
    ['a letter that was mapped once', 'https://faß.example/'],
    ['a name beyond ASCII for a driver', 'postgres://bücher.example/'],
    ['several hosts', 'mongodb://evil.net,a.trusted.org/db'],
    ['a list of names', 'https://evil.net;a.trusted.org/'],
    ['an empty label', 'https://example.com../'],
    ['an empty label', 'https://.trusted.org/'],
    ['an octal number', 'http://0177.0.0.1/'],
    ['an octal number', 'http://0127.0.0.1/'],
    ['a mapped address', 'http://[::ffff:127.0.0.1]/'],
    ['a number for a driver', 'postgres://0x7f.1/db'],
    ['a bracket elsewhere', 'https://[::1]@evil.net/'],
    ['half a surrogate pair', 'https://example.com/\ud800'],
    ['too long', `https://example.com/${'x'.repeat(8_192)}`],
  ])('with %s it is unknown: %j', (_, url) => {
    expect(judge(url)).toBe('unknown');
  });
});

test('no decoration of another host ever fits', () => {
  const decoration = fc.string({
    unit: fc.constantFrom(...'ab@:\\/?#.%[] \t\n,;&1-é'.split('')),
    maxLength: 6,
  });
  const parts = fc.tuple(fc.constantFrom('http', 'https', 'ftp', 'git+ssh'), decoration, decoration);
  const judge = compileHost(['good.com', '*.good.com']);
  fc.assert(
    fc.property(parts, fc.constantFrom('evil.net', 'good.com'), ([scheme, front, middle], last) => {
      const url = `${scheme}://${front}good.com${middle}${last}/`;
      if (judge(url) !== true) return;
      // As a browser reads it, and as one would that took the scheme for one it knows.
      const forms = [url, url.replace(/^git\+ssh/, 'http')].filter((form) => URL.canParse(form));
      for (const form of forms) {
        expect(new URL(form).hostname.replace(/\.$/, '')).toMatch(/(?:^|\.)good\.com$/);
      }
    }),
    { numRuns: 5_000, examples: [[['git+ssh', ':\\', '@'], 'good.com']] },
  );
});

test.each([
  ['example.com', null],
  ['*.example.com', null],
  ['EXAMPLE.com.', null],
  ['localhost', null],
  ['my_host', null],
  ['10.0.0.1', null],
  ['0x7f.1', null],
  ['::1', null],
  ['[::1]', null],
  ['bücher.example', null],
  ['', 'a host is a name such as example.com'],
  ['https://example.com', 'a host has no scheme; leave out all up to "://"'],
  ['example.com/x', 'a host has no path; leave out all from the first slash on'],
  ['me@example.com', 'a host has no user; leave out all up to the "@"'],
  ['example.com:443', 'a host has no port, any port fits; leave out all from the ":" on'],
  ['[::1]:443', 'a host has no port, any port fits; leave out the last ":" and the port'],
  ['*', 'a star may only stand in front, as in *.example.com, for all names below one'],
  ['a.*.com', 'a star may only stand in front, as in *.example.com, for all names below one'],
  ['*example.com', 'a star may only stand in front, as in *.example.com, for all names below one'],
  ['*.*.com', 'a star may only stand in front, as in *.example.com, for all names below one'],
  ['*.', 'this is no name or address that a host can have'],
  ['.example.com', 'this is no name or address that a host can have'],
  ['a..b', 'this is no name or address that a host can have'],
  ['a b', 'this is no name or address that a host can have'],
  ['a%2eb', 'this is no name or address that a host can have'],
  ['*.10.0.0.1', 'there are no names below an address; leave out the "*."'],
])('says of the pattern %j: %j', (pattern, why) => {
  expect(explainHostPattern(pattern)).toBe(why);
});
