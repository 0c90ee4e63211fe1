import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Package } from '../catalogue/pins/package.ts';
import type { Io } from '../io.ts';

const LAUNCHERS = new Set(['npx', 'npm', 'pnpm', 'pnpx', 'yarn', 'bunx', 'bun', 'uvx', 'uv', 'pipx']);
/** Processes below the server that are looked at. */
const MOST_PROCESSES = 64;
/** Folders above a script in which its package is looked for. */
const MOST_FOLDERS = 8;

/**
 * The package that `npx`, `uvx` and their like have really started, as it is installed: from the scripts that run below
 * this process. Null for any other command, and where it cannot be told. Reads files alone, and never rejects.
 */
export async function findPackage(
  command: readonly string[],
  pid: number,
  { platform }: Pick<Io, 'platform'>,
): Promise<Package | null> {
  const launcher = basename(command[0] ?? '').replace(/\.(?:cmd|exe)$/i, '');
  if (!LAUNCHERS.has(launcher) || platform !== 'linux') return null;
  const wanted = command
    .slice(1)
    .map(readPackageName)
    .filter((name) => name !== '');
  for (const process of await listBelow(pid)) {
    for (const script of await listScripts(process)) {
      const found = (await findNodePackage(script)) ?? (await findPythonPackage(script));
      const name = wanted.find((one) => found !== null && isSame(one, found.name));
      if (found !== null && name !== undefined) return { name, version: found.version };
    }
  }
  return null;
}

/** `@scope/name` of `@scope/name@1.2.3`, `name` of `name[extra]==1.2`; empty for an option. */
function readPackageName(word: string): string {
  if (word.startsWith('-')) return '';
  return /^(@[^/@]+\/[^@]+|[^@=<>~![\s]+)/.exec(word)?.[1] ?? '';
}

/** Python takes `-`, `_` and `.` for the same sign. */
function isSame(a: string, b: string): boolean {
  return fold(a) === fold(b);
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

/** The process and all that it has started, the youngest last. */
async function listBelow(pid: number): Promise<number[]> {
  const found = [pid];
  for (let index = 0; index < found.length && found.length < MOST_PROCESSES; index++) {
    const parent = found[index] ?? pid;
    const children = await readText(`/proc/${parent}/task/${parent}/children`);
    found.push(...children.split(' ').filter(Boolean).map(Number));
  }
  return found;
}

/** What of its command line stands for a file, links followed. */
async function listScripts(pid: number): Promise<string[]> {
  const words = (await readText(`/proc/${pid}/cmdline`)).split('\0');
  const paths = words.slice(0, 4).filter((word) => word.startsWith('/'));
  const program = await readlink(`/proc/${pid}/exe`).catch(() => '');
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => '')));
  return [...real, ...paths, program].filter((path) => path !== '');
}

async function findNodePackage(script: string): Promise<Package | null> {
  let folder = dirname(script);
  for (let left = MOST_FOLDERS; left > 0 && folder !== dirname(folder); left--) {
    const found = parsePackage(await readText(join(folder, 'package.json')));
    if (found !== null) return found;
    folder = dirname(folder);
  }
  return null;
}

function parsePackage(text: string): Package | null {
  try {
    const value: unknown = JSON.parse(text);
    const { name, version } = Object(value) as Record<string, unknown>;
    return typeof name === 'string' && typeof version === 'string' ? { name, version } : null;
  } catch {
    return null;
  }
}

/** A script in `<environment>/bin` belongs to what `<environment>/lib/python3.x/site-packages` says is installed. */
async function findPythonPackage(script: string): Promise<Package | null> {
  const environment = dirname(dirname(script));
  const versions = await readdir(join(environment, 'lib')).catch(() => []);
  for (const python of versions.filter((name) => name.startsWith('python'))) {
    const installed = await readdir(join(environment, 'lib', python, 'site-packages')).catch(() => []);
    for (const name of installed) {
      const [, own = '', version = ''] = /^(.+)-([^-]+)\.dist-info$/.exec(name) ?? [];
      if (own !== '' && isSame(own, basename(script))) return { name: own, version };
    }
  }
  return null;
}

/** Empty where it cannot be read. */
function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
