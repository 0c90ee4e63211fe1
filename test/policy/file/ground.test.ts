import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGround } from '../../../src/policy/file/ground.ts';
import { createFakeIo } from '../../helpers/fake-io.ts';
import { classifyByWord } from '../../helpers/policy.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'ground-')));
const ground = createGround(createFakeIo(root), classifyByWord);

beforeAll(() => {
  mkdirSync(join(root, 'real', 'deep'), { recursive: true });
  writeFileSync(join(root, 'real', 'file'), '');
  symlinkSync(join(root, 'real'), join(root, 'link'));
  symlinkSync('link/deep', join(root, 'second'));
  symlinkSync('real/later', join(root, 'dangling'));
  symlinkSync('../else/where', join(root, 'real', 'outward'));
  symlinkSync('round-2', join(root, 'round-1'));
  symlinkSync('round-1', join(root, 'round-2'));
  symlinkSync('selves/x', join(root, 'selves'));
});
afterAll(() => rmSync(root, { recursive: true }));

test.each([
  ['', ''],
  ['/real', '/real'],
  ['/real/', '/real'],
  ['//real/.//file', '/real/file'],
  ['/link', '/real'],
  ['/link/file', '/real/file'],
  ['/link/new/file', '/real/new/file'],
  ['/second', '/real/deep'],
  ['/second/new', '/real/deep/new'],
  ['/second/..', '/real'],
  ['/second/../file', '/real/file'],
  ['/second/../new', '/real/new'],
  ['/missing/../link/file', '/real/file'],
  ['/missing/../second/../file', '/real/file'],
  ['/missing/a/../b', '/missing/b'],
  ['/real/file/below', '/real/file/below'],
  ['/dangling', '/real/later'],
  ['/dangling/x', '/real/later/x'],
  ['/real/outward/x', '/else/where/x'],
  [`/${'a/'.repeat(1_000)}b`, `/${'a/'.repeat(1_000)}b`],
])('resolves %j to %j', (path, real) => {
  expect(ground.resolve(root + path)).toBe(root + real);
});

test.each([
  ['a loop', join(root, 'round-1')],
  ['something below a loop', join(root, 'round-1', 'x')],
  ['a link below itself', join(root, 'selves')],
  ['more turns than any platform takes', `${root}${'/x/..'.repeat(50)}`],
  ['a name that is too long', join(root, 'x'.repeat(300))],
  ['a relative path', 'real'],
  ['a NUL', `${root}/a\0`],
])('does not tell where %s leads', (_, path) => {
  expect(ground.resolve(path)).toBeNull();
});

test('goes up from the root to the root', () => {
  expect(['/', '/..', '/../..', '/../no-such-folder/x'].map((path) => ground.resolve(path))).toEqual([
    '/',
    '/',
    '/',
    '/no-such-folder/x',
  ]);
});

test.skipIf(process.getuid?.() === 0)('does not tell what is in a folder that cannot be entered', () => {
  mkdirSync(join(root, 'closed'));
  chmodSync(join(root, 'closed'), 0);
  expect(ground.resolve(join(root, 'closed', 'x'))).toBeNull();
  expect(ground.exists?.(join(root, 'closed', 'x'))).toBe(true);
});

test('a link stands there though it leads nowhere', () => {
  const seen = ['real/file', 'dangling', 'round-1', 'missing', 'real/file/x', 'x'.repeat(300)];
  expect(seen.map((path) => ground.exists?.(join(root, path)))).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
  ]);
});

test('looks once for all that came in together, and anew for what comes later', async () => {
  const path = join(root, 'made later');
  const seen = [ground.exists?.(path)];
  writeFileSync(path, '');
  seen.push(ground.exists?.(path));
  await Promise.resolve();
  seen.push(ground.exists?.(path));
  rmSync(path);
  await Promise.resolve();
  expect([...seen, ground.exists?.(path)]).toEqual([false, false, true, false]);
});

test('remembers no more looks than it may', async () => {
  const paths = Array.from({ length: 1_001 }, (_, index) => join(root, `none ${index}`));
  for (const path of paths) ground.exists?.(path);
  const [first = '', last = ''] = [paths[0], paths.at(-1)];
  for (const path of [first, last]) writeFileSync(path, '');
  const seen = [first, last].map((path) => ground.exists?.(path));
  for (const path of [first, last]) rmSync(path);
  await Promise.resolve();
  expect(seen).toEqual([false, true]);
});

test("knows the guard's folders, the home and the server's working directory", () => {
  const { cwd, home, own, platform } = createGround(
    { ...createFakeIo(root, { cwd: '/work' }), home: null },
    classifyByWord,
  );
  expect({ cwd, home, own, platform }).toEqual({
    cwd: '/work',
    home: null,
    own: [join(root, 'config'), join(root, 'state')],
    platform: process.platform,
  });
});
