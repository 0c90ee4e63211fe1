import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, parse, sep } from 'node:path';
import type { Ground } from '../condition/ground.ts';
import type { Io } from '../../io.ts';

/** Looks that are remembered while what came in together is judged. */
const MOST_LOOKED = 1_000;
/** Links that lead on and ".." that lead up, in one path; the platforms follow 32 or 40 links. */
const MOST_TURNS = 40;
const UP = sep === '/' ? /\/\.\.(?=\/|$)/ : /[/\\]\.\.(?=[/\\]|$)/;

/**
 * The machine as it is, looked at anew whenever something comes in: a link may have been laid since. What came in
 * together is judged before any of it runs, so for that one look is as good as two.
 */
export function createGround(
  { cwd, home, platform, folders }: Pick<Io, 'cwd' | 'home' | 'platform' | 'folders'>,
  classify: Ground['classify'],
): Ground {
  const looked = new Map<string, boolean>();
  const look = (path: string): boolean => {
    if (looked.size === 0) queueMicrotask(() => looked.clear());
    const found = mayStand(path);
    if (looked.size < MOST_LOOKED) looked.set(path, found);
    return found;
  };
  return {
    classify,
    cwd,
    home,
    platform,
    own: [folders.config, folders.state],
    resolve(path) {
      try {
        return isAbsolute(path) ? resolveLinks(path, MOST_TURNS) : null;
      } catch {
        return null;
      }
    },
    exists: (path) => looked.get(path) ?? look(path),
  };
}

function mayStand(path: string): boolean {
  try {
    return stands(path);
  } catch {
    return true;
  }
}

/** As the kernel walks: ".." behind a link leads above the link's target. */
function resolveLinks(path: string, turns: number): string | null {
  if (turns === 0) return null;
  const up = UP.exec(path);
  if (up !== null) {
    const below = resolveLinks(path.slice(0, up.index + 1), turns - 1);
    return below === null ? null : resolveLinks(dirname(below) + path.slice(up.index + 3), turns - 1);
  }
  const { there, rest } = findDeepest(normalize(path));
  const real = findReal(there);
  if (real !== null) return join(real, rest);
  if (!lstatSync(there).isSymbolicLink()) return null;
  // A link that leads nowhere yet: what is written there comes to stand where it leads.
  const target = readlinkSync(there);
  const onward = isAbsolute(target) ? target : `${dirname(there)}${sep}${target}`;
  return resolveLinks(onward + rest, turns - 1);
}

/** The deepest part of the path that exists, and what is left, with its separator in front. */
function findDeepest(path: string): { readonly there: string; readonly rest: string } {
  const { root } = parse(path);
  const whole = path.length > root.length && path.endsWith(sep) ? path.slice(0, -1) : path;
  if (stands(whole)) return { there: whole, rest: '' };
  const ends = listEnds(whole, root.length);
  let [low, high] = [0, ends.length];
  // Where a folder is missing, nothing below it stands: a path of thousands of folders takes a dozen looks.
  while (low < high) {
    const middle = high === ends.length ? high - 1 : (low + high) >> 1;
    if (stands(whole.slice(0, ends[middle]))) low = middle + 1;
    else high = middle;
  }
  const end = ends[low - 1] ?? root.length;
  return { there: whole.slice(0, end), rest: whole.slice(end) };
}

/** Where each folder's name ends. */
function listEnds(path: string, from: number): number[] {
  const ends: number[] = [];
  for (let at = path.indexOf(sep, from); at !== -1; at = path.indexOf(sep, at + 1)) ends.push(at);
  return ends;
}

function findReal(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

/** Whether something stands there, a link itself included. Throws where it may not be looked. */
function stands(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return false;
    throw error;
  }
}
