import type { Token } from './token.ts';

/** The members whose place a frame's reader is told, by the object they stand in. */
export const MEMBERS = {
  top: ['jsonrpc', 'id', 'method', 'params', 'result', 'error'],
  params: ['name', 'arguments', 'uri', '_meta', 'task', 'inputResponses', 'requestState', 'requestId'],
  meta: ['progressToken', 'io.modelcontextprotocol/protocolVersion'],
} as const;

export type Level = keyof typeof MEMBERS;
export type MemberName<L extends Level> = (typeof MEMBERS)[L][number];

/** Where each member of a level stands, null where it does not. */
export type Places<L extends Level> = { [N in MemberName<L>]: Token | null };

export const NO_TOP: Readonly<Places<'top'>> = {
  jsonrpc: null,
  id: null,
  method: null,
  params: null,
  result: null,
  error: null,
};

const EXACT = mapLevels((names) => new Set<string>(names));
const FOLDED = mapLevels((names) => new Map(names.map((name) => [foldName(name), name])));

/** Whether `key` is one of the members of this level. */
export function isMember<L extends Level>(level: L, key: string): key is MemberName<L> {
  return EXACT[level].has(key);
}

/**
 * The member that a laxer reader would take `key` for, null where there is none: Go matches without case and folds
 * U+017F and U+212A, one of its parsers ignores a trailing NUL, others compare upper-cased or normalized text.
 */
export function findLookalike(level: Level, key: string): string | null {
  return FOLDED[level].get(foldName(key)) ?? null;
}

/** The one spelling that all readers we know of would compare equal. */
export function foldName(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return name.toLowerCase();
  return name.replaceAll('\0', '').normalize('NFKC').toUpperCase().toLowerCase().replaceAll('\u0307', '');
}

function mapLevels<T>(make: (names: readonly string[]) => T): Record<Level, T> {
  return { top: make(MEMBERS.top), params: make(MEMBERS.params), meta: make(MEMBERS.meta) };
}
