import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Io } from '../../src/io.ts';

/** An outside world below one folder, with what was written to it kept. */
export interface FakeIo extends Io {
  readonly written: { stdout: string; stderr: string };
}

export function createFakeIo(home: string, rest: Partial<Pick<Io, 'cwd' | 'env' | 'uid'>> = {}): FakeIo {
  const written = { stdout: '', stderr: '' };
  const keep = (name: keyof typeof written) =>
    new Writable({
      write(chunk, _encoding, done) {
        written[name] += String(chunk);
        done();
      },
    });
  return {
    argv: [],
    env: {},
    cwd: home,
    platform: process.platform,
    home,
    pid: 1,
    uid: process.getuid?.() ?? null,
    execPath: process.execPath,
    stdin: Readable.from([]),
    stdout: keep('stdout'),
    stderr: keep('stderr'),
    folders: { config: join(home, 'config'), state: join(home, 'state') },
    parentPid: () => 1,
    now: () => 0,
    date: () => new Date(0),
    kill: () => false,
    onSignal: () => undefined,
    onExit: () => undefined,
    written,
    ...rest,
  };
}
