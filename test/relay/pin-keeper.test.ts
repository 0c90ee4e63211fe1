import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { canonicalDefinition, type Definition } from '../../src/catalogue/pins/definition.ts';
import { openPinStore, type PinRecord, type PinStore } from '../../src/catalogue/pins/pin-store.ts';
import type { Event } from '../../src/relay/event.ts';
import { Notes } from '../../src/relay/notes.ts';
import { PinKeeper } from '../../src/relay/pin-keeper.ts';
import { createFakeIo, type FakeIo } from '../helpers/fake-io.ts';

const SERVER = { name: 'mq', command: ['mq-server'] };

function define(description: string): Definition {
  return canonicalDefinition(Buffer.from(JSON.stringify({ name: 'echo', description })));
}

const [OLD, NEW] = [define('old'), define('new')];
const pin = (definition: Definition, tool = 'echo'): PinRecord => ({ kind: 'pin', tool, definition });
const seen = (definition: Definition): PinRecord => ({ kind: 'seen', tool: 'echo', definition });
const accept = ({ hash }: Definition): PinRecord => ({ kind: 'accept', tool: 'echo', hash });

interface Place {
  readonly io: FakeIo;
  /** As `mcp-guard pins`, or another guard, has it. */
  readonly store: PinStore;
  readonly start: () => Started;
}

interface Started {
  readonly keeper: PinKeeper;
  /** What the session heard so far: the hash that is pinned of echo, null where none is. */
  readonly heard: (string | null)[];
}

function makePlace(): Place {
  const home = mkdtempSync(join(tmpdir(), 'mcp-guard-keeper-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const io = createFakeIo(home);
  const start = (): Started => {
    const keeper = new PinKeeper(SERVER, io, new Notes(io, 'info', 'mq'));
    onTestFinished(() => keeper.close());
    const heard: (string | null)[] = [];
    keeper.attach((event: Event) => {
      if (event.kind === 'pins') heard.push(event.pinned.get('echo')?.hash ?? null);
    });
    return { keeper, heard };
  };
  return { io, store: openPinStore(io, SERVER), start };
}

describe('a run', () => {
  test('begins with what was pinned, and with what was met since and not accepted', () => {
    const { store, start } = makePlace();
    store.write([pin(OLD), pin(OLD, 'other'), seen(NEW)]);
    expect(start().keeper.pins).toEqual({
      kind: 'read',
      pinned: new Map([
        ['echo', OLD],
        ['other', OLD],
      ]),
      seen: new Map([['echo', NEW]]),
    });
  });

  test('makes nothing before there is something to keep', () => {
    const { store, start } = makePlace();
    start().keeper.look();
    expect(existsSync(dirname(store.file))).toBe(false);
  });

  test.each<[string, (file: string) => void, string]>([
    ['is open to others', (file) => chmodSync(file, 0o666), "is not this user's alone"],
    ['begins otherwise', (file) => writeFileSync(file, 'x\n'), 'does not begin as a file of pins does'],
    ['stands in an open folder', (file) => chmodSync(dirname(file), 0o777), 'is open to others'],
  ])('with a file that %s knows nothing, says so, and leaves it alone', (_, damage, why) => {
    const { io, store, start } = makePlace();
    store.write([pin(OLD)]);
    damage(store.file);
    const before = readFileSync(store.file);
    const { keeper } = start();
    expect(keeper.pins).toEqual({ kind: 'unusable', why: expect.stringContaining(why) as string });
    expect(io.written.stderr).toContain('what its tools were cannot be told');
    keeper.keep([pin(NEW)]);
    expect(readFileSync(store.file)).toEqual(before);
  });
});

describe('what somebody says in another terminal', () => {
  test('is heard at the next look, once', () => {
    const { store, start } = makePlace();
    const { keeper, heard } = start();
    keeper.keep([pin(OLD)]);
    keeper.keep([seen(NEW)]);
    keeper.look();
    store.write([accept(NEW)]);
    keeper.look();
    keeper.look();
    expect(heard).toEqual([NEW.hash]);
  });

  test('is heard without a look too', async () => {
    const { store, start } = makePlace();
    const { keeper, heard } = start();
    keeper.keep([pin(OLD), seen(NEW)]);
    store.write([accept(NEW)]);
    await expect.poll(() => heard).toEqual([NEW.hash]);
  });

  test('is heard in a run that has met nothing itself, about what an earlier one has', () => {
    const { store, start } = makePlace();
    store.write([pin(OLD), seen(NEW)]);
    const { keeper, heard } = start();
    store.write([accept(NEW)]);
    keeper.look();
    expect(heard).toEqual([NEW.hash]);
  });

  test('is heard where it was said before this run met the change, as another guard had', () => {
    const { store, start } = makePlace();
    store.write([pin(OLD)]);
    const { keeper, heard } = start();
    store.write([seen(NEW)]);
    store.write([accept(NEW)]);
    keeper.keep([seen(NEW)]);
    keeper.look();
    expect(heard).toEqual([NEW.hash]);
  });

  test.each<[string, (store: PinStore) => void]>([
    ['forgets the tool', (store) => void store.write([{ kind: 'forget', tool: 'echo' }])],
    ['forgets the server', (store) => store.remove()],
  ])('is heard when it %s before the change', (_, forget) => {
    const { store, start } = makePlace();
    store.write([pin(OLD), pin(OLD, 'other')]);
    const { keeper, heard } = start();
    forget(store);
    keeper.keep([seen(NEW)]);
    keeper.look();
    expect(heard).toEqual([null]);
  });

  test('counts for nothing while the file cannot be believed', () => {
    const { store, start } = makePlace();
    const { keeper, heard } = start();
    keeper.keep([pin(OLD), seen(NEW)]);
    appendFileSync(store.file, '');
    chmodSync(store.file, 0o666);
    keeper.look();
    expect(heard).toEqual([]);
  });

  test('counts for nothing where this run could not write down what it met', () => {
    const { io, store, start } = makePlace();
    mkdirSync(join(io.folders.state, 'pins'), { recursive: true, mode: 0o700 });
    const { keeper, heard } = start();
    chmodSync(dirname(store.file), 0o755);
    keeper.keep([pin(OLD)]);
    keeper.keep([seen(NEW)]);
    expect(io.written.stderr.match(/hold for this run alone/g)).toHaveLength(1);
    // Another guard finds the folder mended, and takes what is listed now for the first.
    chmodSync(dirname(store.file), 0o700);
    store.write([pin(NEW)]);
    keeper.look();
    expect(heard).toEqual([]);
  });
});
