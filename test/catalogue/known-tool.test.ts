import { describe, expect, test } from 'vitest';
import { guessProfile, KnownTool } from '../../src/catalogue/known-tool.ts';
import { canonicalDefinition } from '../../src/catalogue/pins/definition.ts';

const RAW = Buffer.from('{"name":"get_item","title":"Item","inputSchema":{"type":"object"}}');

test('a tool is what its server says of it', () => {
  const tool = new KnownTool('get_item', RAW);
  expect([tool.name, tool.title, tool.schema?.toString(), tool.size]).toEqual([
    'get_item',
    'Item',
    '{"type":"object"}',
    RAW.length,
  ]);
  expect(tool.definition).toEqual(canonicalDefinition(RAW));
  expect(tool.profile).toEqual({ category: 'read', risk: 'low', isSeen: true });
  expect(tool.profile).toBe(tool.profile);
  expect(tool.assessment).toBe(tool.assessment);
});

test('a tool keeps a copy: the line it stood in may be written over', () => {
  const raw = Buffer.from(RAW);
  const tool = new KnownTool('get_item', raw);
  raw.fill(0x20);
  expect([tool.isSame(RAW), tool.schema?.toString(), tool.profile.category]).toEqual([
    true,
    '{"type":"object"}',
    'read',
  ]);
});

test('bytes are the same one by one, or not at all', () => {
  const tool = new KnownTool('get_item', RAW);
  expect([tool.isSame(Buffer.from(RAW)), tool.isSame(Buffer.from(`${String(RAW)} `))]).toEqual([true, false]);
});

describe('a definition', () => {
  test('too large to be kept counts as not seen, and has a hash all the same', () => {
    const raw = Buffer.from(JSON.stringify({ name: 'get_item', description: 'x'.repeat(1 << 20) }));
    const tool = new KnownTool('get_item', raw);
    expect([tool.size, tool.isSame(raw), tool.title, tool.schema, tool.profile]).toEqual([
      0,
      false,
      null,
      null,
      guessProfile('get_item'),
    ]);
    expect(tool.definition).toEqual({ hash: expect.stringMatching(/^raw-/) as string, text: null });
  });

  test.each(['', '[]', '{"name":', '{"name":7}', '\u0000'])(
    'that is none (%j) tells no more than the name',
    (text) => {
      const tool = new KnownTool('delete_item', Buffer.from(text));
      expect([tool.title, tool.schema, tool.profile.category]).toEqual([null, null, 'destructive']);
    },
  );
});

test('what a name tells is never enough to allow', () => {
  expect(guessProfile('get_item')).toEqual({
    category: 'read',
    risk: expect.any(String) as string,
    isSeen: false,
  });
});
