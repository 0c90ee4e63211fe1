import { SCHEMES, tellsSecret } from './assignment.ts';
import { createFinder } from './find-words.ts';
import { KEY_STEMS } from './secret-key.ts';
import { holdsToken, OTHER_STARTS, TOKEN_STARTS } from './tokens.ts';

/** Whether the text holds something that looks like a key, a token or a password, wherever it stands. */
export function isSecretValue(value: string): boolean {
  return value.length >= SHORTEST && (holdsToken(value) || (BESIDE.test(value) && tellsSecret(value)));
}

/** `pwd=x` */
const SHORTEST = 5;
/** What any way of telling a secret needs beside its name. */
const BESIDE = /[\s=:>]/;

/**
 * False where no key and no value in JSON text, which has no escapes, can be a secret: a quick look before a long one.
 * Also true where one of `more` stands in it.
 */
export function createQuickLook(more: readonly string[]): (json: Uint8Array) => boolean {
  return createFinder([...KEY_STEMS, ...TOKEN_STARTS, ...OTHER_STARTS, ...SCHEMES, ...more], true).isInBytes;
}
