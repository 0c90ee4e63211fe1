/** Escapes, classes, groups, counts, and whatever else stands for one character. */
const PARTS =
  /\\[pPx]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|(?<open>\()(?:\?[^:()]*:)?|(?<close>\))|\{(?<low>\d+)(?:,(?<high>\d*))?\}|./gsu;

/** About how long a pattern is once `{n,m}` is written out: told without compiling it, which costs as much. */
export function countExpanded(pattern: string): number {
  /** What each open group holds so far. */
  const open: number[] = [];
  let total = 0;
  let last = 0;
  for (const { groups = {} } of pattern.matchAll(PARTS)) {
    if (groups['open'] !== undefined) {
      open.push(total);
      total = 0;
    } else if (groups['close'] !== undefined) {
      last = total;
      total += open.pop() ?? 0;
    } else if (groups['low'] === undefined) {
      last = 1;
      total++;
    } else {
      const times = Math.max(1, Number(groups['low']), Number(groups['high'] ?? ''));
      total += last * (times - 1);
      last *= times;
    }
  }
  return open.reduce((sum, outer) => sum + outer, total);
}
