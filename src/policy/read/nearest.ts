/** The one of the words that is likely meant, or null where none comes near. */
export function findNearest(word: string, words: readonly string[]): string | null {
  const most = word.length <= 4 ? 1 : 2;
  const near = words
    .map((candidate) => ({ candidate, distance: measureDistance(word.toLowerCase(), candidate) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.candidate ?? null;
}

/** How many letters to add, drop, change or swap with their neighbour. */
function measureDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Infinity;
  let [beforeLast, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (beforeLast[j - 2] ?? Infinity) + 1 : Infinity;
      row.push(
        Math.min((last[j - 1] ?? 0) + (same ? 0 : 1), (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, swap),
      );
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? Infinity;
}
