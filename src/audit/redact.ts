import { createHash } from 'node:crypto';
import { isSecretKey, isSecretValue } from '../policy/secret.ts';
import { listElements, listMembers } from '../wire/skim.ts';
import { classifyToken, decodeString, spellToken, type Token } from '../wire/token.ts';

const MASK = '"[redacted]"';
/** A string longer than this is cut; arguments whose text is longer than that are told by length and hash alone. */
const MOST_STRING = 4_096;
const MOST_TEXT = 65_536;
/** Arguments beyond this are not walked through at all: a call must not cost seconds for a line that would be cut. */
const MOST_WALKED = 262_144;

/**
 * The arguments of a call as JSON text for the log: numbers as they were spelled, keys in their order, the values of
 * secret-looking keys and secret-looking values masked. `bytes` is a JSON object that was scanned.
 */
export function redactArguments(bytes: Buffer): string {
  const text = bytes.length > MOST_WALKED ? null : redactValue(bytes, { start: 0, end: bytes.length });
  if (text !== null && text.length <= MOST_TEXT) return text;
  return JSON.stringify(`[cut: ${bytes.length} bytes, sha256 ${hash(bytes)}]`);
}

function redactValue(bytes: Buffer, token: Token): string {
  switch (classifyToken(bytes, token)) {
    case 'object': {
      const members = listMembers(bytes, token) ?? [];
      return `{${members.map(({ key, value }) => `${spellToken(bytes, key)}:${redactMember(bytes, key, value)}`).join(',')}}`;
    }
    case 'array':
      return `[${(listElements(bytes, token) ?? []).map((element) => redactValue(bytes, element)).join(',')}]`;
    case 'string':
      return redactString(bytes, token);
    case 'number':
    case 'literal':
      return spellToken(bytes, token);
  }
}

function redactMember(bytes: Buffer, key: Token, value: Token): string {
  return isSecretKey(decodeString(bytes, key)) ? MASK : redactValue(bytes, value);
}

function redactString(bytes: Buffer, token: Token): string {
  const text = decodeString(bytes, token);
  if (isSecretValue(text)) return MASK;
  if (text.length <= MOST_STRING) return spellToken(bytes, token);
  return JSON.stringify(
    `${text.slice(0, MOST_STRING)} [cut: ${text.length} characters, sha256 ${hash(text)}]`,
  );
}

function hash(value: string | Buffer): string {
  return createHash('sha256').update(value).digest('hex');
}
