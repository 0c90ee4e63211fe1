import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findProgram } from '../../../src/approval/window/find-program.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mcp-guard-test-'));
  for (const folder of ['cwd', 'first', 'second']) {
    mkdirSync(join(home, folder));
    writeFileSync(join(home, folder, 'tool'), '#!/bin/sh\n', { mode: 0o755 });
  }
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function find(name: string, ...path: string[]): string | null {
  return findProgram(name, {
    env: { PATH: path.join(delimiter) },
    cwd: join(home, 'cwd'),
    platform: process.platform,
  });
}

test('takes the first one in PATH', () => {
  expect(find('tool', join(home, 'none'), join(home, 'first'), join(home, 'second'))).toBe(
    join(home, 'first', 'tool'),
  );
});

test('passes over what is no program', () => {
  chmodSync(join(home, 'first', 'tool'), 0o644);
  mkdirSync(join(home, 'none', 'tool'), { recursive: true });
  symlinkSync('nowhere', join(home, 'none', 'gone'));
  const path = [join(home, 'first'), join(home, 'none'), join(home, 'second')];
  expect(find('tool', ...path)).toBe(join(home, 'second', 'tool'));
  expect(find('gone', ...path)).toBeNull();
});

test.each([
  ['an empty entry', ''],
  ['a dot', '.'],
  ['a relative folder', 'first'],
  ['a relative way up', '../first'],
])('passes over %s', (_, entry) => {
  expect(find('tool', entry)).toBeNull();
});

test('passes over the working directory, however it is written', () => {
  const cwd = join(home, 'cwd');
  expect(find('tool', cwd, `${cwd}/`, `${home}/first/../cwd`, join(home, 'second'))).toBe(
    join(home, 'second', 'tool'),
  );
});

test.each(['./tool', '../first/tool', 'first/tool', ''])('finds nothing by the name %j', (name) => {
  expect(find(name, join(home, 'first'))).toBeNull();
});

test('takes a whole path as it is', () => {
  expect(find(join(home, 'first', 'tool'))).toBe(join(home, 'first', 'tool'));
  expect(find(join(home, 'first', 'none'))).toBeNull();
});

test('finds nothing without a PATH', () => {
  expect(findProgram('sh', { env: {}, cwd: '/', platform: 'linux' })).toBeNull();
});
