import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { canonicalDefinition } from '../../../src/catalogue/pins/definition.ts';
import { findPinned } from '../../../src/catalogue/pins/find-pinned.ts';
import { openPinStore, type PinStore } from '../../../src/catalogue/pins/pin-store.ts';
import { createFakeIo, type FakeIo } from '../../helpers/fake-io.ts';

interface Place {
  readonly io: FakeIo;
  readonly pin: (server: string, title: string, kind?: 'pin' | 'seen') => PinStore;
}

function makePlace(): Place {
  const home = mkdtempSync(join(tmpdir(), 'mcp-guard-pins-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const io = createFakeIo(home);
  const pin: Place['pin'] = (name, title, kind = 'pin') => {
    const store = openPinStore(io, { name, command: [name] });
    const definition = canonicalDefinition(Buffer.from(JSON.stringify({ name: 'echo', title })));
    expect(store.write([{ kind, tool: 'echo', definition }])).toBeNull();
    return store;
  };
  return { io, pin };
}

function show(found: ReturnType<typeof findPinned>): unknown {
  return found === null ? null : [found.server, found.tool.title, found.hasChanged];
}

test('a tool is found as its server pinned it, whether that server is named or not', () => {
  const { io, pin } = makePlace();
  pin('mq', 'Echo');
  expect(show(findPinned('echo', null, io))).toEqual(['mq', 'Echo', false]);
  expect(show(findPinned('echo', 'mq', io))).toEqual(['mq', 'Echo', false]);
  expect(findPinned('echo', 'other', io)).toBeNull();
  expect(findPinned('other', null, io)).toBeNull();
});

test('servers that agree are one; those that differ must be told apart', () => {
  const { io, pin } = makePlace();
  pin('a', 'Echo');
  pin('b', 'Echo');
  expect(show(findPinned('echo', null, io))).toEqual(['a', 'Echo', false]);
  pin('c', 'Another');
  expect(findPinned('echo', null, io)).toBeNull();
  expect(show(findPinned('echo', 'c', io))).toEqual(['c', 'Another', false]);
});

test('a change that any of them met is told, and what is pinned is what is found', () => {
  const { io, pin } = makePlace();
  pin('a', 'Echo');
  pin('b', 'Echo');
  pin('b', 'Another', 'seen');
  expect(show(findPinned('echo', null, io))).toEqual(['a', 'Echo', true]);
});

test('what was too long to keep is as if it were not pinned', () => {
  const { io } = makePlace();
  const definition = canonicalDefinition(Buffer.from(`{"name":"echo","title":"${'x'.repeat(70 << 10)}"}`));
  openPinStore(io, { name: 'mq', command: [] }).write([{ kind: 'pin', tool: 'echo', definition }]);
  expect(findPinned('echo', null, io)).toBeNull();
});

test('pins that cannot be read are passed over, those of others are not', () => {
  const { io, pin } = makePlace();
  const { file } = pin('a', 'Another');
  pin('b', 'Echo');
  writeFileSync(file, '{"version":1,"server":"a","command":["a"]}\n', { mode: 0o600 });
  expect(show(findPinned('echo', null, io))).toEqual(['b', 'Echo', false]);
  chmodSync(file, 0o666);
  expect(show(findPinned('echo', null, io))).toEqual(['b', 'Echo', false]);
});

test('where the folder cannot be trusted nothing is found', () => {
  const { io, pin } = makePlace();
  const { file } = pin('a', 'Echo');
  chmodSync(dirname(file), 0o777);
  expect(findPinned('echo', null, io)).toBeNull();
});
