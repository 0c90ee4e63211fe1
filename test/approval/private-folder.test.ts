import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkPrivateFolder, openPrivateFolder } from '../../src/approval/private-folder.ts';
import { createHomeIo } from '../helpers/hub.ts';

const MUST = 'must be a folder of this user that nobody else can enter, and it ';

describe('a private folder', () => {
  test('is made with its parents, for this user alone, and found again', () => {
    const io = createHomeIo();
    const folder = join(io.home, 'a', 'b');
    openPrivateFolder(folder, io);
    openPrivateFolder(folder, io);
    expect([folder, join(io.home, 'a')].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
  });

  test.each<[string, (folder: string) => void, string]>([
    [
      'open to others',
      (folder) => mkdirSync(folder, { mode: 0o755 }),
      'is open to others: run chmod 700 on it',
    ],
    [
      'open to its group',
      (folder) => mkdirSync(folder, { mode: 0o710 }),
      'is open to others: run chmod 700 on it',
    ],
    ['a link to a folder', (folder) => symlinkSync('/tmp', folder), 'is a link: remove it'],
    ['a link to nothing', (folder) => symlinkSync('./nothing', folder), 'is a link: remove it'],
    ['a file', (folder) => writeFileSync(folder, ''), 'is a file: remove it'],
  ])('that is %s is refused, with what to do', (_, make, why) => {
    const io = createHomeIo();
    const folder = join(io.home, 'guards');
    make(folder);
    expect(() => openPrivateFolder(folder, io)).toThrow(`${JSON.stringify(folder)} ${MUST}${why}`);
  });

  test("that is somebody else's is refused", () => {
    const io = createHomeIo();
    const folder = join(io.home, 'guards');
    openPrivateFolder(folder, io);
    expect(() => openPrivateFolder(folder, { uid: (io.uid ?? 0) + 1 })).toThrow(
      `belongs to user ${io.uid ?? 0}`,
    );
  });

  test('is checked each time, and not made by the check alone', () => {
    const io = createHomeIo();
    const folder = join(io.home, 'guards');
    openPrivateFolder(folder, io);
    chmodSync(folder, 0o701);
    expect(() => checkPrivateFolder(folder, io)).toThrow('is open to others');
    rmSync(folder, { recursive: true });
    expect(() => checkPrivateFolder(folder, io)).toThrow('is not there');
  });

  test('is quoted in the error, whatever its name draws', () => {
    const io = createHomeIo();
    const folder = join(io.home, '\u001b[2J');
    writeFileSync(folder, '');
    expect(() => openPrivateFolder(folder, io)).toThrow('\\x1b[2J" must be');
  });
});
