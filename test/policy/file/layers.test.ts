import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadSet } from '../../../src/policy/file/layers.ts';
import { createFakeIo } from '../../helpers/fake-io.ts';
import { GROUND } from '../../helpers/policy.ts';

let home: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-guard-layers-')));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function put(name: string, text = ''): string {
  const path = join(home, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `version: 1\n${text}`, { mode: 0o600 });
  return path;
}

function load(name = 'p.yaml') {
  return loadSet(join(home, name), createFakeIo(home), GROUND);
}

/** `file:line:column message` of each problem. */
async function problemsOf(name?: string): Promise<string[]> {
  const { problems } = await load(name);
  return problems.map(({ file, line, column, message }) =>
    `${file}:${line}:${column} ${message}`.replaceAll(`${home}/`, ''),
  );
}

// First: once the engine is loaded it stays.
test('a pattern is compiled however its key is written', async () => {
  put('p.yaml', 'tools: { x: { when: { args.a: { "m\\u0061tches": "^b$" } }, action: deny } }\n');
  expect(await problemsOf()).toEqual([]);
});

test('a file and those it adds are read, each once, whatever adds it', async () => {
  put('p.yaml', 'layers: [./a.yaml, sub/b.yaml]\n');
  put('a.yaml', 'layers: [./sub/b.yaml]\n');
  put('sub/b.yaml', 'tools: { x: { when: { args.a: { matches: "^b$" } }, action: deny } }\n');
  const { set, signs, problems } = await load();
  expect(problems).toEqual([]);
  expect(set?.layers.map(({ role, policy }) => [role, policy.file?.slice(home.length)])).toEqual([
    ['first', '/p.yaml'],
    ['added', '/a.yaml'],
    ['added', '/sub/b.yaml'],
  ]);
  expect([...signs.keys()].map((file) => file.slice(home.length))).toEqual([
    '/p.yaml',
    '/a.yaml',
    '/sub/b.yaml',
  ]);
});

test('the hash is that of the file alone, and changes with any file that it adds', async () => {
  put('a.yaml', 'default: deny\n');
  put('b.yaml', 'default: allow\n');
  const alone = await load('a.yaml');
  expect(alone.set?.hash).toBe(alone.set?.layers[0].policy.hash);
  put('p.yaml', 'layers: [./a.yaml, ./b.yaml]\n');
  const first = (await load()).set?.hash;
  put('b.yaml', 'default: deny\n');
  expect((await load()).set?.hash).not.toBe(first);
});

describe('an entry of layers is refused, with its place, where it', () => {
  test.each<[string, string, string]>([
    ['leads upwards', '../x.yaml', 'the layer "../x.yaml" leads upwards'],
    ['is absolute', '/x.yaml', 'the layer "/x.yaml" is no relative path'],
    ['begins at home', '~/x.yaml', 'the layer "~/x.yaml" is no relative path'],
    ['is a URL', 'https://x/y.yaml', 'the layer "https://x/y.yaml" is a URL'],
    ['is a pattern', './*.yaml', 'the layer "./*.yaml" is a pattern'],
    ['is not there', './no.yaml', 'the layer "./no.yaml" cannot be read: there is no such file'],
    ['adds itself', './p.yaml', 'the layer "./p.yaml" adds itself'],
    ['comes back', './back.yaml', 'the layer "./p.yaml" adds itself'],
    ['is a link that leads away', './link.yaml', 'the layer "./link.yaml" is a link that leads away'],
  ])('%s', async (...[, entry, message]) => {
    put('other/x.yaml');
    put('q/p.yaml', `layers: ["${entry}"]\n`);
    put('q/back.yaml', 'layers: [./p.yaml]\n');
    symlinkSync(join(home, 'other/x.yaml'), join(home, 'q/link.yaml'));
    const where = entry === './back.yaml' ? 'q/back.yaml:2:10' : 'q/p.yaml:2:10';
    expect(await problemsOf('q/p.yaml')).toEqual([`${where} ${message}`]);
    expect((await load('q/p.yaml')).set).toBeNull();
  });
});

test('a layer that others can write is refused like any policy', async () => {
  put('p.yaml', 'layers: [./a.yaml]\n');
  chmodSync(put('a.yaml'), 0o666);
  expect((await problemsOf())[0]).toContain('the file can be written by other users');
});

test('a problem of a layer is told with the name and the text of that file', async () => {
  put('p.yaml', 'layers: [./a.yaml]\n');
  put('a.yaml', 'default: alow\n');
  expect(await problemsOf()).toEqual(['a.yaml:2:10 unknown action "alow"']);
  expect((await load()).texts.get(join(home, 'a.yaml'))).toContain('alow');
});

test("each file's tests are of that file and what it adds", async () => {
  put(
    'p.yaml',
    'layers: [./a.yaml]\ndefault: allow\ntests: [{ call: x, expect: deny }, { call: y, expect: allow }]\n',
  );
  put('a.yaml', 'tools: { x: deny }\ntests: [{ call: y, expect: require_approval }]\n');
  expect((await load()).tests).toEqual({ passed: 3, failed: 0 });
  put('a.yaml', 'tools: { x: allow }\n');
  expect(await problemsOf()).toEqual(['p.yaml:4:28 the test fails: "x" is allow by default, and not deny']);
});

test('more files than anyone keeps are too many', async () => {
  const names = Array.from({ length: 70 }, (_, index) => `./l${index}.yaml`);
  for (const name of names) put(name);
  put('p.yaml', `layers: [${names.join(', ')}]\n`);
  expect((await problemsOf())[0]).toContain('the layer "./l63.yaml" is one too many');
});
