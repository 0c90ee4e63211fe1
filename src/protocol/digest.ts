import { createHash, type Hash } from 'node:crypto';
import { listMembers } from '../wire/skim.ts';
import { decodeString, sliceToken } from '../wire/token.ts';

/** Members of a call that continue an earlier round of it (specification 2026-07-28). */
const ROUND = new Set(['inputResponses', 'requestState']);

/**
 * SHA-256 of a tools/call's params, hexadecimal: of every member, by name, as it is spelled. White space between members
 * does not count, and neither does `_meta.progressToken`, which means nothing to the tool. `round` leaves out what a
 * client adds when it calls again.
 */
export function digestParams(params: Buffer, round: 'whole' | 'first'): string {
  const hash = createHash('sha256');
  addMembers(hash, params, round === 'first' ? ROUND : NONE);
  return hash.digest('hex');
}

const NONE: ReadonlySet<string> = new Set();
const IN_META: ReadonlySet<string> = new Set(['progressToken']);

function addMembers(hash: Hash, object: Buffer, without: ReadonlySet<string>): void {
  const members = (listMembers(object, { start: 0, end: object.length }) ?? [])
    .map(({ key, value }) => ({ name: decodeString(object, key), value: sliceToken(object, value) }))
    .filter(({ name }) => !without.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, value } of members) {
    // Lengths first, so that no two different calls make the same text.
    const isMeta = name === '_meta' && value[0] === 0x7b;
    hash.update(`${Buffer.byteLength(name)}:${name}${isMeta ? '{' : `${value.length}:`}`);
    if (isMeta) addMembers(hash, value, IN_META);
    else hash.update(value);
    if (isMeta) hash.update('}');
  }
}
