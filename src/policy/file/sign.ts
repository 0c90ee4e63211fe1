import { statSync } from 'node:fs';

/**
 * What a file is like, as one word: another one where it has changed, come or gone. Links are followed. The time of
 * the last change of any kind is in it, as tools that copy files set that of the last writing.
 */
export function signFile(file: string): string {
  try {
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return '-';
    const { dev, ino, size, mode, uid, mtimeNs, ctimeNs } = stats;
    return [dev, ino, size, mode, uid, mtimeNs, ctimeNs].join(' ');
  } catch {
    return '?';
  }
}

/** By file, in the order given. */
export function signFiles(files: Iterable<string>): Map<string, string> {
  return new Map([...files].map((file) => [file, signFile(file)]));
}
