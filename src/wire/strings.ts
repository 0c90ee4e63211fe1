import type { Token } from './token.ts';

/** A string in JSON, quotes included. */
export interface StringToken extends Token {
  readonly isKey: boolean;
  /** How many objects and arrays are open around it. */
  readonly depth: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** How far a string is walked through before the platform's own search, which costs as much to call, takes over. */
const WALK = 48;

/**
 * Calls `visit` with each string of a JSON text, keys too, in order; true as soon as `visit` says true. Builds nothing
 * but the tokens. Of a text that is no JSON it visits what stands between quotes.
 */
export function visitStrings(bytes: Buffer, visit: (string: StringToken) => boolean): boolean {
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x7b || byte === 0x5b) depth++;
    else if (byte === 0x7d || byte === 0x5d) depth--;
    if (byte !== QUOTE) continue;
    const end = skipString(bytes, at);
    if (visit({ start: at, end, depth, isKey: isColon(bytes, end) })) return true;
    at = end - 1;
  }
  return false;
}

/** Behind the string that begins at `from`; behind the last byte where it does not end. */
function skipString(bytes: Buffer, from: number): number {
  let at = from + 1;
  for (const stop = at + WALK; at < stop; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at++;
  }
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1) return bytes.length;
    let backslashes = 0;
    while (quote - backslashes > at && bytes[quote - backslashes - 1] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function isColon(bytes: Buffer, from: number): boolean {
  let at = from;
  for (let byte = bytes[at]; byte !== undefined && byte <= 0x20; byte = bytes[at]) at++;
  return bytes[at] === 0x3a;
}
