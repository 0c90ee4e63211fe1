import crypto, { createHash, createHmac, createSecretKey } from 'node:crypto';

/** SHA-256 of ASCII text, hexadecimal. */
export function digestLine(text: string): string {
  // Node before 20.12 has no `hash`, which takes half the time for what is as short as a line.
  if (typeof crypto.hash === 'function') return crypto.hash('sha256', text);
  return createHash('sha256').update(text, 'latin1').digest('hex');
}

/** A hash that nobody without the key can compute: what is short cannot be found by trying. */
export type KeyedHash = (text: string | Buffer) => string;

/** HMAC-SHA-256 (RFC 2104), hexadecimal. */
export function createKeyedHash(key: Buffer): KeyedHash {
  const secret = createSecretKey(key);
  return (text) => createHmac('sha256', secret).update(text).digest('hex');
}
