import { readId } from './id.ts';
import type { Id } from './message.ts';

const ID = String.raw`"id"[ \t]*:[ \t]*(-?[0-9]+|"(?:[^"\\]|\\.)*")[ \t]*`;
/** Official clients write the id among the first members, official servers as the last. */
const AT_HEAD = new RegExp(
  String.raw`^[ \t]*\{[ \t]*(?:"jsonrpc"[ \t]*:[ \t]*"2\.0"[ \t]*,[ \t]*)?(?:"method"[ \t]*:[ \t]*"[^"\\]*"[ \t]*,[ \t]*)?${ID}[,}]`,
);
const AT_TAIL = new RegExp(String.raw`,[ \t]*${ID}(?:,[ \t]*"jsonrpc"[ \t]*:[ \t]*"2\.0"[ \t]*)?\}[ \t\r]*$`);

/**
 * The id of a line that was too long to read, from its two ends, null where neither shows it. The last brace of a
 * message closes the message itself, so what stands directly before it is its own member.
 */
export function findIdOfSkipped(head: Buffer, tail: Buffer): Id | null {
  const text = AT_HEAD.exec(head.toString())?.[1] ?? AT_TAIL.exec(tail.toString())?.[1];
  if (text === undefined) return null;
  const bytes = Buffer.from(text);
  return readId(bytes, { start: 0, end: bytes.length });
}
