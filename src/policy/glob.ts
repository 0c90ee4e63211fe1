/** Whether the key is a glob rather than an exact name. */
export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/**
 * Whether the whole text fits the pattern: `*` stands for any characters or none, `?` for exactly one. Time is at most
 * pattern times text: a mismatch goes back to the last `*` alone, as an earlier one could gain nothing.
 */
export function matchGlob(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (pattern[p] === '?' || pattern[p] === text[t]) {
      p++;
      t++;
    } else if (star !== -1) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** The characters that every text fitting the pattern begins with. */
export function readPrefix(pattern: string): string {
  return /^[^*?]*/.exec(pattern)?.[0] ?? '';
}

/** The characters that every text fitting the pattern ends with. */
export function readSuffix(pattern: string): string {
  return pattern.slice(Math.max(pattern.lastIndexOf('*'), pattern.lastIndexOf('?')) + 1);
}
