import { findNearest } from '../../policy/read/nearest.ts';
import { fold } from '../../policy/rule-index.ts';

/** The name that was likely meant, whatever its case; null where none comes near. */
export function suggestName(word: string, names: readonly string[]): string | null {
  const byFolded = new Map(names.map((name) => [fold(name), name]));
  const nearest = byFolded.has(fold(word)) ? fold(word) : findNearest(word, [...byFolded.keys()]);
  return nearest === null ? null : (byFolded.get(nearest) ?? null);
}
