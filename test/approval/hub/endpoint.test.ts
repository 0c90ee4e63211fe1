import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createEndpoint,
  listEndpoints,
  listOrphans,
  openGuardsFolder,
  publishEndpoint,
  removeEndpoint,
} from '../../../src/approval/hub/endpoint.ts';
import type { Io } from '../../../src/io.ts';
import { createHomeIo } from '../../helpers/hub.ts';

const ID = 'abcd1234';
const SOUND = JSON.stringify({ version: 1, pid: 1, token: 'a'.repeat(64) });

/** A socket that somebody listens at, or nobody any more. */
async function bind(path: string): Promise<void> {
  const server = createServer().listen(path);
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
}

const nameFile = (io: Io, ending = 'json', id = ID): string => join(openGuardsFolder(io), `${id}.${ending}`);

describe('an endpoint', () => {
  test('is found as it was made known', () => {
    const io = createHomeIo();
    const [one, two] = [createEndpoint(io), createEndpoint(io)];
    publishEndpoint(one, io);
    expect(listEndpoints(io)).toEqual([one]);
    expect(one).toEqual({
      id: expect.stringMatching(/^[0-9a-z]{8}$/) as string,
      address: join(io.folders.state, 'guards', `${one.id}.sock`),
      token: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect([two.id === one.id, two.token === one.token]).toEqual([false, false]);
  });

  test('is never made known over something that stands there', () => {
    const io = createHomeIo();
    const endpoint = createEndpoint(io);
    symlinkSync(join(io.home, 'elsewhere'), nameFile(io, 'json', endpoint.id));
    expect(() => publishEndpoint(endpoint, io)).toThrow('EEXIST');
    expect(readdirSync(io.home)).toEqual(['state']);
  });

  test('on a path that is too long for a socket is refused, with what to do', () => {
    const io = createHomeIo();
    const longest = 103 - '/guards/12345678.sock'.length - io.home.length - 1;
    const inFolder = (length: number): Io => ({
      ...io,
      folders: { config: io.home, state: join(io.home, 'x'.repeat(length)) },
    });
    expect(Buffer.byteLength(createEndpoint(inFolder(longest)).address)).toBe(103);
    expect(() => createEndpoint(inFolder(longest + 1))).toThrow(
      /has 104 bytes, and 103 are the most: name a shorter folder with MCP_GUARD_HOME/,
    );
    expect(() => createEndpoint(inFolder(longest - 1 - 'é'.length))).not.toThrow();
  });

  test('is a pipe of its own on Windows, however long the path', () => {
    const io = createHomeIo();
    const state = join(io.home, 'x'.repeat(120));
    const { id, address } = createEndpoint({ ...io, platform: 'win32', folders: { config: '', state } });
    expect(address).toBe(`\\\\.\\pipe\\mcp-guard-${id}`);
  });
});

describe('looking for endpoints', () => {
  test.each<[string, (file: string) => void]>([
    ['is open to others', (file) => writeFileSync(file, SOUND, { mode: 0o644 })],
    [
      'is a link',
      (file) => (writeFileSync(`${file}-`, SOUND, { mode: 0o600 }), symlinkSync(`${file}-`, file)),
    ],
    ['is a folder', (file) => mkdirSync(file, { mode: 0o700 })],
    ['is a named pipe', (file) => void execFileSync('mkfifo', ['-m', '600', file])],
    ['is too long', (file) => writeFileSync(file, SOUND + ' '.repeat(4_096), { mode: 0o600 })],
    ['is empty, as it is while it is written', (file) => writeFileSync(file, '', { mode: 0o600 })],
    ['is no JSON', (file) => writeFileSync(file, '{', { mode: 0o600 })],
    ['is of another version', (file) => writeFileSync(file, SOUND.replace('1', '2'), { mode: 0o600 })],
    ['has a short token', (file) => writeFileSync(file, SOUND.replace('aa', ''), { mode: 0o600 })],
  ])('passes over a file that %s', (_, make) => {
    const io = createHomeIo();
    make(nameFile(io));
    expect(listEndpoints(io)).toEqual([]);
  });

  test('takes the file that is sound, and no other name', () => {
    const io = createHomeIo();
    for (const name of [ID, 'ABCD1234', 'abc', `${ID}9`, `.${ID}`]) {
      writeFileSync(nameFile(io, 'json', name), SOUND, { mode: 0o600 });
    }
    expect(listEndpoints(io).map(({ id }) => id)).toEqual([ID]);
  });

  test('throws where the folder is missing or open, and makes none', () => {
    const io = createHomeIo();
    expect(() => listEndpoints(io)).toThrow('is not there');
    expect(readdirSync(io.home)).toEqual([]);
    chmodSync(openGuardsFolder(io), 0o755);
    expect(() => listEndpoints(io)).toThrow('is open to others');
  });
});

describe('sockets that nobody made known', () => {
  test.each<[string, (io: Io) => void, string[]]>([
    ['are orphans after 10 s', () => {}, [ID]],
    ['are left alone while a guard may be starting', (io) => touch(nameFile(io, 'sock'), 9), []],
    ['are none beside a sound file', (io) => writeFileSync(nameFile(io), SOUND, { mode: 0o600 }), []],
    ['are orphans beside a broken file', (io) => writeFileSync(nameFile(io), '', { mode: 0o600 }), [ID]],
  ])('%s', async (_, change, ids) => {
    const io = createHomeIo();
    await bind(nameFile(io, 'sock'));
    touch(nameFile(io, 'sock'), 11);
    change(io);
    expect(listOrphans(io).map(({ id }) => id)).toEqual(ids);
  });

  test('are sockets: anything else of that name is left alone', () => {
    const io = createHomeIo();
    writeFileSync(nameFile(io, 'sock'), '');
    touch(nameFile(io, 'sock'), 11);
    expect(listOrphans(io)).toEqual([]);
  });
});

describe('removing an endpoint', () => {
  test('takes its socket and its file, and nothing else', async () => {
    const io = createHomeIo();
    await bind(nameFile(io, 'sock'));
    for (const ending of ['json', 'json-', 'txt']) writeFileSync(nameFile(io, ending), '');
    removeEndpoint({ id: ID }, io);
    expect(readdirSync(openGuardsFolder(io))).toEqual([`${ID}.json-`, `${ID}.txt`]);
  });

  test.each<[string, (io: Io) => void]>([
    ['a folder', (io) => mkdirSync(nameFile(io))],
    ['a link', (io) => symlinkSync('/etc/passwd', nameFile(io))],
  ])('leaves %s of that name alone, and is quiet about it', (_, make) => {
    const io = createHomeIo();
    make(io);
    removeEndpoint({ id: ID }, io);
    expect(readdirSync(openGuardsFolder(io))).toEqual([`${ID}.json`]);
  });

  test("leaves somebody else's files alone", () => {
    const io = createHomeIo();
    writeFileSync(nameFile(io), '');
    removeEndpoint({ id: ID }, { ...io, uid: (io.uid ?? 0) + 1 });
    expect(readdirSync(openGuardsFolder(io))).toEqual([`${ID}.json`]);
  });
});

function touch(path: string, secondsAgo: number): void {
  const then = Date.now() / 1_000 - secondsAgo;
  utimesSync(path, then, then);
}
