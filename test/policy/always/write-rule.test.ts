import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { proposeRule, writeRule } from '../../../src/policy/always/write-rule.ts';
import { GROUND, profileOf } from '../../helpers/policy.ts';

const BEFORE = '# mine\nversion: 1\ntools:\n  a: deny # never\n';
const AFTER = `${BEFORE}  x: allow\n`;
const OWN = { uid: process.getuid?.() ?? 0, pid: process.pid };

let folder: string;
let file: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-guard-test-')));
  file = join(folder, 'policy.yaml');
  writeFileSync(file, BEFORE, { mode: 0o640 });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function wish(path = file, text = BEFORE) {
  const hashes = [createHash('sha256').update(text).digest('hex')];
  return {
    file: path,
    hashes,
    added: [],
    ground: GROUND,
    tool: 'x',
    profile: profileOf(['write', 'medium']),
    rule: 'default',
  };
}

test('writes the rule that it proposes', () => {
  const proposal = proposeRule(wish(), OWN);
  expect(readFileSync(file, 'utf8')).toBe(BEFORE);
  expect(proposal).toEqual({ kind: 'rule', file, lines: ['tools:', '  x: allow'] });
  expect(writeRule(wish(), OWN)).toMatchObject({ kind: 'written' });
  expect(readFileSync(file, 'utf8')).toBe(AFTER);
});

test.skipIf(process.platform === 'win32')('keeps the mode, and leaves nothing else behind', () => {
  expect(writeRule(wish(), OWN)).toMatchObject({ kind: 'written' });
  expect([statSync(file).mode & 0o777, statSync(file).gid]).toEqual([0o640, statSync(folder).gid]);
  expect(readdirSync(folder)).toEqual(['policy.yaml']);
});

test('puts a new file in the place of the old one, which whoever reads it keeps whole', () => {
  const before = statSync(file).ino;
  expect(writeRule(wish(), OWN)).toMatchObject({ kind: 'written' });
  expect(statSync(file).ino).not.toBe(before);
});

test.skipIf(process.platform === 'win32')('follows a link, and leaves it a link', () => {
  mkdirSync(join(folder, 'dotfiles'), { mode: 0o700 });
  const [target, link] = [join(folder, 'dotfiles', 'guard.yaml'), join(folder, 'link.yaml')];
  writeFileSync(target, BEFORE);
  symlinkSync('dotfiles/guard.yaml', link);
  expect(proposeRule(wish(link), OWN)).toMatchObject({ kind: 'rule', file: link });
  expect(writeRule(wish(link), OWN)).toMatchObject({ kind: 'written' });
  expect([readlinkSync(link), readFileSync(target, 'utf8')]).toEqual(['dotfiles/guard.yaml', AFTER]);
  expect(readdirSync(join(folder, 'dotfiles'))).toEqual(['guard.yaml']);
});

describe('changes nothing, and says why', () => {
  afterEach(() => {
    chmodSync(folder, 0o700);
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile())
      expect(readFileSync(file, 'utf8')).not.toContain('x: allow');
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  function refused(path = file, io = OWN): string | null {
    const proposal = proposeRule(wish(path), io);
    const result = writeRule(wish(path), io);
    expect(proposal).toEqual(result);
    return result.kind === 'impossible' ? result.why : null;
  }

  test('where the file changed', () => {
    writeFileSync(file, `${BEFORE}# more\n`);
    expect(refused()).toBe('the file changed since it was loaded');
  });

  test('where the rule was written before', () => {
    expect(writeRule(wish(), OWN)).toMatchObject({ kind: 'written' });
    const written = readFileSync(file, 'utf8');
    expect(refused()).toBe('the file changed since it was loaded');
    expect(readFileSync(file, 'utf8')).toBe(written);
    writeFileSync(file, BEFORE);
  });

  test('where there is no file any more', () => {
    rmSync(file);
    expect(refused()).toBe('there is no such file');
  });

  test('where there is none to write to', () => {
    expect(refused('')).toMatch(/file|folder/);
  });

  test('where a folder is in its place', () => {
    rmSync(file);
    mkdirSync(file);
    expect(refused()).toBe('this is a folder, and a policy is a regular file');
  });

  test.skipIf(process.platform === 'win32')('where others can write to the file', () => {
    chmodSync(file, 0o646);
    expect(refused()).toBe('the file can be written by other users, who could change what is allowed');
  });

  test.skipIf(process.platform === 'win32')('where others can write to the folder', () => {
    chmodSync(folder, 0o707);
    expect(refused()).toContain('can be written by other users, who could change what is allowed');
  });

  test.skipIf(OWN.uid !== 0)("where the file is root's, which is read but not written", () => {
    expect(refused(file, { ...OWN, uid: 12345 })).toBe('the file belongs to user 0');
  });

  test.skipIf(OWN.uid === 0 || process.platform === 'win32')('where the folder cannot be written to', () => {
    chmodSync(folder, 0o500);
    expect(proposeRule(wish(), OWN)).toMatchObject({ kind: 'rule' });
    expect(writeRule(wish(), OWN)).toMatchObject({ why: expect.stringContaining('EACCES') as string });
  });
});
