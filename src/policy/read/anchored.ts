/** A group around all that follows, captured or not, perhaps with flags of its own. */
const GROUP = /^\((?:\?(?:P?<\w+>|[a-zA-Z-]*:))?(?!\?)/;

/**
 * Whether an RE2 pattern is found only where it fits a whole text: every alternative begins with `^` or `\A` and ends
 * with `$` or `\z`. In doubt it is not.
 */
export function isAnchored(pattern: string): boolean {
  // With `m`, `^` and `$` fit at each line.
  const hasLines = /\(\?[a-zA-Z]*m/.test(pattern);
  const rest = pattern.replace(/^(?:\(\?[a-zA-Z-]*\))+/, '');
  // Flags further in would let a `?` behind them reach the mark before them.
  return !/\(\?[a-zA-Z-]*\)/.test(rest) && isBound(rest, hasLines);
}

function isBound(pattern: string, hasLines: boolean): boolean {
  const alternatives = split(pattern);
  if (alternatives === null) return false;
  if (alternatives.length > 1) return alternatives.every((alternative) => isBound(alternative, hasLines));
  const group = GROUP.exec(pattern)?.[0];
  if (group !== undefined && closesAtEnd(pattern)) return isBound(pattern.slice(group.length, -1), hasLines);
  const begins = hasLines ? /^\\A(?![*+?{])/ : /^(?:\\A|\^)(?![*+?{])/;
  const ends = hasLines ? /^(?:[^\\]|\\.)*\\z$/s : /^(?:[^\\]|\\[^z]|\\z(?!$))*(?:\$|\\z)$/s;
  return begins.test(pattern) && ends.test(pattern);
}

/** The alternatives outside of all groups; null where a quotation (`\Q`) makes them hard to tell. */
function split(pattern: string): string[] | null {
  const alternatives: string[] = [];
  let [depth, from] = [0, 0];
  for (const { kind, at } of listMarks(pattern)) {
    if (kind === '\\Q') return null;
    if (kind === '(') depth++;
    if (kind === ')') depth--;
    if (kind !== '|' || depth > 0) continue;
    alternatives.push(pattern.slice(from, at));
    from = at + 1;
  }
  return [...alternatives, pattern.slice(from)];
}

/** Whether the bracket that opens the pattern is closed by its last character. */
function closesAtEnd(pattern: string): boolean {
  let depth = 0;
  for (const { kind, at } of listMarks(pattern)) {
    if (kind === '(') depth++;
    if (kind === ')') depth--;
    if (depth === 0) return at === pattern.length - 1;
  }
  return false;
}

interface Mark {
  /** `(`, `)`, `|` or `\Q`. */
  readonly kind: string;
  readonly at: number;
}

/** What is neither escaped nor in a class of characters. */
function listMarks(pattern: string): Mark[] {
  const tokens = /\\Q|\\.|\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]|[()|]/gs;
  return [...pattern.matchAll(tokens)]
    .map(({ 0: kind, index }) => ({ kind, at: index }))
    .filter(({ kind }) => /^(?:[()|]|\\Q)$/.test(kind));
}
