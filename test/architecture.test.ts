import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseLoaded } from '../src/policy/file/load.ts';
import { GROUND } from './helpers/policy.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

function list(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort();
}

const SOURCES = list('src').filter((path) => path.endsWith('.ts'));

describe('the map', () => {
  test('names every file of the program once, and no other', () => {
    const named = [...read('AGENTS.md').matchAll(/^- `([^`]+)` — \S/gm)].map(([, path = '']) => path).sort();
    expect(named).toEqual([...list('bin'), ...list('src')].sort());
  });
});

describe('the house', () => {
  test('each package has the doors that docs/architecture.md names', () => {
    const doors = new Map<string, string[]>();
    for (const path of SOURCES) {
      for (const [, fixed, late] of read(path).matchAll(
        /^import (?!type )[^;]*?from '([^.'][^']*)'|import\('([^.'][^']*)'\)/gm,
      )) {
        const name = fixed ?? late ?? '';
        if (!name.startsWith('node:')) doors.set(name, [...(doors.get(name) ?? []), path]);
      }
    }
    const table = [...read('docs/architecture.md').matchAll(/^\| `?([@\w/]+)`? +\| (.+?) +\|/gm)].filter(
      ([, name]) => name !== 'package',
    );
    const documented = new Map(
      table.map(([, name, cell = '']) => [
        name ?? '',
        [...cell.matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? ''),
      ]),
    );
    expect([...doors.keys()].sort()).toEqual([...documented.keys()].sort());
    for (const [name, paths] of doors) {
      expect(paths.filter((path) => !documented.get(name)?.some((door) => fits(door, path)))).toEqual([]);
    }
  });

  test('the process is named where it comes in, and nowhere is it left by process.exit', () => {
    const code = (path: string): string => read(path).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    const naming = SOURCES.filter((path) => /\bprocess\.(?!on\b)|node:process/.test(code(path)));
    expect(naming).toEqual(['src/io.ts']);
    expect(
      [...SOURCES, ...list('bin')].filter((path) => /process\.exit\(|reallyExit/.test(code(path))),
    ).toEqual([]);
  });
});

describe('the README', () => {
  test('shows a policy that is sound', () => {
    const [, policy = ''] = /policy\.yaml\n(version: 1\n[\s\S]*?)\n\n/.exec(read('README.md')) ?? [];
    expect(policy).toContain('identity_create_workload_identity');
    expect(parseLoaded(Buffer.from(policy), 'policy.yaml', GROUND).problems).toEqual([]);
  });

  test('names scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const text = `${read('README.md')}${read('CONTRIBUTING.md')}`;
    for (const [, name = ''] of text.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([name]);
  });
});

function fits(door: string, path: string): boolean {
  return door.endsWith('*') ? path.startsWith(door.slice(0, -1)) : door === path;
}
