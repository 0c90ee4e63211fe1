import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, win32 } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ground } from '../../../src/policy/condition/ground.ts';
import { compileWithin } from '../../../src/policy/condition/within.ts';
import { createGround } from '../../../src/policy/file/ground.ts';
import { classifyByWord, GROUND } from '../../helpers/policy.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'within-')));
const allowed = join(root, 'allowed');
const place = (cwd: string, home: string | null): Ground =>
  createGround({ cwd, home, platform: 'linux', folders: { config: '/c', state: '/s' } }, classifyByWord);
/** Both below the allowed folder, so that relative paths can be inside under every reading. */
const ground = place(join(allowed, 'cwd'), join(allowed, 'home'));
const judge = compileWithin([allowed], ground, root);

beforeAll(() => {
  for (const folder of ['allowed/cwd', 'allowed/home', 'allowed/sub', 'allowed-too', 'outside/deep'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(allowed, 'file'), '');
  symlinkSync(join(root, 'outside'), join(allowed, 'out'));
  symlinkSync('../outside/deep', join(allowed, 'deep'));
  symlinkSync('../outside/later', join(allowed, 'dangling'));
  symlinkSync('sub', join(allowed, 'in'));
  symlinkSync('../outside', join(allowed, '\u00fcber'));
  symlinkSync('round', join(allowed, 'round'));
  symlinkSync(allowed, join(root, 'alias'));
  symlinkSync('allowed/file', join(root, 'pointer'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('a path that is inside under every reading is inside', () => {
  test.each([
    ['the folder itself', ''],
    ['a slash behind', '/'],
    ['a file', '/file'],
    ['a file that is not there', '/new/file'],
    ['a space', '/two words.txt'],
    ['letters beyond ASCII', '/Übung/文書.txt'],
    ['a letter that is decomposed', '/u\u0308bung'],
    ['dots and slashes', '//sub/.//x'],
    ['".." that stays inside', '/sub/../file'],
    ['a link that stays inside', '/in/x'],
    ['quotes', "/it's/x"],
    ['percent signs', '/a%20b'],
    ['a percent sign alone', '/100%'],
    ['a backslash', '/a\\b'],
    ['a dotted name', '/...'],
  ])('%s: %j', (_, path) => {
    expect(judge(allowed + path)).toBe(true);
  });

  test('through a link above it', () => {
    expect(judge(join(root, 'alias', 'file'))).toBe(true);
  });

  test.each([['x/y'], ['.'], ['./x'], ['~'], ['~/x'], ['../x'], ['a.b-c_d'], ['.hidden']])(
    'relative: %j',
    (path) => {
      expect(judge(path)).toBe(true);
    },
  );

  test.each([['file://'], ['FILE://'], ['file://localhost']])('as a URL: %j', (scheme) => {
    expect([`${allowed}/file`, `${allowed}/a%20b`].map((path) => judge(scheme + path))).toEqual([true, true]);
  });
});

describe('a path that is outside under every reading is outside', () => {
  test.each([
    ['/etc/passwd'],
    ['/'],
    [root],
    [`${allowed}-too`],
    [`${allowed}-too/x`],
    [`${allowed}_evil/x`],
    [`${allowed}/../outside/x`],
    [`${allowed}/sub/../../outside`],
    [`${allowed}/out/x`],
    [`${allowed}/in/../../outside/x`],
    [`${allowed}/dangling/x`],
    ['file:///etc/passwd'],
    ['../../../outside'],
    ['https://example.com/../../../../../../../../../../etc/passwd'],
  ])('%j', (path) => {
    expect(judge(path)).toBe(false);
  });
});

describe('a path that is neither for sure is unknown', () => {
  const inside = (path: string): [string] => [allowed + path];
  test.each([
    ['nothing', ['']],
    ['a space', [' ']],
    ['a link that leads out, which may itself be meant', inside('/out')],
    ['a link that leads nowhere yet', inside('/dangling')],
    ['a link from outside', [join(root, 'pointer')]],
    ['a loop of links', inside('/round')],
    ['a loop of links on the way', inside('/round/x')],
    ['".." behind a link', inside('/deep/../x')],
    ['".." behind a link, inside as it is written', inside('/deep/../file')],
    ['encoded dots', inside('/%2e%2e/outside/x')],
    ['encoded slashes', inside('/..%2foutside')],
    ['dots encoded twice', inside('/%252e%252e/outside')],
    ['dots encoded four times', inside('/%252525252e%252525252e/outside')],
    ['no UTF-8 behind percent signs', inside('/%ff')],
    ['an encoded NUL', inside('/x%00')],
    ['a NUL', inside('/x\0')],
    ['half a surrogate pair', inside('/x\ud800')],
    ['too long', inside(`/${'x/'.repeat(2_048)}`)],
    ['too long in bytes', inside(`/${'文/'.repeat(1_024)}`)],
    ['backslashes', inside('/x\\..\\..\\..\\outside')],
    ['backslashes between dots', inside('/.\\./.\\./outside')],
    ['backslash escapes', inside('/\\x2e\\x2e/outside')],
    ['percent signs without end', inside(`/%${'25'.repeat(40)}20`)],
    ['a letter that is composed for some readers', inside('/u\u0308ber/x')],
    ['quotes between dots', inside('/."."/outside')],
    ['quotes around another path', [`"/etc/passwd"`]],
    ['spaces around another path', [' /etc/passwd']],
    ['a line end', inside('/x\n/etc/passwd')],
    ['a variable', inside('/$HOME/x')],
    ['a variable', ['$HOME/x']],
    ['a variable', ['${PWD}/x']],
    ['a variable', ['%USERPROFILE%/x']],
    ['a command', inside('/`pwd`')],
    ['a pattern', inside('/*/x')],
    ['a pattern', inside('/o?t/x')],
    ['a pattern', inside('/[o]ut/x')],
    ['a pattern', inside('/{x,../../outside}')],
    ['a list', inside('/x:/etc/passwd')],
    ['a list', inside('/x, /etc/passwd')],
    ['a list', inside('/x,../../outside')],
    ['a list', inside('/x y/../../../outside')],
    ['an option', ['--file=/etc/passwd']],
    ['a reference', ['@/etc/passwd']],
    ["another user's home", ['~root/x']],
    ["another user's home", ['~+/x']],
    ['an encoded tilde', ['%7eroot/x']],
    ['another scheme', ['vscode://file/etc/passwd']],
    ['what may be a scheme or a machine', ['server:x']],
    ['a scheme with one slash', [`file:${join(root, 'allowed')}`]],
    ['another host', [`file://server${allowed}`]],
    ['a query', [`file://${allowed}/x?y`]],
    ['a fragment', [`file://${allowed}/x#y`]],
    ['encoded dots in a URL', [`file://${allowed}/%2e%2e/outside`]],
    ['a drive', ['C:\\x']],
    ['a drive', ['c:x']],
    ['another machine', ['\\\\server\\share']],
    ['full-width dots', inside('/．．/outside')],
    ['a full-width slash', inside('/..／outside')],
    ['a slash of division', inside('/..\u2215outside')],
    ['an ellipsis', inside('/‥/outside')],
    ['an entity', inside('/&#46;&#46;/outside')],
    ["the reader's own folder", ['/proc/self/cwd/x']],
    ['a descriptor', ['/dev/fd/3']],
    ['another case, which some file systems fold', [allowed.toUpperCase()]],
  ])('with %s: %j', (_, [path]) => {
    expect(judge(path ?? '')).toBe('unknown');
  });

  test('relative, where the working directory is inside and the home is not', () => {
    const judge = compileWithin([allowed], place(allowed, root), root);
    expect(['x', '.', '~/x', '~'].map(judge)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });

  test('below a home that nobody knows', () => {
    const judge = compileWithin([allowed], place(allowed, null), root);
    expect(['x', '~/x', '~'].map(judge)).toEqual([true, 'unknown', 'unknown']);
  });
});

describe('the folders', () => {
  test('are absolute, below the home, or relative to the folder of the policy', () => {
    const inside = join(allowed, 'home', 'x');
    const found = ['~', '~/x', 'allowed/home', './allowed', '.', '../x', 'home', '/'].map((folder) =>
      compileWithin([folder], ground, root)(inside),
    );
    expect(found).toEqual([true, true, true, true, true, false, false, true]);
  });

  test('of a policy that was named by a relative path are below the working directory', () => {
    expect(compileWithin(['x'], ground, '')(join(allowed, 'cwd', 'x', 'y'))).toBe(true);
  });

  test('may be several, and a reading may be in any of them', () => {
    const both = compileWithin([join(allowed, 'cwd'), '~'], ground, root);
    expect(['x', '../cwd/x', '/etc/x', '../sub/x'].map(both)).toEqual([true, true, false, false]);
  });

  test('may be links, and may be named as such', () => {
    const judge = compileWithin(['alias'], ground, root);
    expect([join(root, 'alias'), join(root, 'alias/x'), `${allowed}/x`, root].map(judge)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test('may appear later, as a link too', () => {
    const judge = compileWithin(['later'], ground, root);
    expect(judge(`${allowed}/x`)).toBe(false);
    symlinkSync('allowed', join(root, 'later'));
    expect(judge(`${allowed}/x`)).toBe(true);
  });

  test('where they cannot be told, leave open only what no other one holds', () => {
    const judge = compileWithin(['~/x', 'allowed'], place('/', null), root);
    expect([`${allowed}/x`, '/etc/x'].map(judge)).toEqual([true, 'unknown']);
    expect(compileWithin(['allowed/round'], ground, root)('/etc/x')).toBe('unknown');
  });
});

describe('on Windows', () => {
  const windows: Ground = {
    cwd: 'C:\\work\\cwd',
    home: 'C:\\work\\me',
    platform: 'win32',
    own: [],
    resolve: (path) => win32.normalize(path),
    classify: classifyByWord,
  };
  const judge = compileWithin(['C:\\work'], windows, 'C:\\');

  test.each([
    ['C:\\work\\x'],
    ['c:/Work/X'],
    ['C:\\work\\sub\\..\\x'],
    ['\\\\?\\C:\\work\\x'],
    ['\\work\\x'],
    ['x\\y'],
    ['~\\x'],
    ['~/x'],
    ['file:///C:/work/x'],
    ['C:\\work\\two words\\x'],
  ])('%j is inside', (path) => {
    expect(judge(path)).toBe(true);
  });

  test.each([
    ['D:\\work\\x'],
    ['C:\\work-too\\x'],
    ['C:\\work\\..\\x'],
    ['C:/work/../x'],
    ['\\x'],
    ['..\\..\\x'],
    ['file:///C:/x'],
  ])('%j is outside', (path) => {
    expect(judge(path)).toBe(false);
  });

  test.each([
    ['a folder of a drive', 'C:x'],
    ['a stream', 'C:\\work\\x:y'],
    ['a stream', 'C:\\work\\x::$DATA'],
    ['another machine', '\\\\localhost\\C$\\work'],
    ['a device', '\\\\.\\PhysicalDrive0'],
    ['a device', 'C:\\work\\NUL'],
    ['a device', 'C:\\work\\com1.txt'],
    ['a short name', 'C:\\work\\PROGRA~1'],
    ['dots that are dropped', 'C:\\work.\\x'],
    ['spaces that are dropped', 'C:\\work \\x'],
    ['dots and spaces behind ".."', 'C:\\work\\.. \\x'],
    ['a variable', '%TEMP%\\x'],
    ['encoded dots', 'C:\\work\\%2e%2e\\x'],
    ['another host', 'file://server/C:/work/x'],
  ])('%s is unknown: %j', (_, path) => {
    expect(judge(path)).toBe('unknown');
  });
});

test('on a Mac the normal form does not count, and bytes do', () => {
  const mac: Ground = { ...GROUND, cwd: '/', home: null, platform: 'darwin', own: [] };
  const judge = compileWithin(['/\u00fcbung'], mac, '/');
  const long = `/\u00fcbung/${'文'.repeat(1_400)}`;
  expect(judge(long)).toBe('unknown');
  const found = ['/u\u0308bung/x', '/\u00dcbung/x', '/.vol/1/2', '/ub\u200cung'].map(judge);
  expect(found).toEqual([true, 'unknown', 'unknown', 'unknown']);
});

describe('no spelling of a path outside is ever inside', () => {
  const trick = fc.constantFrom(
    (path: string) => path,
    (path: string) => path.replaceAll('..', '%2e%2e'),
    (path: string) => path.replaceAll('/', '%2F'),
    (path: string) => path.replaceAll('%', '%25'),
    (path: string) => (path.includes('\\') ? path : path.replaceAll('/', '\\')),
    (path: string) => (path.includes('\\') ? path : path.replaceAll('..', '.\\.')),
    (path: string) => path.replaceAll('..', '."."'),
    (path: string) => path.replaceAll('/', '//'),
    (path: string) => path.replaceAll('/', '/./'),
    (path: string) => `file://${path}`,
    (path: string) => ` ${path}`,
    (path: string) => `"${path}"`,
    (path: string) => `${path}/`,
    (path: string) => path.replaceAll('.', '．'),
  );
  const detour = fc.constantFrom('', '/sub/..', '/new/..', '/in/..', '/./', '/deep/../..', '/out/..');
  const target = fc.constantFrom(
    '/etc/x',
    '/../outside/x',
    '/out/x',
    '/deep/x',
    '/../allowed-too',
    '/dangling/x',
  );

  test('through encodings, separators and detours', () => {
    fc.assert(
      fc.property(
        target,
        fc.array(detour, { maxLength: 2 }),
        fc.array(trick, { maxLength: 3 }),
        (to, ways, tricks) => {
          const path = to.startsWith('/etc') ? to : allowed + ways.join('') + to;
          expect(judge(tricks.reduce((text, apply) => apply(text), path))).not.toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('and what is said to be inside is where Node itself finds it', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      'sub',
      'in',
      'out',
      'deep',
      'file',
      'new',
      'outside',
      '/',
      '//',
      'allowed',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = `${allowed}/${pieces.join('/')}`;
        if (judge(path) !== true) return;
        for (const reading of [path, join(path)]) {
          let real = reading;
          try {
            real = realpathSync(reading);
          } catch {
            continue;
          }
          expect(real === allowed || real.startsWith(`${allowed}/`)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
