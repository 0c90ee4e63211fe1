import { escapeUnseen, quote } from '../quote.ts';

/** Longer ones are better looked at in the file. */
const LONGEST = 80;

/** Where a key or a value begins on its line: behind a colon, a comma, a bracket or a dash. */
const STARTS = /[:,[{]\s+|[[{](?=["'\w~.*^/])|^\s*(?:-\s+)*/g;
/** Quotes were thought of, or a comma is missing in front of another key. */
const ODD = /^["']|\s[\w.]+:(?:\s|$)/;
/** `args.list[0].x` and `args["odd key"]` as a key. */
const PATH = /^[\w$.-]*(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\][\w$.-]*)+(?=\s*:(?:\s|$))/;

/**
 * The text around `at` that YAML has taken apart, as it must be written: in quotes. Null where no such text can be told
 * from what stands around it.
 */
export function suggestQuotes(text: string, at: number): string | null {
  const from = text.lastIndexOf('\n', at - 1) + 1;
  const line = text.slice(from).split(/\r?\n/, 1)[0] ?? '';
  const starts = [...line.matchAll(STARTS)].map(({ 0: { length }, index }) => index + length);
  const near = starts.filter((start) => start <= at - from && start > at - from - LONGEST);
  for (const start of near.toReversed()) {
    const rest = line.slice(start, start + LONGEST + 1);
    const found = PATH.exec(rest)?.[0] ?? cutValue(rest);
    // What ends before the place of the error is another text.
    if (start + found.length <= at - from) continue;
    return ODD.test(found) || found.length > LONGEST ? null : renderQuoted(found);
  }
  return null;
}

/** The text in the quotes that change least of it: backslashes stay what they are in single ones. */
export function renderQuoted(text: string): string {
  return /["\\]/.test(text) && !text.includes("'") ? `'${escapeUnseen(text)}'` : quote(text);
}

/** Up to where a person would say that the value ends: a comma, a comment, or a bracket that it has not opened. */
function cutValue(rest: string): string {
  let depth = 0;
  for (let index = 0; index < rest.length; index++) {
    const character = rest.charAt(index);
    const isLast = depth === 0 && /^(?:,\s|\s#|\s*$|[\]}])/.test(rest.slice(index));
    if (isLast) return rest.slice(0, index).trimEnd();
    if ('[{'.includes(character)) depth++;
    if (']}'.includes(character)) depth--;
  }
  return rest.trimEnd();
}
