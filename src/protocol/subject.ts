import { findOuter } from '../wire/edit.ts';
import { foldName } from '../wire/members.ts';
import { listElements, listMembers } from '../wire/skim.ts';
import { decodeString, hasLoneSurrogate, sliceToken } from '../wire/token.ts';

/** What a request of the client is about, beside its method. `name` is null where nobody can tell it. */
export interface Subject {
  readonly kind: 'resources' | 'prompts';
  readonly name: string | null;
  /** The arguments of a prompt, raw JSON. */
  readonly args: Buffer | null;
}

/** Where it cannot be told whether a resource or a prompt is meant, or which. */
const UNCLEAR: readonly Subject[] = [
  { kind: 'resources', name: null, args: null },
  { kind: 'prompts', name: null, args: null },
];
/** More resources than anybody watches at once. */
const MOST_WATCHED = 1_000;
/** A longer URI leads nowhere, and all its spellings take seconds to find. */
const LONGEST_URI = 65_536;

/** The resources and prompts that a request reads, watches, gets or completes; `params` is strict JSON. */
export function readSubjects(method: string, params: Buffer | null): readonly Subject[] {
  switch (method) {
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return [nameResource(findMember(params, 'uri'))];
    case 'prompts/get': {
      const args = findMember(params, 'arguments');
      return [{ kind: 'prompts', name: readText(findMember(params, 'name')), args }];
    }
    case 'completion/complete':
      return readReference(params);
    case 'subscriptions/listen':
      return readWatched(params);
    default:
      return [];
  }
}

/** The params of a message, raw JSON; null where it has none. */
export function readParams(line: Buffer): Buffer | null {
  return findOuter(line, 'params');
}

/** The value of a member of a raw JSON object; null where there is none. */
export function findMember(object: Buffer | null, name: string): Buffer | null {
  return listNamed(object)?.findLast((member) => member.name === name)?.value ?? null;
}

/** Whether readers differ on the members of these names: one stands twice, or in a spelling that only some take for it. */
export function hasLookalike(object: Buffer | null, names: readonly string[]): boolean {
  const folded = new Set(names.map(foldName));
  const left = new Set(names);
  const members = listNamed(object) ?? [];
  return members.some(({ name }) => name === null || (folded.has(foldName(name)) && !left.delete(name)));
}

/** A member of an object, its value raw JSON; `name` is null where readers differ on it. */
export interface Named {
  readonly name: string | null;
  readonly value: Buffer;
}

/** The members of a raw JSON object, in their order; null where it is none. */
export function listNamed(object: Buffer | null): readonly Named[] | null {
  if (object === null) return null;
  const members = listMembers(object, { start: 0, end: object.length });
  if (members === null) return null;
  return members.map(({ key, value }) => ({
    name: readText(sliceToken(object, key)),
    value: sliceToken(object, value),
  }));
}

/** What a raw JSON string means; null where it is none that all readers understand alike. */
export function readText(json: Buffer | null): string | null {
  if (json === null || json[0] !== 0x22) return null;
  try {
    const text = decodeString(json, { start: 0, end: json.length });
    return hasLoneSurrogate(text) ? null : text;
  } catch {
    return null;
  }
}

/** `{"type": "ref/prompt", "name": ...}` or `{"type": "ref/resource", "uri": ...}`; servers differ on which member counts. */
function readReference(params: Buffer | null): readonly Subject[] {
  const ref = findMember(params, 'ref');
  if (hasLookalike(params, ['ref']) || hasLookalike(ref, ['type', 'name', 'uri'])) return UNCLEAR;
  const name = findMember(ref, 'name');
  const uri = findMember(ref, 'uri');
  if (name === null && uri === null) return UNCLEAR;
  const prompt: Subject = { kind: 'prompts', name: readText(name), args: null };
  return [...(name === null ? [] : [prompt]), ...(uri === null ? [] : [nameResource(uri)])];
}

/** 2026-07-28: `{"notifications": {"resourceSubscriptions": [uri, ...]}}` in place of resources/subscribe. */
function readWatched(params: Buffer | null): readonly Subject[] {
  const notifications = findMember(params, 'notifications');
  const uris = findMember(notifications, 'resourceSubscriptions');
  const isUnclear =
    hasLookalike(params, ['notifications']) || hasLookalike(notifications, ['resourceSubscriptions']);
  if (isUnclear) return [nameResource(null)];
  if (uris === null || uris.toString() === 'null') return [];
  const tokens = listElements(uris, { start: 0, end: uris.length });
  if (tokens === null || tokens.length > MOST_WATCHED) return [nameResource(null)];
  return tokens.map((token) => nameResource(sliceToken(uris, token)));
}

function nameResource(uri: Buffer | null): Subject {
  const text = readText(uri);
  return { kind: 'resources', name: text === null || text.length > LONGEST_URI ? null : text, args: null };
}
