import type { Truth } from './condition.ts';
import type { Ground } from './ground.ts';
import { pickPath, readPath } from './path-readings.ts';
import { isUnreadable } from './path-spellings.ts';

/**
 * Whether a path lies in one of `folders`, which are absolute, below `~`, or relative to `folder`. It is true only
 * where every reading that a server may have of the value lies in them, false only where none does. Links are looked
 * up at each call; no sandbox, for they may change before the server looks.
 */
export function compileWithin(
  folders: readonly string[],
  ground: Ground,
  folder: string,
): (value: string) => Truth {
  const written = folders.map((text) => placeFolder(text, ground, folder));
  return (value) => {
    if (isUnreadable(value)) return 'unknown';
    const { paths, isOpen } = readPath(value, ground);
    if (isOpen || paths.length === 0) return 'unknown';
    const roots = written.flatMap((path) => (path === null ? [null] : findStandings(path, ground)));
    const found = new Set<Truth>();
    for (const path of paths) {
      for (const standing of findStandings(path, ground)) found.add(liesIn(standing, roots, ground.platform));
      if (found.size > 1 || found.has('unknown')) return 'unknown';
    }
    return found.has(true);
  };
}

/** Null where there is no home for a `~`. */
function placeFolder(text: string, { cwd, home, platform }: Ground, folder: string): string | null {
  const path = pickPath(platform);
  if (!/^~(?:[/\\]|$)/.test(text)) return path.resolve(cwd, folder, text);
  return home === null ? null : path.join(home, text.slice(1));
}

/**
 * Where something stands that is written as `path`: ".." taken away first or taken through links, and where the last
 * part is a link, that link itself, which is what is deleted or renamed.
 */
function findStandings(path: string, ground: Ground): (string | null)[] {
  const paths = pickPath(ground.platform);
  const plain = paths.normalize(path);
  const real = ground.resolve(plain);
  const standings = new Set([real]);
  if (/(?:^|[/\\])\.\.(?:[/\\]|$)/.test(path)) standings.add(ground.resolve(path));
  // No link anywhere on the way.
  if (real === plain) return [...standings];
  const parent = ground.resolve(paths.dirname(plain));
  standings.add(parent === null ? null : paths.join(parent, paths.basename(plain)));
  return [...standings];
}

function liesIn(path: string | null, roots: readonly (string | null)[], platform: NodeJS.Platform): Truth {
  if (path === null) return 'unknown';
  let found: Truth = false;
  for (const root of roots) {
    const lies = root === null ? 'unknown' : lieTogether(path, root, platform);
    if (lies === true) return true;
    if (lies === 'unknown') found = 'unknown';
  }
  return found;
}

function lieTogether(path: string, root: string, platform: NodeJS.Platform): Truth {
  if (isBelow(path, root, platform)) return true;
  const [composed, composedRoot] = [path.normalize('NFC'), root.normalize('NFC')];
  if (platform === 'darwin' && isBelow(composed, composedRoot, platform)) return true;
  if (!isBelow(composed.toLowerCase(), composedRoot.toLowerCase(), platform)) return false;
  // Elsewhere a file system may fold case or not; on a Mac the true spelling of all that exists was looked up.
  return platform === 'win32' ? true : 'unknown';
}

/** Name by name: /allowed-too is not below /allowed. */
function isBelow(path: string, root: string, platform: NodeJS.Platform): boolean {
  const { sep } = pickPath(platform);
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}
