import { decodeString, type Token } from '../wire/token.ts';
import { listMembers } from '../wire/skim.ts';
import type { Annotations, ListedTool } from './listing.ts';

/** One tool from its raw JSON, as a server listed it; null where it has no name. Never throws. */
export function readListedTool(bytes: Buffer): ListedTool | null {
  const members = readMembers(bytes, { start: 0, end: bytes.length });
  const name = readText(bytes, members.get('name'));
  if (name === null) return null;
  const annotations = members.get('annotations');
  const hints = annotations === undefined ? new Map<string, Token>() : readMembers(bytes, annotations);
  const schema = members.get('inputSchema');
  return {
    name,
    title: readText(bytes, members.get('title')) ?? readText(bytes, hints.get('title')),
    description: readText(bytes, members.get('description')),
    inputSchema: schema === undefined ? null : bytes.subarray(schema.start, schema.end),
    annotations: readAnnotations(bytes, hints),
  };
}

/** By name, the last of two, as JSON.parse would have it. */
function readMembers(bytes: Buffer, object: Token): ReadonlyMap<string, Token> {
  const members = new Map<string, Token>();
  for (const { key, value } of listMembers(bytes, object) ?? []) {
    const name = readText(bytes, key);
    if (name !== null) members.set(name, value);
  }
  return members;
}

function readAnnotations(bytes: Buffer, hints: ReadonlyMap<string, Token>): Annotations {
  return {
    readOnly: readBoolean(bytes, hints.get('readOnlyHint')),
    destructive: readBoolean(bytes, hints.get('destructiveHint')),
  };
}

function readText(bytes: Buffer, token: Token | undefined): string | null {
  if (token === undefined || bytes[token.start] !== 0x22) return null;
  try {
    return decodeString(bytes, token);
  } catch {
    return null;
  }
}

function readBoolean(bytes: Buffer, token: Token | undefined): boolean | null {
  if (token === undefined) return null;
  const text = bytes.toString('latin1', token.start, Math.min(token.end, token.start + 6));
  return text === 'true' ? true : text === 'false' ? false : null;
}
