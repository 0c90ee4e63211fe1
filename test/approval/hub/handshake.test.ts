import { describe, expect, test } from 'vitest';
import { checkProof, createNonce, isNonce, prove } from '../../../src/approval/hub/handshake.ts';

const TOKEN = '1'.repeat(64);
const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];

describe('a proof', () => {
  test('is the HMAC of the side and both nonces', () => {
    expect(prove(TOKEN, 'guard', A, B)).toBe(
      // printf 'guard:aa..:bb..' | openssl dgst -sha256 -mac HMAC -macopt hexkey:1111..
      'ff96d1556df8c7ec5f6f3c0d054309726d4455c348cf49f39d58e53cd2169ced',
    );
  });

  test.each<[string, ...Parameters<typeof prove>]>([
    ['another token', '2'.repeat(64), 'guard', A, B],
    ['the other side', TOKEN, 'console', A, B],
    ['the nonces exchanged', TOKEN, 'guard', B, A],
    ['another nonce', TOKEN, 'guard', A, A],
  ])('with %s is another', (_, ...other) => {
    const right = prove(TOKEN, 'guard', A, B);
    expect(checkProof(right, right)).toBe(true);
    expect(checkProof(prove(...other), right)).toBe(false);
  });

  test.each(['', 'a', A.toUpperCase(), `${A}0`, 'é'.repeat(32), 'z'.repeat(64)])(
    'that is no proof at all is refused, not thrown about: %j',
    (given) => expect(checkProof(given, prove(TOKEN, 'guard', A, B))).toBe(false),
  );
});

test('a nonce is 32 bytes, new each time', () => {
  expect(new Set(Array.from({ length: 100 }, createNonce)).size).toBe(100);
  expect([createNonce(), 'a', A.slice(1), 7, null].map(isNonce)).toEqual([true, false, false, false, false]);
});
