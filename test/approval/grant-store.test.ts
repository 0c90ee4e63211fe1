import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  listStoredGrants,
  removeStoredGrant,
  storeGrant,
  type StoredGrant,
} from '../../src/approval/grant-store.ts';
import { createFakeIo } from '../helpers/fake-io.ts';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const GRANT: StoredGrant = {
  id: 'abc123def456',
  given: NOW - 1_000,
  until: NOW + 3_600_000,
  server: 'amazon-mq',
  binding: {
    server: 'a1',
    tool: 'create_broker',
    definition: null,
    rule: 'default',
    ruleText: 'b2',
    digest: 'c3',
  },
  scope: 'tool',
};

let home: string;
let folder: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mcp-guard-test-'));
  folder = join(home, 'state', 'grants');
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

/** The outside world, some time after now. */
function later(ms = 0) {
  return { ...createFakeIo(home), date: () => new Date(NOW + ms) };
}

/** Puts a file into the folder as somebody else might have. */
function put(name: string, content: unknown, mode = 0o600): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(file, mode);
  return file;
}

test('gives back what was stored, to every later run', () => {
  const other: StoredGrant = {
    ...GRANT,
    id: '000000000000',
    scope: 'call',
    binding: { ...GRANT.binding, definition: 'd4' },
  };
  storeGrant(later(), GRANT);
  storeGrant(later(), other);
  expect(listStoredGrants(later()).toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([other, GRANT]);
});

test('has no grants where nothing was ever stored, and makes no folder for that', () => {
  expect(listStoredGrants(later())).toEqual([]);
  expect(removeStoredGrant(later(), GRANT.id)).toBe(false);
  expect(existsSync(folder)).toBe(false);
});

test('replaces a grant of the same id', () => {
  storeGrant(later(), GRANT);
  storeGrant(later(), { ...GRANT, until: NOW + DAY });
  expect(listStoredGrants(later())).toEqual([{ ...GRANT, until: NOW + DAY }]);
});

test.skipIf(process.platform === 'win32')(
  'keeps grants from everybody else, and leaves nothing else behind',
  () => {
    storeGrant(later(), GRANT);
    expect(readdirSync(folder)).toEqual([`${GRANT.id}.json`]);
    expect([statSync(folder).mode & 0o777, statSync(join(folder, `${GRANT.id}.json`)).mode & 0o777]).toEqual([
      0o700, 0o600,
    ]);
  },
);

test('ends a grant once', () => {
  storeGrant(later(), GRANT);
  expect([removeStoredGrant(later(), GRANT.id), removeStoredGrant(later(), GRANT.id)]).toEqual([true, false]);
  expect([listStoredGrants(later()), readdirSync(folder)]).toEqual([[], []]);
});

describe('counts time by the clock on the wall', () => {
  test('to the millisecond, and then removes the grant', () => {
    storeGrant(later(), GRANT);
    expect(listStoredGrants(later(3_599_999))).toEqual([GRANT]);
    expect(listStoredGrants(later(3_600_000))).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('and holds nothing that was given in the future, as when the clock was set back', () => {
    storeGrant(later(), GRANT);
    expect(listStoredGrants(later(-1_001))).toEqual([]);
    expect(listStoredGrants(later(-1_000))).toEqual([GRANT]);
  });

  test.each([
    [30 * DAY, 1],
    [30 * DAY + 1, 0],
    [Number.MAX_VALUE, 0],
  ])('and holds nothing that lasts for more than 30 days: %d ms', (ms, count) => {
    put(`${GRANT.id}.json`, { version: 1, ...GRANT, until: GRANT.given + ms });
    expect(listStoredGrants(later())).toHaveLength(count);
  });
});

test.each([
  '',
  '../../x',
  'abc123def45',
  'abc123def4567',
  'ABC123DEF456',
  'abc123def45/',
  'abc123def45\0',
  'abc123def456\n',
])('lets the id %j touch no file', (id) => {
  storeGrant(later(), GRANT);
  const outside = put('../abc123def456.json', GRANT);
  expect(() => storeGrant(later(), { ...GRANT, id })).toThrow(
    'the id of a grant is twelve letters and digits',
  );
  expect(removeStoredGrant(later(), id)).toBe(false);
  expect([readdirSync(folder), existsSync(outside)]).toEqual([[`${GRANT.id}.json`], true]);
});

describe('ignores and leaves alone', () => {
  const { binding } = GRANT;
  test.each<[string, unknown]>([
    ['a file that is cut', JSON.stringify({ version: 1, ...GRANT }).slice(0, -2)],
    ['a file that is empty', ''],
    ['a list', [GRANT]],
    ['null', null],
    ['another version', { ...GRANT, version: 2 }],
    ['a grant of another id', { version: 1, ...GRANT, id: 'abc123def457' }],
    ['times that are text', { version: 1, ...GRANT, until: String(GRANT.until) }],
    ['another scope', { version: 1, ...GRANT, scope: 'server' }],
    ['no binding', { version: 1, ...GRANT, binding: undefined }],
    ['a binding without a digest', { version: 1, ...GRANT, binding: { ...binding, digest: undefined } }],
    [
      'a binding without a definition',
      { version: 1, ...GRANT, binding: { ...binding, definition: undefined } },
    ],
    ['a binding to a list of tools', { version: 1, ...GRANT, binding: { ...binding, tool: ['x'] } }],
    ['more than 16 KiB', { version: 1, ...GRANT, server: 'x'.repeat(16 << 10) }],
  ])('%s', (_, content) => {
    const file = put(`${GRANT.id}.json`, content ?? 'null');
    const before = readFileSync(file);
    expect(listStoredGrants(later())).toEqual([]);
    expect(removeStoredGrant(later(), GRANT.id)).toBe(false);
    expect(readFileSync(file)).toEqual(before);
  });

  test('files by other names', () => {
    for (const name of ['abc123def456', 'abc123def456.json.tmp', 'x.json', '.json'])
      put(name, { version: 1, ...GRANT });
    expect(listStoredGrants(later())).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('what is no file of this user alone', () => {
    storeGrant(later(), GRANT);
    const [own, text] = [
      join(folder, `${GRANT.id}.json`),
      readFileSync(join(folder, `${GRANT.id}.json`), 'utf8'),
    ];
    put('open00000000.json', text.replace(GRANT.id, 'open00000000'), 0o644);
    put('../elsewhere', text.replace(GRANT.id, 'link00000000'));
    symlinkSync('../elsewhere', join(folder, 'link00000000.json'));
    mkdirSync(join(folder, 'folder000000.json'));
    execFileSync('mkfifo', ['-m', '600', join(folder, 'fifo00000000.json')]);
    expect(listStoredGrants(later())).toEqual([GRANT]);
    expect(listStoredGrants({ ...later(), uid: statSync(own).uid })).toEqual([GRANT]);
    expect(readdirSync(folder)).toHaveLength(5);
  });
});

describe.skipIf(process.platform === 'win32')('trusts no folder', () => {
  const words = /must be a folder of this user that nobody else can enter/;
  const refused = ['refused', 'refused', 'refused'];

  /** What comes of storing, listing and removing. */
  function tryAll(io = later()): string[] {
    const ways = [
      () => storeGrant(io, GRANT),
      () => listStoredGrants(io),
      () => removeStoredGrant(io, GRANT.id),
    ];
    return ways.map((act) => {
      try {
        return JSON.stringify(act());
      } catch (error) {
        return words.test(String(error)) ? 'refused' : String(error);
      }
    });
  }

  test('that others can enter', () => {
    storeGrant(later(), GRANT);
    chmodSync(folder, 0o750);
    expect(tryAll()).toEqual(refused);
  });

  test('that is a link', () => {
    mkdirSync(join(home, 'other'), { mode: 0o700 });
    mkdirSync(join(home, 'state'), { mode: 0o700 });
    symlinkSync(join(home, 'other'), folder);
    expect(tryAll()).toEqual(refused);
  });

  test("that is somebody else's", () => {
    storeGrant(later(), GRANT);
    expect(tryAll({ ...later(), uid: statSync(folder).uid + 1 })).toEqual(refused);
  });
});
