import { describe, expect, test } from 'vitest';
import { isSecretKey, isSecretValue } from '../../src/policy/secret.ts';

describe('which keys hold secrets', () => {
  test.each([
    'password',
    'Password',
    'DB_PASSWORD',
    'userPassword',
    'passwd',
    'passphrase',
    'token',
    'authToken',
    'access_token',
    'x-auth-token',
    'secret',
    'clientSecret',
    'AWS_SECRET_ACCESS_KEY',
    'authorization',
    'Authorization',
    'api_key',
    'apiKey',
    'x-api-key',
    'cookie',
    'Set-Cookie',
    'private_key',
    'privateKey',
    'access_key',
    'accessKeyId',
    'credentials',
  ])('%s does', (key) => expect(isSecretKey(key)).toBe(true));

  test.each(['name', 'key', 'keyboard', 'max_tokens', 'tokens', 'maxToken', 'path', 'author', 'pass', ''])(
    '%s does not',
    (key) => expect(isSecretKey(key)).toBe(false),
  );
});

describe('which values are secrets', () => {
  const random = 'aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5';
  test.each([
    `ghp_${random}`,
    `github_pat_${random}`,
    `sk-${random}`,
    `sk-proj-${random}`,
    'xoxb-1234567890-abcdef',
    'AKIAIOSFODNN7EXAMPLE',
    `AIza${random}`,
    `glpat-${random}`,
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE',
    '-----BEGIN PRIVATE KEY-----',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
    'postgres://me:hunter2@db.example/x',
    `curl -H "Authorization: Bearer ${random}"`,
  ])('%s', (value) => expect(isSecretValue(value)).toBe(true));

  test.each([
    'hello',
    'b-4d1f0c52',
    'task-force',
    'https://example.com:8080/a@b',
    'eyJust a word',
    'AKIA',
    '-----BEGIN CERTIFICATE-----',
  ])('not %s', (value) => expect(isSecretValue(value)).toBe(false));

  test.each(['eyJ', 'eyJ-', '://a:', 'sk-', 'Bearer ', '-----BEGIN ', '://', ' '])(
    'a megabyte of %j is read in no time',
    (part) => {
      const began = performance.now();
      isSecretValue(part.repeat(1_000_000 / part.length));
      expect(performance.now() - began).toBeLessThan(2_000);
    },
  );
});
