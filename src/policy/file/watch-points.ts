import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** By folder, the names in it that matter. */
export type WatchPoints = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Where a change of these files shows: in their folders, as editors put a new file in the old one's place; where links
 * on the way lead, as people keep such files elsewhere; and in the nearest folder that is there, where theirs is not.
 */
export function findWatchPoints(files: Iterable<string>): WatchPoints {
  const search = new Search();
  for (const file of files) search.visit(resolve(file), true);
  return search.points;
}

class Search {
  readonly points = new Map<string, Set<string>>();
  readonly #seen = new Set<string>();

  /** `isFile`: matters by itself. Of the folders above only links do, and what is not there. */
  visit(path: string, isFile: boolean): void {
    const folder = dirname(path);
    // Links that lead in a circle end here, too.
    if (folder === path || this.#seen.has(path)) return;
    this.#seen.add(path);
    const kind = findKind(path);
    // All that happens on the machine is below the root, and some systems tell of it whether it is wanted or not.
    const isRoot = dirname(folder) === folder;
    if ((isFile || (kind !== 'plain' && !isRoot)) && existsSync(folder)) this.#add(folder, basename(path));
    if (kind === 'link') this.#follow(path, folder);
    this.visit(folder, false);
  }

  #follow(path: string, folder: string): void {
    try {
      this.visit(resolve(realpathSync(folder), readlinkSync(path)), true);
    } catch {
      // It went in this moment, which the folder tells of.
    }
  }

  #add(folder: string, name: string): void {
    const names = this.points.get(folder) ?? new Set();
    this.points.set(folder, names.add(name));
  }
}

function findKind(path: string): 'plain' | 'link' | 'missing' {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return 'missing';
    return stats.isSymbolicLink() ? 'link' : 'plain';
  } catch {
    return 'missing';
  }
}
