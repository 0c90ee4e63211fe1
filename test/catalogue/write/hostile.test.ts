import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderPolicy } from '../../../src/catalogue/write/write-policy.ts';
import { CATEGORIES, RISKS, type Category, type Risk } from '../../../src/policy/profile.ts';
import { isToolName } from '../../../src/protocol/tool-name.ts';
import { boolean, scanOf, toolOf, type Given } from './scans.ts';
import { decideAll, hold, load } from './written.ts';

describe('names', () => {
  test('gives names that differ by case alone the stricter rule of the two', () => {
    const scan = scanOf([
      toolOf('Get_It', 'read', 'low'),
      toolOf('other', 'read', 'low'),
      toolOf('get_it', 'destructive', 'high', boolean('dry_run')),
    ]);
    expect(decideAll(scan)).toEqual({ Get_It: 'deny', other: 'allow', get_it: 'deny' });
    expect(hold(scan)).toEqual([]);
  });

  test.each([
    'null',
    'yes',
    '1.0',
    '0x1F',
    '-',
    '---',
    '.inf',
    'No',
    '__proto__',
    '~',
    '12e3',
    '...',
    'constructor',
  ])('writes %s as the text it is', (name) => {
    const rules = load(scanOf([toolOf(name, 'write', 'high')])).policy.rules.tools;
    expect(rules.map(({ pattern }) => pattern)).toEqual(isToolName(name) ? [name] : []);
  });

  test('leaves out what nobody can call, and says so', () => {
    const { text, policy } = load(
      scanOf([toolOf('evil\n  x: allow', 'read', 'low'), toolOf('ok', 'read', 'low')]),
    );
    expect(policy.rules.tools.map(({ pattern }) => pattern)).toEqual(['ok']);
    expect(text).toContain('refused: "evil\\n  x: allow"');
  });

  test('finds a later name that no tool comes near', () => {
    const scan = scanOf([toolOf('a_tool_added_latter', 'read', 'low')]);
    expect(load(scan).policy.tests.at(-1)?.name).toBe('some_tool_of_the_next_version');
    expect(hold(scan)).toEqual([]);
  });
});

test('gives the same bytes and no problem for whatever a server says of itself', () => {
  const hostile = fc.constantFrom(
    '# x',
    '"',
    "'",
    '\n',
    '\u202E',
    '\0',
    ': ',
    '!!',
    '&a',
    '*a',
    '\u2028',
    '\r',
    '\uD800',
    '%YAML',
    '`',
    ' #',
    '\u0085',
    '{',
    ', ',
    '\\',
  );
  const words = fc.oneof(
    fc.array(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 8 }))).map((parts) => parts.join('')),
    fc.string({ maxLength: 20 }),
  );
  const name = fc.oneof(fc.stringMatching(/^[A-Za-z0-9_./-]{1,6}$/), words);
  const tool = fc.record({
    name,
    category: fc.constantFrom(...CATEGORIES),
    risk: fc.constantFrom(...RISKS),
    evidence: fc.array(words, { maxLength: 3 }),
    attacks: fc.array(words, { maxLength: 3 }),
    inputSchema: fc.constantFrom({}, boolean('dry_run'), boolean('publicly_accessible')),
  });
  const property = (tools: readonly Given[], server: string): void => {
    const unique = [...new Map(tools.map((one) => [one.name, one])).values()];
    const scan = scanOf(unique, server);
    const { text, policy } = load(scan);
    expect(renderPolicy(scan)).toBe(text);
    expect(policy.rules.tools.map(({ pattern }) => pattern).toSorted()).toEqual(
      unique
        .map(({ name }) => name)
        .filter(isToolName)
        .toSorted(),
    );
    expect(policy.server).toEqual(server.trim() === '' ? null : [server]);
    // Only the server's name has to be written as long as it is.
    const lines = text.split('\n').filter((line) => !line.startsWith('server: '));
    expect(lines.every((line) => line.length < 250)).toBe(true);
  };
  fc.assert(fc.property(fc.array(tool, { maxLength: 12 }), words, property), { numRuns: 300 });
}, 60_000);

test('stays below 1 MiB for 10,000 tools with the longest names, and keeps the denies first', () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `${index}`.padStart(128, 'x'));
  const kinds: readonly (readonly [Category, Risk])[] = [
    ['read', 'low'],
    ['write', 'medium'],
    ['destructive', 'high'],
  ] as const;
  const scan = scanOf(names.map((name, index) => toolOf(name, ...(kinds[index % 3] ?? ['read', 'low']))));
  const { text, policy } = load(scan);
  expect(Buffer.byteLength(text)).toBeLessThan(1 << 20);
  const denied = policy.rules.tools.filter(({ rules }) => rules[0]?.action === 'deny');
  expect(denied).toHaveLength(3333);
  expect(text).toMatch(/^ {2}# \d+ tools have no rule here/m);
}, 60_000);
