import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MOST_BYTES, readTrusted, Unreadable } from '../../../src/policy/file/open.ts';

const OWN = process.getuid?.() ?? 0;
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mcp-guard-open-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function put(name: string, mode = 0o600): string {
  const path = join(home, name);
  writeFileSync(path, 'version: 1\n');
  chmodSync(path, mode);
  return path;
}

function codeOf(path: string, uid = OWN): string {
  try {
    return readTrusted(path, { uid }).toString();
  } catch (error) {
    if (error instanceof Unreadable) return error.code;
    throw error;
  }
}

test.each([0o600, 0o644, 0o444, 0o755])('reads a file of mode %i', (mode) => {
  expect(codeOf(put('p', mode))).toBe('version: 1\n');
});

test('refuses what is no regular file, at once', async () => {
  mkdirSync(join(home, 'folder'));
  execFileSync('/usr/bin/mkfifo', [join(home, 'pipe')]);
  const server = createServer().listen(join(home, 'socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  const paths = [join(home, 'folder'), join(home, 'pipe'), join(home, 'socket'), '/dev/zero', '/dev/null'];
  expect(paths.map((path) => codeOf(path))).toEqual(Array.from(paths, () => 'not_regular'));
  server.close();
});

test('refuses a file that is missing, or named below a file', () => {
  expect([codeOf(join(home, 'none')), codeOf(join(put('p'), 'x'))]).toEqual(['file_missing', 'file_missing']);
});

test.each([0o666, 0o622, 0o602])('refuses a file that others can write, of mode %i', (mode) => {
  expect(codeOf(put('p', mode))).toBe('not_trusted');
});

test('refuses a file of somebody else', () => {
  const path = put('p');
  if (OWN === 0) chownSync(path, 12_345, 12_345);
  expect(codeOf(path, OWN === 0 ? 0 : OWN + 1)).toBe('not_trusted');
});

test('refuses a file in a folder that others can write, however far above', () => {
  mkdirSync(join(home, 'a/b'), { recursive: true });
  const path = put('a/b/p');
  expect(codeOf(path)).toBe('version: 1\n');
  chmodSync(join(home, 'a'), 0o777);
  expect(codeOf(path)).toBe('not_trusted');
  chmodSync(join(home, 'a'), 0o1777);
  expect(codeOf(path)).toBe('version: 1\n');
});

test('follows links, and checks the folders on both ends', () => {
  mkdirSync(join(home, 'links'));
  mkdirSync(join(home, 'real'));
  const path = join(home, 'links/p');
  put('real/p');
  symlinkSync('../real/p', path);
  symlinkSync('links/p', join(home, 'twice'));
  expect([codeOf(path), codeOf(join(home, 'twice'))]).toEqual(['version: 1\n', 'version: 1\n']);
  chmodSync(join(home, 'links'), 0o777);
  expect([codeOf(path), codeOf(join(home, 'twice'))]).toEqual(['not_trusted', 'not_trusted']);
  chmodSync(join(home, 'links'), 0o755);
  chmodSync(join(home, 'real'), 0o777);
  expect(codeOf(path)).toBe('not_trusted');
});

test('checks the folder that holds a link to a folder', () => {
  mkdirSync(join(home, 'open'));
  mkdirSync(join(home, 'real'));
  put('real/p');
  symlinkSync('../real', join(home, 'open/link'));
  expect(codeOf(join(home, 'open/link/p'))).toBe('version: 1\n');
  chmodSync(join(home, 'open'), 0o777);
  expect(codeOf(join(home, 'open/link/p'))).toBe('not_trusted');
});

test('checks the folders above what a link to a folder leads to', () => {
  mkdirSync(join(home, 'a/real'), { recursive: true });
  put('a/real/p');
  symlinkSync('a/real', join(home, 'link'));
  expect(codeOf(join(home, 'link/p'))).toBe('version: 1\n');
  chmodSync(join(home, 'a'), 0o777);
  expect(codeOf(join(home, 'link/p'))).toBe('not_trusted');
});

test('refuses a link that leads to itself', () => {
  symlinkSync('loop', join(home, 'loop'));
  expect(codeOf(join(home, 'loop'))).toBe('file_unreadable');
});

test('reads up to 1 MiB, and refuses more without reading it', () => {
  const path = put('p');
  truncateSync(path, MOST_BYTES);
  expect(codeOf(path).length).toBe(MOST_BYTES);
  truncateSync(path, MOST_BYTES + 1);
  expect(codeOf(path)).toBe('too_large');
  truncateSync(path, 100 << 20);
  expect(codeOf(path)).toBe('too_large');
});
