import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, constants, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPrivateFile } from '../../src/approval/read-private-file.ts';
import { createHomeIo } from '../helpers/hub.ts';

test("a file is read where it is this user's alone, and short enough", () => {
  const io = createHomeIo();
  const file = join(io.home, 'file');
  writeFileSync(file, 'text', { mode: 0o600 });
  expect(readPrivateFile(file, 4, io)?.toString()).toBe('text');
  expect(readPrivateFile(file, 3, io)).toBeNull();
  expect(readPrivateFile(file, 4, { uid: (io.uid ?? 0) + 1 })).toBeNull();
  chmodSync(file, 0o640);
  expect(readPrivateFile(file, 4, io)).toBeNull();
  expect(readPrivateFile(join(io.home, 'none'), 4, io)).toBeNull();
});

test('a named pipe is no file, even where somebody writes into it', () => {
  const io = createHomeIo();
  const pipe = join(io.home, 'pipe');
  execFileSync('mkfifo', ['-m', '600', pipe]);
  const fd = openSync(pipe, constants.O_RDWR);
  writeSync(fd, 'text');
  expect(readPrivateFile(pipe, 4, io)).toBeNull();
  closeSync(fd);
});
