/** What stands in the log in place of a secret: a keyed hash, so that the same secret can be recognized and not guessed. */
const MASKED = /^\[redacted(?: [0-9a-f]{12})?\]$/;
/** What ends a text that was cut. */
const CUT = /\[cut: \d+ (?:characters|bytes), hash [0-9a-f]{32}\]$/;

export function renderMask(hash: string): string {
  return `[redacted ${hash.slice(0, 12)}]`;
}

/** `length`: of the whole, in `unit`. */
export function renderCut(length: number, unit: 'characters' | 'bytes', hash: string): string {
  return `[cut: ${length} ${unit}, hash ${hash.slice(0, 32)}]`;
}

/** Whether a string of the log may stand for another text. A call that really said so is taken for masked too. */
export function isUntold(text: string): boolean {
  return MASKED.test(text) || CUT.test(text);
}
