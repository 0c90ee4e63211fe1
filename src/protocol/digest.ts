import { createHash } from 'node:crypto';
import { listMembers } from '../wire/skim.ts';
import { decodeString, sliceToken } from '../wire/token.ts';

/**
 * What clients say of the request rather than of the call: progress tokens, trace ids, the id of the agent's step. Much of
 * it differs each time, none of it is shown to a person, so the same call stays the same whatever it says.
 */
const REQUEST = ['_meta'];
/** Members of a call that continue an earlier round of it (specification 2026-07-28). */
const ROUND = ['inputResponses', 'requestState'];

/**
 * SHA-256 of a tools/call's params, hexadecimal: of every member, by name, as it is spelled. White space between members
 * does not count, and neither does `_meta`. `first` also leaves out what a client adds when it calls again.
 */
export function digestParams(params: Buffer, round: 'whole' | 'first'): string {
  const without = new Set([...REQUEST, ...(round === 'first' ? ROUND : [])]);
  const members = (listMembers(params, { start: 0, end: params.length }) ?? [])
    .map(({ key, value }) => ({ name: decodeString(params, key), value: sliceToken(params, value) }))
    .filter(({ name }) => !without.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const hash = createHash('sha256');
  // Lengths first, so that no two different calls make the same text.
  for (const { name, value } of members) {
    hash.update(`${Buffer.byteLength(name)}:${name}${value.length}:`).update(value);
  }
  return hash.digest('hex');
}
