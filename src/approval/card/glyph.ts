/**
 * What a code point does on a terminal. The rule is an allowlist: what is not surely a glyph that draws itself and
 * nothing else is never sent. Unicode's tables are those of the running Node, so what they do not know is not shown.
 */

/** How a terminal takes our words. */
export interface Charset {
  /** Only ASCII may be sent: the locale is not UTF-8. */
  readonly ascii: boolean;
  /** A Chinese, Japanese or Korean locale, where terminals may give every non-ASCII letter two cells. */
  readonly wide: boolean;
}

const DRAWS = /^[\p{L}\p{N}\p{P}\p{S}]$/u;
/** Letters and symbols by category that draw nothing, or that stand for our own marks. */
const BLANK = /^[\p{Default_Ignorable_Code_Point}\u2420\u2800\u3164\uffa0\ufffc\ufffd\u{1d159}]$/u;
/** Vowels and finals of Hangul draw over the syllable before them, as combining marks do, but count as letters. */
const CONJOINING = /^[\u1160-\u11ff\ud7b0-\ud7ff]$/u;
const LETTER = /^\p{L}$/u;
const MARK = /^[\p{Mn}\p{Mc}]$/u;
const RIGHT_TO_LEFT = /^[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]$/u;
const MAYBE_WIDE =
  /^[\p{Emoji}\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe10-\ufe6f\uff00-\uffef\u{10000}-\u{10ffff}]$/u;

/** Whether the code point draws itself in its own cells and does nothing to others. */
export function isGlyph(point: string): boolean {
  return DRAWS.test(point) && !BLANK.test(point) && !CONJOINING.test(point);
}

export function isLetter(point: string): boolean {
  return LETTER.test(point);
}

/** An accent and its like, which draws on the letter before it. Enclosing marks are not: they hide what they enclose. */
export function isMark(point: string): boolean {
  return MARK.test(point) && !BLANK.test(point);
}

export function isRightToLeft(point: string): boolean {
  return RIGHT_TO_LEFT.test(point);
}

/**
 * The most cells any terminal gives the code point. Terminals disagree about emoji and new scripts; with the upper
 * bound a line may end early, but it can never run over the edge, where the terminal would wrap it past the gutter.
 */
export function countCells(point: string, { wide }: Charset): number {
  if (point <= '\x7f') return 1;
  return wide || MAYBE_WIDE.test(point) ? 2 : 1;
}
