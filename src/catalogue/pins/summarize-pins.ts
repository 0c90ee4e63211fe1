import { createHash } from 'node:crypto';
import type { Definition } from './definition.ts';

/** How many tools are pinned, and the SHA-256 of all their names and definitions, hexadecimal. */
export function summarizePins(pinned: ReadonlyMap<string, Definition>): { tools: number; hash: string } {
  const all = [...pinned]
    .map(([name, { hash }]) => [name, hash])
    .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return { tools: pinned.size, hash: createHash('sha256').update(JSON.stringify(all)).digest('hex') };
}
