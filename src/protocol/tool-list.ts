import { foldName } from '../wire/members.ts';
import { listElements, listMembers } from '../wire/skim.ts';
import { decodeString, sliceToken, type Token } from '../wire/token.ts';

/** One tool in an answer. */
export interface ToolEntry {
  readonly name: string;
  /** Where it stands. */
  readonly token: Token;
}

export interface ToolList {
  readonly tools: readonly ToolEntry[];
  /** Every element in order, also those that are no tool. */
  readonly elements: readonly Token[];
  /** Those of which readers may take different names for theirs. */
  readonly doubtful: ReadonlySet<Token>;
}

/** The tools in an answer to tools/list; null where it holds no list. Throws nothing: what cannot be read is left out. */
export function readToolList(answer: Buffer): ToolList | null {
  const result = findMember(answer, { start: 0, end: answer.length - 1 }, 'result');
  const tools = result === null ? null : findMember(answer, result, 'tools');
  const elements = tools === null ? null : listElements(answer, tools);
  if (elements === null) return null;
  const doubtful = new Set(elements.filter((token) => isDoubtful(answer, token, 'name')));
  const clear = elements.filter((token) => !doubtful.has(token));
  return { elements, tools: clear.flatMap((token) => readTool(answer, token) ?? []), doubtful };
}

/**
 * Whether readers may find another list in the answer than `readToolList` does: some take the first of two members of
 * one name, and some match `Tools` without regard to case.
 */
export function hasDoubtfulList(answer: Buffer): boolean {
  const result = findMember(answer, { start: 0, end: answer.length - 1 }, 'result');
  return result !== null && isDoubtful(answer, result, 'tools');
}

/** The answer without the tools that are hidden or doubtful; every byte of the rest stays as it was. */
export function cutTools(answer: Buffer, list: ToolList, isHidden: (name: string) => boolean): Buffer {
  const named = list.tools.filter(({ name }) => isHidden(name)).map(({ token }) => token);
  const hidden = new Set([...named, ...list.doubtful]);
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

function readTool(answer: Buffer, token: Token): ToolEntry | null {
  const name = readString(answer, token, 'name');
  return name === null ? null : { name, token };
}

/** The text of a member; null where there is none. */
export function readString(bytes: Buffer, object: Token, key: string): string | null {
  const token = findMember(bytes, object, key);
  if (token === null || bytes[token.start] !== 0x22) return null;
  return decode(bytes, token);
}

/** The last member of that name, as JSON.parse would have it. */
export function findMember(bytes: Buffer, object: Token, key: string): Token | null {
  const member = listMembers(bytes, object)?.findLast((candidate) => decode(bytes, candidate.key) === key);
  return member?.value ?? null;
}

/** Whether it has several members that some reader takes for the one of that name, or one in another spelling alone. */
function isDoubtful(bytes: Buffer, object: Token, name: string): boolean {
  const keys = (listMembers(bytes, object) ?? []).map(({ key }) => decode(bytes, key));
  const named = keys.filter((key) => key !== null && foldName(key) === name);
  return named.length > 1 || named.some((key) => key !== name);
}

function decode(bytes: Buffer, token: Token): string | null {
  try {
    return decodeString(bytes, token);
  } catch {
    return null;
  }
}
