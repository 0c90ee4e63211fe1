import { createHash } from 'node:crypto';
import { quoteAscii } from '../wire/token.ts';

/** More is shown by its length and hash alone: the agent reads it, and so does a person. */
const MOST_SHOWN = 200;
const PLAIN = /^[\x21-\x7e]+$/;

/**
 * What a request is about, for the agent and for a person. A yes is remembered by it, so two texts never come to the
 * same: of several each is in quotes, and what is cut has its hash.
 */
export function renderTargets(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  if (rest.length === 0 && PLAIN.test(first) && first.length <= MOST_SHOWN) return first;
  const quoted = names.map((name) => quoteAscii(name, name.length)).join(', ');
  if (quoted.length <= MOST_SHOWN) return quoted;
  const hash = createHash('sha256').update(quoted).digest('hex').slice(0, 32);
  return `${quoted.slice(0, MOST_SHOWN)}... (${quoted.length} characters, SHA-256 ${hash})`;
}
