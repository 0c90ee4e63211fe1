import { isSecretValue } from '../policy/secret/secret-value.ts';
import { renderCut, renderMask } from './mask.ts';

/** A keyed hash, hexadecimal: what it is of cannot be guessed from it. */
export type Hash = (text: string | Buffer) => string;

/** A string longer than this is cut. */
export const MOST_STRING = 4_096;
/** Stands where there is no key to hash with. */
export const NO_HASH = '0'.repeat(32);

/** A single text for the log: as it is, cut with its length and hash, or masked where it holds a secret. */
export function redactText(text: string, hash: Hash | null): string {
  if (isSecretValue(text)) return mask(JSON.stringify(text), hash);
  return text.length <= MOST_STRING ? text : cut(text, hash);
}

/**
 * A message of ours that quotes what came from outside: what it quotes, and else single words, masked where they hold a
 * secret, and all behind its first words where that is not enough.
 */
export function redactMessage(text: string, hash: Hash | null): string {
  if (!isSecretValue(text)) return text;
  const hide = (part: string): string => (isSecretValue(part) ? mask(part, hash) : part);
  const shown = text.replaceAll(QUOTED, hide).split(BLANKS).map(hide).join('');
  if (!isSecretValue(shown)) return shown;
  const head = /^[^"']{0,80}?: /.exec(text)?.[0] ?? '';
  return isSecretValue(head) ? mask(text, hash) : `${head}${mask(text, hash)}`;
}

const QUOTED = /"(?:[^"\\]|\\.)*"/g;
const BLANKS = /(\s+)/;

/** The mask of a value, by its JSON text: what is spelled in two ways is not told as the same. */
export function mask(json: string, hash: Hash | null): string {
  return hash === null ? '[redacted]' : renderMask(hash(json));
}

/** The beginning of a text, with the length and hash of the whole. No half of a sign ends it. */
export function cut(text: string, hash: Hash | null): string {
  const unit = text.charCodeAt(MOST_STRING - 1);
  const end = unit >= 0xd800 && unit <= 0xdbff ? MOST_STRING - 1 : MOST_STRING;
  return `${text.slice(0, end)} ${renderCut(text.length, 'characters', hash?.(text) ?? NO_HASH)}`;
}
