import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * How guard and console show each other that they know the guard's token: each signs the other's nonce and its own.
 * What one of them says cannot be played back by the other, since the side is signed too.
 */
export type Side = 'guard' | 'console';

const HEX = /^[0-9a-f]{64}$/;

/** 32 random bytes, hexadecimal. */
export function createNonce(): string {
  return randomBytes(32).toString('hex');
}

/** The proof of this side: `challenge` is the other's nonce, `own` its own. All are of one length, so it has one meaning. */
export function prove(token: string, side: Side, challenge: string, own: string): string {
  return createHmac('sha256', Buffer.from(token, 'hex')).update(`${side}:${challenge}:${own}`).digest('hex');
}

/** Whether the other side knows the token: `right` is the proof it has to give. */
export function checkProof(given: string, right: string): boolean {
  return HEX.test(given) && timingSafeEqual(Buffer.from(given), Buffer.from(right));
}

/** Whether it can be a nonce at all. */
export function isNonce(value: unknown): value is string {
  return typeof value === 'string' && HEX.test(value);
}
