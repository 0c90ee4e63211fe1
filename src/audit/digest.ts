import crypto, { createHash } from 'node:crypto';
import type { Hash } from './redact-text.ts';

/** SHA-256 of ASCII text, hexadecimal. */
export function digestLine(text: string): string {
  // Node before 20.12 has no `hash`, which takes half the time for what is as short as a line.
  if (typeof crypto.hash === 'function') return crypto.hash('sha256', text);
  return createHash('sha256').update(text, 'latin1').digest('hex');
}

/** Beyond it copying costs more than the second call that it saves. */
const MOST_COPIED = 4_096;
const DIGITS = 32;

/**
 * A hash of 128 bits that nobody without the key can compute, so that what is short cannot be found by trying:
 * SHA-256 over the key and the text, of which half is told: nobody can go on from there, as they could from the whole
 * (length extension). HMAC takes three times as long, twice for each call.
 */
export function createKeyedHash(key: Buffer): Hash {
  return (text) => {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    if (typeof crypto.hash === 'function' && bytes.length <= MOST_COPIED)
      return crypto.hash('sha256', Buffer.concat([key, bytes])).slice(0, DIGITS);
    return createHash('sha256').update(key).update(bytes).digest('hex').slice(0, DIGITS);
  };
}
