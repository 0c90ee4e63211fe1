import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';

import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { canonicalDefinition, type Definition } from '../../../src/catalogue/pins/definition.ts';
import type { PinRecord } from '../../../src/catalogue/pins/pin-book.ts';
import { listPinStores, openPinStore, type PinStore } from '../../../src/catalogue/pins/pin-store.ts';
import { GuardError } from '../../../src/errors.ts';
import { createFakeIo } from '../../helpers/fake-io.ts';

const SERVER = { name: 'mq', command: ['uvx', 'mq-server'] };
const NOW = '1970-01-01T00:00:00.000Z';

interface Place {
  readonly home: string;
  readonly store: PinStore;
}

function makePlace(): Place {
  const home = mkdtempSync(join(tmpdir(), 'mcp-guard-pins-'));
  onTestFinished(() => {
    chmodSync(home, 0o700);
    rmSync(home, { recursive: true, force: true });
  });
  return { home, store: openPinStore(createFakeIo(home), SERVER) };
}

function define(description: string): Definition {
  return canonicalDefinition(Buffer.from(JSON.stringify({ name: 'echo', description })));
}

const [OLD, NEW, NEWER] = [define('old'), define('new'), define('newer')];

function record(kind: 'pin' | 'seen', definition: Definition, tool = 'echo'): PinRecord {
  return { kind, tool, definition };
}

/** What is known of each tool: pinned, and seen since. */
function show(store: PinStore): Record<string, (string | null)[]> {
  const tools = [...store.read().tools.values()];
  return Object.fromEntries(
    tools.map(({ tool, definition, seen }) => [tool, [definition.hash, seen?.definition.hash ?? null]]),
  );
}

describe('what is written', () => {
  test('is read again, with when it was', () => {
    const { store } = makePlace();
    expect(
      store.write([record('pin', OLD), { kind: 'package', package: { name: 'mq', version: '1.0' } }]),
    ).toBe(null);
    expect(store.write([record('seen', NEW)])).toBe(null);
    const echo = {
      tool: 'echo',
      since: NOW,
      definition: OLD,
      seen: { since: NOW, definition: NEW },
      passed: new Set(),
    };
    const { tools, package: origin } = store.read();
    expect([[...tools], origin]).toEqual([[['echo', echo]], { name: 'mq', version: '1.0' }]);
  });

  test('is for this user alone, and is only ever added to', () => {
    const { store } = makePlace();
    store.write([record('pin', OLD)]);
    const before = readFileSync(store.file, 'utf8');
    store.write([record('seen', NEW)]);
    expect(readFileSync(store.file, 'utf8').startsWith(before)).toBe(true);
    expect([statSync(store.file).mode & 0o777, statSync(dirname(store.file)).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
  });

  test('is nothing where nothing is new', () => {
    const { store } = makePlace();
    store.write([record('pin', OLD), record('seen', NEW)]);
    const before = readFileSync(store.file, 'utf8');
    expect(
      store.write([
        record('pin', NEWER),
        record('seen', OLD),
        record('seen', NEW),
        { kind: 'accept', tool: 'echo', hash: NEWER.hash },
        { kind: 'forget', tool: 'nobody' },
      ]),
    ).toBe(null);
    expect(readFileSync(store.file, 'utf8')).toBe(before);
  });

  test.each<[string, PinRecord[], (string | null)[] | undefined]>([
    ['the first definition stays pinned', [record('pin', NEW)], [OLD.hash, null]],
    [
      'the last of those seen since counts',
      [record('seen', NEW), record('seen', NEWER)],
      [OLD.hash, NEWER.hash],
    ],
    [
      'what was accepted is pinned',
      [record('seen', NEW), { kind: 'accept', tool: 'echo', hash: NEW.hash }],
      [NEW.hash, null],
    ],
    [
      'what was seen after a person looked is not accepted with it',
      [record('seen', NEW), record('seen', NEWER), { kind: 'accept', tool: 'echo', hash: NEW.hash }],
      [OLD.hash, NEWER.hash],
    ],
    ['what was forgotten is gone', [{ kind: 'forget', tool: 'echo' }], undefined],
    [
      'what comes after that is the first',
      [{ kind: 'forget', tool: 'echo' }, record('pin', NEW)],
      [NEW.hash, null],
    ],
  ])('%s', (_, records, expected) => {
    const { store } = makePlace();
    store.write([record('pin', OLD)]);
    for (const one of records) expect(store.write([one])).toBe(null);
    expect(show(store)['echo']).toEqual(expected);
  });

  test('by two guards of one server is whole for both', () => {
    const { home, store } = makePlace();
    const other = openPinStore(createFakeIo(home), SERVER);
    store.write([record('pin', OLD)]);
    other.write([record('pin', NEW), record('pin', NEW, 'other')]);
    store.write([record('seen', NEW)]);
    expect(show(other)).toEqual({ echo: [OLD.hash, NEW.hash], other: [NEW.hash, null] });
  });

  test('of another command is another server', () => {
    const { home, store } = makePlace();
    const other = openPinStore(createFakeIo(home), { ...SERVER, command: ['uvx', 'mq-server', '--all'] });
    store.write([record('pin', OLD)]);
    expect(show(other)).toEqual({});
    other.write([record('pin', NEW)]);
    expect(
      listPinStores(createFakeIo(home))
        .map(({ command }) => command.length)
        .toSorted((a, b) => a - b),
    ).toEqual([2, 3]);
  });

  test('holds no secret of the command, and is still found by it', () => {
    const { home } = makePlace();
    const io = createFakeIo(home);
    const open = (key: string): PinStore =>
      openPinStore(io, { name: 'mq', command: ['mq', '--api-key', key] });
    open('one').write([record('pin', OLD)]);
    open('other').write([record('pin', NEW)]);
    expect(show(open('one'))).toEqual({ echo: [OLD.hash, null] });
    expect(show(open('other'))).toEqual({ echo: [NEW.hash, null] });
    expect(readFileSync(open('one').file, 'utf8').split('\n')[0]).toBe(
      '{"version":1,"server":"mq","command":["mq","--api-key","[redacted]"]}',
    );
  });

  test('of a file that still holds one is read, and shown without', () => {
    const { home, store } = makePlace();
    store.write([record('pin', OLD)]);
    const [, ...lines] = readFileSync(store.file, 'utf8').split('\n');
    const header = '{"version":1,"server":"mq","command":["mq","--api-key","one"]}';
    writeFileSync(store.file, [header, ...lines].join('\n'), { mode: 0o600 });
    expect(show(store)).toEqual({ echo: [OLD.hash, null] });
    expect(listPinStores(createFakeIo(home)).map(({ command }) => command)).toEqual([
      ['mq', '--api-key', '[redacted]'],
    ]);
  });

  test('of a server whose name is a path stays in the folder', () => {
    const { home } = makePlace();
    const store = openPinStore(createFakeIo(home), { name: '../../x/\u0000y', command: [] });
    expect(store.write([record('pin', OLD)])).toBe(null);
    expect(dirname(store.file)).toBe(join(home, 'state/pins'));
    expect(listPinStores(createFakeIo(home)).map(({ name }) => name)).toEqual(['../../x/\u0000y']);
  });
});

describe('a file that was damaged', () => {
  test('in its last line loses that line alone, and the next one is not swallowed', () => {
    const { store } = makePlace();
    store.write([record('pin', OLD)]);
    store.write([record('pin', OLD, 'other')]);
    truncateSync(store.file, statSync(store.file).size - 5);
    expect(show(store)).toEqual({ echo: [OLD.hash, null] });
    expect(store.write([record('seen', NEW)])).toBe(null);
    expect(show(store)).toEqual({ echo: [OLD.hash, NEW.hash] });
  });

  test.each([
    '',
    'null',
    '[]',
    '{"time":1}',
    '{"time":"x","kind":"pin"}',
    '{"time":"x","kind":"odd","tool":"echo"}',
    '\u0000',
  ])('by the line %j is read without it', (line) => {
    const { store } = makePlace();
    store.write([record('pin', OLD)]);
    appendFileSync(store.file, `${line}\n`);
    store.write([record('seen', NEW)]);
    expect(show(store)).toEqual({ echo: [OLD.hash, NEW.hash] });
  });

  test.each<[string, (file: string, home: string) => void, RegExp]>([
    [
      'begins otherwise',
      (file) => writeFileSync(file, '{"a":1}\n', { mode: 0o600 }),
      /does not begin as a file of pins/,
    ],
    ['is a pipe', (file) => void execFileSync('/usr/bin/mkfifo', ['-m', '600', file]), /is no regular file/],
    ['is a folder', (file) => mkdirSync(file), /is no regular file/],
    ['is open to others', (file) => writeFileSync(file, '', { mode: 0o644 }), /is not this user's alone/],
    [
      'is a link',
      (file, home) => {
        writeFileSync(join(home, 'elsewhere'), '', { mode: 0o600 });
        symlinkSync(join(home, 'elsewhere'), file);
      },
      /is a link/,
    ],
    [
      'is beyond any size',
      (file) => {
        writeFileSync(file, '', { mode: 0o600 });
        truncateSync(file, 65 << 20);
      },
      /has more than 67108864 bytes/,
    ],
  ])('that %s is neither believed nor written', (_, damage, why) => {
    const { home, store } = makePlace();
    mkdirSync(dirname(store.file), { recursive: true, mode: 0o700 });
    damage(store.file, home);
    expect(() => store.read()).toThrow(why);
    expect(store.write([record('pin', OLD)])).toMatch(why);
    expect(listPinStores(createFakeIo(home))).toEqual([]);
  });
});

describe('a folder', () => {
  test('that is not there holds nothing', () => {
    const { home, store } = makePlace();
    expect([show(store), listPinStores(createFakeIo(home))]).toEqual([{}, []]);
  });

  test('that cannot be there holds nothing', () => {
    const store = openPinStore(createFakeIo('/dev/null'), SERVER);
    expect([show(store), listPinStores(createFakeIo('/dev/null'))]).toEqual([{}, []]);
    expect(store.write([record('pin', OLD)])).toMatch(/ENOTDIR/);
  });

  test.each<[string, (folder: string, home: string) => void, RegExp]>([
    ['others may enter', (folder) => chmodSync(folder, 0o755), /is open to others: run chmod 700 on it/],
    [
      'is a link',
      (folder, home) => {
        renameSync(folder, join(home, 'elsewhere'));
        symlinkSync(join(home, 'elsewhere'), folder);
      },
      /is a link: remove it/,
    ],
    [
      'is a file',
      (folder) => {
        rmSync(folder, { recursive: true });
        writeFileSync(folder, '');
      },
      /is a file: remove it/,
    ],
  ])('that %s is neither believed nor written, and says so', (_, damage, why) => {
    const { home, store } = makePlace();
    store.write([record('pin', OLD)]);
    damage(dirname(store.file), home);
    expect(() => store.read()).toThrow(why);
    expect(() => store.read()).toThrow(GuardError);
    expect(store.write([record('seen', NEW)])).toMatch(why);
    expect(() => listPinStores(createFakeIo(home))).toThrow(GuardError);
  });

  test('that went away while a guard ran is made again', () => {
    const { store } = makePlace();
    store.write([record('pin', OLD)]);
    rmSync(dirname(store.file), { recursive: true });
    expect(show(store)).toEqual({});
    expect(store.write([record('pin', NEW)])).toBe(null);
    expect(show(store)).toEqual({ echo: [NEW.hash, null] });
  });
});

test('a file of another user is neither believed nor written', () => {
  const { home, store } = makePlace();
  store.write([record('pin', OLD)]);
  const uid = (process.getuid?.() ?? 0) + 1;
  const other = openPinStore(createFakeIo(home, { uid }), SERVER);
  expect(() => other.read()).toThrow(/belongs to user/);
  expect(other.write([record('seen', NEW)])).toMatch(/belongs to user/);
});

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written to says why', () => {
  const { store } = makePlace();
  mkdirSync(dirname(store.file), { recursive: true, mode: 0o500 });
  expect(store.write([record('pin', OLD)])).toMatch(/EACCES/);
});

test('definitions without end keep their hashes', () => {
  const { store } = makePlace();
  const long = Array.from({ length: 300 }, (_, index) =>
    record('pin', define(`${index}${'x'.repeat(60 << 10)}`), `tool_${index}`),
  );
  expect(store.write(long)).toBe(null);
  const kept = [...store.read().tools.values()].map(({ definition }) => definition.text !== null);
  expect([kept.length, kept[0], kept.at(-1)]).toEqual([300, true, false]);
});
