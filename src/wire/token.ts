/** Where one JSON value stands in a line: `start` its first byte, `end` the one after its last. */
export interface Token {
  readonly start: number;
  readonly end: number;
}

/** The bytes of a value, as a view. */
export function sliceToken(bytes: Buffer, token: Token): Buffer {
  return bytes.subarray(token.start, token.end);
}

/** The text of a value as it is spelled, quotes and escapes included. */
export function spellToken(bytes: Buffer, token: Token): string {
  return bytes.toString('utf8', token.start, token.end);
}

/** What a string token means. The token must be a whole JSON string. */
export function decodeString(bytes: Buffer, token: Token): string {
  const text = bytes.toString('utf8', token.start + 1, token.end - 1);
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
}

/** Text of the peer in double quotes for a message: ASCII alone, so that a look-alike shows, and cut. */
export function quoteAscii(text: string, most = 100): string {
  const quoted = JSON.stringify(text.slice(0, most)).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return text.length > most ? `${quoted}... (${text.length} characters)` : quoted;
}

export type TokenKind = 'string' | 'number' | 'object' | 'array' | 'literal';

/** What a value is, by its first byte. */
export function classifyToken(bytes: Buffer, token: Token): TokenKind {
  switch (bytes[token.start]) {
    case 0x22:
      return 'string';
    case 0x7b:
      return 'object';
    case 0x5b:
      return 'array';
    case 0x74:
    case 0x66:
    case 0x6e:
      return 'literal';
    default:
      return 'number';
  }
}

// Here, and not in the function: the bundler writes such a pattern as a call that makes it anew.
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Half of a surrogate pair: some readers keep it, some replace it, some drop the whole line. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}
