import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { Io } from '../../io.ts';

/**
 * The absolute path of a program, null where there is none. A name is looked up in PATH, without its empty and relative
 * entries and without the working directory: that may be a repository which brings a program of the same name.
 */
export function findProgram(name: string, io: Pick<Io, 'cwd' | 'env' | 'platform'>): string | null {
  if (/[/\\]/.test(name)) return isAbsolute(name) && isProgram(name) ? name : null;
  const folders = (io.env['PATH'] ?? '').split(io.platform === 'win32' ? ';' : ':');
  const trusted = folders.filter((folder) => isAbsolute(folder) && resolve(folder) !== resolve(io.cwd));
  // Without a shell Windows starts nothing else.
  const endings = io.platform === 'win32' ? ['', '.exe', '.com'] : [''];
  const paths = trusted.flatMap((folder) => endings.map((ending) => join(folder, name + ending)));
  return paths.find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
