import { createHash } from 'node:crypto';
import { listElements, listMembers } from '../wire/skim.ts';
import { decodeString, sliceToken, type Token } from '../wire/token.ts';

const LONGEST_SCHEMA = 1 << 20;

/** One tool as the server described it. */
export interface ToolDefinition {
  readonly name: string;
  readonly title: string | null;
  /** SHA-256 of its bytes, hexadecimal: any other word of it is another definition. */
  readonly hash: string;
  /** Its `inputSchema`, raw JSON, a copy; null where it has none, or one too long to keep. */
  readonly schema: Buffer | null;
  /** Where it stands in the answer. */
  readonly token: Token;
}

export interface ToolList {
  readonly tools: readonly ToolDefinition[];
  /** Every element in order, also those that are no tool. */
  readonly elements: readonly Token[];
}

/** The tools in an answer to tools/list; null where it holds no list. Throws nothing: what cannot be read is left out. */
export function readToolList(answer: Buffer): ToolList | null {
  const result = findMember(answer, { start: 0, end: answer.length - 1 }, 'result');
  const tools = result === null ? null : findMember(answer, result, 'tools');
  const elements = tools === null ? null : listElements(answer, tools);
  if (elements === null) return null;
  return { elements, tools: elements.flatMap((token) => readTool(answer, token) ?? []) };
}

/** The answer without the tools that are hidden; every byte of the rest stays as it was. */
export function cutTools(answer: Buffer, list: ToolList, isHidden: (name: string) => boolean): Buffer {
  const hidden = new Set(list.tools.filter(({ name }) => isHidden(name)).map(({ token }) => token));
  const first = list.elements[0];
  const last = list.elements.at(-1);
  if (hidden.size === 0 || first === undefined || last === undefined) return answer;
  const parts = [answer.subarray(0, first.start)];
  let previous: Token | null = null;
  for (const [index, element] of list.elements.entries()) {
    if (hidden.has(element)) continue;
    if (previous !== null) parts.push(separator(answer, list.elements[index - 1], element));
    parts.push(sliceToken(answer, element));
    previous = element;
  }
  parts.push(answer.subarray(last.end));
  return Buffer.concat(parts);
}

/** What stands between an element and the one before it, in the server's own layout. */
function separator(answer: Buffer, before: Token | undefined, element: Token): Buffer {
  return before === undefined ? Buffer.from(',') : answer.subarray(before.end, element.start);
}

function readTool(answer: Buffer, token: Token): ToolDefinition | null {
  const name = readString(answer, token, 'name');
  if (name === null) return null;
  const hash = createHash('sha256').update(sliceToken(answer, token)).digest('hex');
  const annotations = findMember(answer, token, 'annotations');
  const title =
    readString(answer, token, 'title') ??
    (annotations === null ? null : readString(answer, annotations, 'title'));
  return { name, title, hash, schema: copySchema(answer, token), token };
}

/** A view would hold all of the answer in memory. */
function copySchema(answer: Buffer, token: Token): Buffer | null {
  const schema = findMember(answer, token, 'inputSchema');
  if (schema === null || schema.end - schema.start > LONGEST_SCHEMA) return null;
  return Buffer.from(sliceToken(answer, schema));
}

function readString(bytes: Buffer, object: Token, key: string): string | null {
  const token = findMember(bytes, object, key);
  if (token === null || bytes[token.start] !== 0x22) return null;
  return decode(bytes, token);
}

/** The last member of that name, as JSON.parse would have it. */
function findMember(bytes: Buffer, object: Token, key: string): Token | null {
  const member = listMembers(bytes, object)?.findLast((candidate) => decode(bytes, candidate.key) === key);
  return member?.value ?? null;
}

function decode(bytes: Buffer, token: Token): string | null {
  try {
    return decodeString(bytes, token);
  } catch {
    return null;
  }
}
