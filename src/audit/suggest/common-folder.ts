import type { Ground } from '../../policy/condition/ground.ts';
import { pickPath, readPath } from '../../policy/condition/path-readings.ts';
import { isUnreadable } from '../../policy/condition/path-spellings.ts';

/**
 * The deepest folder in which a text lies too, under every reading that `within` would have of it. `before`: that of the
 * texts before it, undefined for the first. Null where the text is no absolute path, or nothing but the root is common.
 */
export function joinFolder(before: string | undefined, text: string, ground: Ground): string | null {
  const standings = listStandings(text, ground);
  if (standings === null) return null;
  const { sep } = pickPath(ground.platform);
  const [first = null, ...rest] = before === undefined ? standings : [before, ...standings];
  if (first === null) return null;
  let names = first.split(sep);
  for (const standing of rest) {
    const others = standing.split(sep);
    const end = names.findIndex((name, index) => name !== others[index]);
    if (end !== -1) names = names.slice(0, end);
  }
  // The root is split into nothing and nothing, or a drive and nothing.
  const folder = names.length > 1 && names.at(-1) === '' ? names.slice(0, -1) : names;
  return folder.length < 2 ? null : folder.join(sep);
}

/** Every place where it may stand, links followed as `within` follows them; null where that cannot be told. */
function listStandings(text: string, ground: Ground): string[] | null {
  const path = pickPath(ground.platform);
  if (!path.isAbsolute(text) || isUnreadable(text)) return null;
  const { paths, isOpen } = readPath(text, ground);
  if (isOpen || paths.length === 0) return null;
  const standings: string[] = [];
  for (const one of paths) {
    const plain = path.normalize(one);
    const parent = ground.resolve(path.dirname(plain));
    const found = [
      ground.resolve(plain),
      ground.resolve(one),
      parent === null ? null : path.join(parent, path.basename(plain)),
    ];
    for (const standing of found) {
      if (standing === null) return null;
      standings.push(standing);
    }
  }
  return standings;
}
