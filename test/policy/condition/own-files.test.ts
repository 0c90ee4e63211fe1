import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, win32 } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Ground } from '../../../src/policy/condition/ground.ts';
import { compileOwnFiles } from '../../../src/policy/condition/own-files.ts';
import { createGround } from '../../../src/policy/file/ground.ts';
import { classifyByWord } from '../../helpers/policy.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'own-')));
const home = join(root, 'home');
const cwd = join(root, 'project');
const config = join(home, '.config', 'mcp-guard');
const state = join(home, '.local', 'state', 'mcp-guard');
const policy = join(cwd, 'guard-policy.yaml');
for (const folder of [config, cwd, join(root, 'dot')]) mkdirSync(folder, { recursive: true });
for (const file of [
  policy,
  join(config, 'policy.yaml'),
  join(root, 'dot', 'real.yaml'),
  join(cwd, 'README.md'),
])
  writeFileSync(file, '');
symlinkSync(join(root, 'dot', 'real.yaml'), join(root, 'linked.yaml'));
symlinkSync('../home/.config/mcp-guard/policy.yaml', join(cwd, 'notes'));
symlinkSync('../home/.config', join(cwd, 'conf'));
symlinkSync(join(config, 'new.yaml'), join(cwd, 'dangling'));
symlinkSync('../home/.config/mcp-guard', join(cwd, 'My notes, (part 1+2)'));
symlinkSync('.config/mcp-guard/policy.yaml', join(home, 'What is it!'));

const ground = createGround(
  { cwd, home, platform: process.platform, folders: { config, state } },
  classifyByWord,
);
const judge = compileOwnFiles([policy, join(root, 'linked.yaml')], ground.own, ground);
const touches = (value: unknown): boolean => judge(Buffer.from(JSON.stringify(value)));

afterAll(() => rmSync(root, { recursive: true }));

describe('a call touches what is the guard’s own', () => {
  test.each([
    ['a policy', policy],
    ['a policy, relative', 'guard-policy.yaml'],
    ['a policy, relative', './x/../guard-policy.yaml'],
    ['a policy, relative to the home', '../project/guard-policy.yaml'],
    ['a policy that is a link', join(root, 'linked.yaml')],
    ['where that link leads', join(root, 'dot', 'real.yaml')],
    ['a folder', config],
    ['a folder with a slash', `${config}/`],
    ['a file in a folder', join(config, 'policy.yaml')],
    ['a file that is not there yet', join(config, 'new.yaml')],
    ['a folder that is not there yet', join(state, 'audit', 'x')],
    ['the home', '~/.config/mcp-guard/policy.yaml'],
    ['the home, relative', '.config/mcp-guard'],
    ['a URL', `file://${config}/policy.yaml`],
    ['a URL with percent signs', `file://${config}/p%6flicy.yaml`.replace('mcp-guard', 'mcp%2Dguard')],
    ['percent signs', config.replaceAll('/', '%2f')],
    ['backslashes', config.replaceAll('/', '\\')],
    ['quotes and spaces', ` "${policy}" `],
    ['another case', config.toUpperCase()],
    ['dots', `${cwd}/none/../../home/.config/./mcp-guard//x`],
    ['a link', 'notes'],
    ['a link that reads like a sentence', 'My notes, (part 1+2)'],
    ['a link in the home that reads like a sentence', 'What is it!'],
    ['something below a link that reads like a sentence', 'My notes, (part 1+2)/policy.yaml'],
    ['a link to a folder above', 'conf/mcp-guard/policy.yaml'],
    ['a link by its path', join(cwd, 'notes')],
    ['a link that leads nowhere yet', 'dangling'],
    ['".." behind a link', 'conf/../.config/mcp-guard/x'],
    ['".." behind a link', `${cwd}/conf/../.local/state/mcp-guard/x`],
    ['a variable', '$HOME/.config/mcp-guard/policy.yaml'],
    ['a variable', '${XDG_CONFIG_HOME}/mcp-guard'],
    ['a variable', '%USERPROFILE%\\.config\\mcp-guard\\policy.yaml'],
    ['a variable', '$PROJECT/guard-policy.yaml'],
    ['another way home', '~root/.config/mcp-guard/policy.yaml'],
    ['a pattern', '~/.config/mcp-guard/*.yaml'],
    ['a command', 'cat ~/.config/mcp-guard/policy.yaml'],
    ['a script', '#!/bin/sh\nrm ~/.config/mcp-guard/policy.yaml; true\n'],
    ['a NUL behind it', `${policy}\0/x`],
    ['a NUL behind it', `~/.config/mcp-guard/policy.yaml\0.txt`],
  ])('named by %s: %j', (_, path) => {
    expect(touches({ path })).toBe(true);
  });

  test.each([
    ['in a list', { paths: ['x', policy] }],
    ['deep inside', { a: [{ b: { c: policy } }] }],
    ['as a key', { files: { [policy]: 'x' } }],
    ['as a plain key below the top', { files: { notes: 'x' } }],
    ['as a key that is no name of a parameter', { './notes': 'x' }],
    ['in JSON inside a string', { paths: JSON.stringify([policy]) }],
    ['in JSON inside JSON inside a string', { paths: JSON.stringify(JSON.stringify({ notes: 1 })) }],
  ])('%s', (_, args) => {
    expect(touches(args)).toBe(true);
  });

  test('however its letters are escaped', () => {
    const escaped = policy.replaceAll(/./g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
    expect(judge(Buffer.from(`{"path":"${escaped}"}`))).toBe(true);
  });

  test('by a link that was laid since the last call', async () => {
    const link = join(cwd, 'a new one');
    const before = touches({ path: 'a new one' });
    symlinkSync(config, link);
    await Promise.resolve();
    const after = touches({ path: 'a new one' });
    rmSync(link);
    expect([before, after]).toEqual([false, true]);
  });

  test('when a folder above was moved and left a link', () => {
    renameSync(join(home, '.config'), join(home, 'moved'));
    symlinkSync('moved', join(home, '.config'));
    const found = ['~/moved/mcp-guard/policy.yaml', '~/.config/mcp-guard', '~/moved/other'].map((path) =>
      touches({ path }),
    );
    rmSync(join(home, '.config'));
    renameSync(join(home, 'moved'), join(home, '.config'));
    expect(found).toEqual([true, true, false]);
  });

  test('when there are more strings than anyone would look through', () => {
    const list = (count: number, text: (index: number) => string) => ({
      list: Array.from({ length: count }, (_, index) => text(index)),
    });
    expect([
      touches(list(9_000, (index) => `v${index}`)),
      touches(list(11_000, (index) => `v${index}`)),
      touches(list(500, (index) => `${cwd}/README.md/${index}`)),
      touches(list(1_100, (index) => `${cwd}/README.md/${index}`)),
      touches(list(100, (index) => `/${'a/'.repeat(2_000)}${index}`)),
      touches(list(20_000, () => 'the same')),
    ]).toEqual([false, true, false, true, true, false]);
  });
});

test.each([
  ['nothing', {}],
  ['numbers', { count: 3, on: true, none: null }],
  ['sentences', { text: 'Is it done (yes, or no)? I think so!', more: 'a+b=c, or not' }],
  ['words', { region: 'us-east-1', text: 'What does mcp-guard do?' }],
  ['the name alone', { repository: 'mcp-guard', path: 'docs/mcp-guard/policy.md' }],
  ['a repository', { url: 'https://github.com/someone/mcp-guard/blob/main/guard-policy.yaml?raw=1' }],
  ['another folder of that name', { path: '$X/docs/mcp-guard/x' }],
  ['a neighbour', { path: `${config}-too/x` }],
  ['the folder above', { path: join(home, '.config') }],
  ['another file of that name', { path: join(root, 'guard-policy.yaml') }],
  ['a file beside the policy', { path: 'README.md' }],
  ['a key of the top', { notes: 'x' }],
  [
    'a text that speaks of it',
    { content: 'Put your rules into\na file of mcp-guard, such as mcp-guard.yaml\n' },
  ],
  ['a text that is too long for a path', { content: `${policy} `.repeat(2_000) }],
  ['long texts', { list: Array.from({ length: 20 }, (_, index) => `${'word '.repeat(12_000)}${index}`) }],
  ['what looks like JSON', { content: '{"a": broken' }],
  ['half a surrogate pair', { text: 'x\ud800' }],
])('a call with %s touches nothing', (_, args) => {
  expect(touches(args)).toBe(false);
});

test('finds what is not there yet, by its name alone', () => {
  const judge = compileOwnFiles([join(cwd, 'later.yaml'), '/p.yaml'], ground.own, ground);
  const found = ['later.yaml', 'Later.yaml', 'later.yml', 'p.yaml?', 'p.yml?'].map((path) =>
    judge(Buffer.from(JSON.stringify({ path }))),
  );
  expect(found).toEqual([true, true, false, true, false]);
});

test('finds what is not there yet below a working directory that is a link', () => {
  const link = join(root, 'work');
  symlinkSync(config, link);
  const linked = createGround(
    { cwd: link, home, platform: process.platform, folders: { config, state } },
    classifyByWord,
  );
  const judge = compileOwnFiles([], linked.own, linked);
  expect(judge(Buffer.from('{"path":"anything"}'))).toBe(true);
  rmSync(link);
});

test('looks at each path through the eyes of the platform', () => {
  const windows: Ground = {
    cwd: 'C:\\work',
    home: 'C:\\Users\\me',
    platform: 'win32',
    own: [],
    resolve: (path) => win32.normalize(path),
    classify: classifyByWord,
  };
  const judge = compileOwnFiles(['C:\\work\\p.yaml'], ['C:\\Users\\me\\AppData\\mcp-guard'], windows);
  const found = [
    'P.YAML',
    'c:/work/p.yaml',
    '\\work\\p.yaml',
    '~/appdata/MCP-GUARD/x',
    'p.yaml.',
    'p.yml',
  ].map((path) => judge(Buffer.from(JSON.stringify({ path }))));
  expect(found).toEqual([true, true, true, true, true, false]);
});

test('no way of writing a path hides it', () => {
  const detour = fc.constantFrom('', '/.', '//', '/x/..', '/../mcp-guard');
  const trick = fc.constantFrom(
    (path: string) => path,
    (path: string) => path.replace(home, '~'),
    (path: string) => path.replace(home, '$HOME'),
    (path: string) => path.replaceAll('/', '%2f'),
    (path: string) => path.replaceAll('.', '%2e'),
    (path: string) => path.toUpperCase(),
    (path: string) => `  ${path}\n`,
    (path: string) => `'${path}'`,
    (path: string) => JSON.stringify({ path }),
  );
  fc.assert(
    fc.property(fc.array(detour, { maxLength: 3 }), fc.array(trick, { maxLength: 2 }), (ways, tricks) => {
      const path = tricks.reduce((text, apply) => apply(text), `${config}${ways.join('')}/policy.yaml`);
      expect(touches([{ path }])).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
