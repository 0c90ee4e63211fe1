import { findInner, findOuter } from '../wire/edit.ts';
import { decodeString } from '../wire/token.ts';
import { listMembers } from '../wire/skim.ts';

/** What a request of the client is about, beside its method. `name` is null where it is not the text it should be. */
export interface Subject {
  readonly kind: 'resources' | 'prompts';
  readonly name: string | null;
  /** The arguments of a prompt, raw JSON. */
  readonly args: Buffer | null;
}

/** The resource or prompt that a request reads, watches, gets or completes; null where it is about none. */
export function readSubject(method: string, line: Buffer): Subject | null {
  switch (method) {
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return { kind: 'resources', name: readText(findInner(line, 'params', 'uri')), args: null };
    case 'prompts/get':
      return {
        kind: 'prompts',
        name: readText(findInner(line, 'params', 'name')),
        args: findInner(line, 'params', 'arguments'),
      };
    case 'completion/complete':
      return readReference(findInner(line, 'params', 'ref'));
    default:
      return null;
  }
}

/** The params of a message, raw JSON; null where it has none. */
export function readParams(line: Buffer): Buffer | null {
  return findOuter(line, 'params');
}

/** `{"type": "ref/prompt", "name": ...}` or `{"type": "ref/resource", "uri": ...}`. */
function readReference(ref: Buffer | null): Subject {
  const name = readText(findMember(ref, 'name'));
  if (name !== null) return { kind: 'prompts', name, args: null };
  return { kind: 'resources', name: readText(findMember(ref, 'uri')), args: null };
}

/** The value of a member of a raw JSON object; null where there is none. */
export function findMember(object: Buffer | null, name: string): Buffer | null {
  if (object === null) return null;
  const members = listMembers(object, { start: 0, end: object.length });
  const value = members?.findLast(({ key }) => readText(object.subarray(key.start, key.end)) === name)?.value;
  return value === undefined ? null : object.subarray(value.start, value.end);
}

/** What a raw JSON string means; null where it is none. */
export function readText(json: Buffer | null): string | null {
  if (json === null || json[0] !== 0x22) return null;
  try {
    return decodeString(json, { start: 0, end: json.length });
  } catch {
    return null;
  }
}
