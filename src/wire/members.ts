import { decodeString, type Token } from './token.ts';

/** The members whose place a frame's reader is told, by the object they stand in. */
const MEMBERS = {
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

const SPELLED: { readonly [L in Level]: readonly Spelled<L>[] } = {
  top: spell('top'),
  params: spell('params'),
  meta: spell('meta'),
};
const FOLDED: { readonly [L in Level]: ReadonlyMap<string, string> } = {
  top: fold('top'),
  params: fold('params'),
  meta: fold('meta'),
};

/** The member of this level that `key`, quotes included, names in any spelling; null where it names none. */
export function findMember<L extends Level>(level: L, bytes: Buffer, key: Token): MemberName<L> | null {
  for (const { name, spelling } of SPELLED[level]) {
    if (spelling.length === key.end - key.start && startsWith(bytes, key.start, spelling)) return name;
  }
  if (isPlain(bytes, key)) return null;
  const text = decodeString(bytes, key);
  return SPELLED[level].find(({ name }) => name === text)?.name ?? null;
}

/**
 * The member that a laxer reader would take `key`, which is none itself, for; null where there is none: Go matches
 * without case and folds U+017F and U+212A, one of its parsers ignores a trailing NUL, others compare upper-cased or
 * normalized text.
 */
export function findLookalike(level: Level, bytes: Buffer, key: Token): string | null {
  const length = key.end - key.start;
  // Letters and digits fold one to one.
  if (isPlain(bytes, key) && SPELLED[level].every(({ spelling }) => spelling.length !== length)) return null;
  return FOLDED[level].get(foldName(decodeString(bytes, key))) ?? null;
}

/** No name that matters is longer under any folding; normalizing takes quadratic time where marks are piled up. */
const MOST_FOLDED = 256;

/** The one spelling that all readers we know of would compare equal. */
export function foldName(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return name.toLowerCase();
  const text = name.replaceAll('\0', '');
  if (text.length > MOST_FOLDED) return text;
  return text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('\u0307', '');
}

interface Spelled<L extends Level> {
  readonly name: MemberName<L>;
  /** Its bytes as most writers spell it, quotes included. */
  readonly spelling: Buffer;
}

function spell<L extends Level>(level: L): Spelled<L>[] {
  const names: readonly MemberName<L>[] = MEMBERS[level];
  return names.map((name) => ({ name, spelling: Buffer.from(`"${name}"`) }));
}

function fold(level: Level): Map<string, string> {
  return new Map(MEMBERS[level].map((name) => [foldName(name), name]));
}

function startsWith(bytes: Buffer, at: number, spelling: Buffer): boolean {
  for (let index = spelling.length - 1; index >= 0; index--) {
    if (bytes[at + index] !== spelling[index]) return false;
  }
  return true;
}

/** Whether it is ASCII without escapes, which means what it spells. */
function isPlain(bytes: Buffer, { start, end }: Token): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x5c || byte > 0x7e) return false;
  }
  return true;
}
