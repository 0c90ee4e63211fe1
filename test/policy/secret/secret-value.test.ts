import { describe, expect, test } from 'vitest';
import { createQuickLook, isSecretValue } from '../../../src/policy/secret/secret-value.ts';
import { HARMLESS_TEXTS, SECRET_TEXTS } from '../../fixtures/secret-texts.ts';

const mayHoldSecret = createQuickLook([]);

describe('which texts hold secrets', () => {
  test.each(SECRET_TEXTS)('%j', (text) => {
    expect(isSecretValue(text)).toBe(true);
    expect(isSecretValue(`look: ${text} \nand more`)).toBe(true);
  });

  test.each(SECRET_TEXTS)('the quick look does not overlook %j', (text) => {
    expect(mayHoldSecret(Buffer.from(JSON.stringify({ a: text })))).toBe(true);
  });

  test.each(HARMLESS_TEXTS)('not %j', (text) => expect(isSecretValue(text)).toBe(false));

  test.each([
    'eyJ',
    'eyJ-',
    '://a:',
    'sk-',
    'Bearer ',
    '-----BEGIN ',
    '://',
    ' ',
    'password=',
    'password: ',
    'token="',
    '--password ',
    '"name":',
    'name: a value: ',
    'mysql ',
    'login a password',
    '<a',
    'a.',
    '=',
    ':',
    '\\"',
    'key a.b(',
    'basic ',
    'A',
    'a_',
    '-u a',
    'redis-cli ',
    'token:{"type"',
    '"auth":{ ',
    'secret \\"',
  ])('very much of %j is read in no time', (part) => {
    const began = performance.now();
    isSecretValue(part.repeat(200_000 / part.length));
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
