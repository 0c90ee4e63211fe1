import { classifyToken, hasLoneSurrogate, spellToken, type Token } from '../wire/token.ts';
import type { Id } from './message.ts';

const MOST_BYTES = 1_024;

/**
 * Reads a request id: a string of at most 1 KiB, or an integer that every reader can hold. A fraction or 7.0 is
 * refused: Go servers cut 7.5 to 7 and would answer another request. Null where it is none of these.
 */
export function readId(bytes: Buffer, token: Token): Id | null {
  if (token.end - token.start > MOST_BYTES) return null;
  const text = spellToken(bytes, token);
  if (classifyToken(bytes, token) === 'string') {
    try {
      // An answer repeats the token, so what is no JSON (a raw control character) must not come out again.
      const value = String(JSON.parse(text));
      return hasLoneSurrogate(value) ? null : { key: `s:${value}`, token: text };
    } catch {
      return null;
    }
  }
  if (!/^-?(0|[1-9][0-9]{0,15})$/.test(text) || text === '-0') return null;
  return Number.isSafeInteger(Number(text)) ? { key: `n:${text}`, token: text } : null;
}
