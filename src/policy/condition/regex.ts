import type { RE2JS } from 're2js';
import { hasLoneSurrogate } from '../../wire/token.ts';
import { quote } from '../quote.ts';
import { countExpanded } from './expand-pattern.ts';

/** A pattern ready to be looked for. */
export interface Regex {
  /** What one character may cost at worst, in the engine's own instructions. */
  readonly size: number;
  /** Whether it is found anywhere in the text. */
  test(text: string): boolean;
}

/** A pattern that cannot be used. */
export class RegexError extends Error {
  /** What is wrong with it, in house voice. */
  readonly reason: string;
  readonly hint: string;

  constructor(reason: string, hint: string) {
    super(reason);
    this.name = 'RegexError';
    this.reason = reason;
    this.hint = hint;
  }
}

/** A project's policy may be hostile: what a pattern costs to compile and to look for is bounded. */
const MOST_CHARACTERS = 1_000;
const MOST_SIZE = 2_500;
/** Characters once counted repetitions are written out; an optional one makes two instructions. */
const MOST_EXPANDED = MOST_SIZE * 2;
/** Reading a policy and compiling it meet the same patterns; a reload mostly does, too. */
const MOST_KEPT = 1_000;

let engine: typeof RE2JS | null = null;
const kept = new Map<string, Regex>();

/** Must have ended before the first pattern is compiled. It takes a while, so it is for policies that have patterns. */
export async function loadRegexEngine(): Promise<void> {
  engine ??= (await import('re2js')).RE2JS;
}

/**
 * Compiles an RE2 pattern: linear time whatever the text, and no flags but inline ones. Throws RegexError for one that
 * RE2 does not have or that is too large, and Error where the engine was not loaded.
 */
export function compileRegex(pattern: string): Regex {
  const known = kept.get(pattern);
  if (known !== undefined) return known;
  const regex = compile(pattern);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(pattern, regex);
  return regex;
}

function compile(pattern: string): Regex {
  if (engine === null) throw new Error('the regex engine is not loaded');
  if (pattern.length > MOST_CHARACTERS || countExpanded(pattern) > MOST_EXPANDED) throw tooLarge();
  if (hasLoneSurrogate(pattern)) {
    throw new RegexError('half a surrogate pair in a pattern', 'write the whole character');
  }
  let compiled: RE2JS;
  try {
    compiled = engine.compile(pattern);
  } catch (error) {
    throw explain(pattern, error instanceof Error ? error.message : String(error));
  }
  const size = compiled.programSize();
  if (size > MOST_SIZE) throw tooLarge();
  return { size, test: (text) => compiled.test(text) };
}

function tooLarge(): RegexError {
  const reason = `a pattern that is too large; ${MOST_CHARACTERS} characters and small counts are fine`;
  return new RegexError(reason, 'shorten it, use several rules, or bound the length with `length`');
}

interface Flaw {
  /** Looked for in what is left of the pattern where the engine stopped. */
  readonly found: RegExp;
  readonly reason: string;
  readonly hint: string;
}

const LINEAR = 'RE2 leaves out what cannot be matched in linear time';

/** What people bring from other dialects. */
const FLAWS: readonly Flaw[] = [
  {
    found: /^\(\?<?[=!]/,
    reason: 'look-around in a pattern',
    hint: `${LINEAR}; write two tests, such as matches and not_matches`,
  },
  {
    found: /^\\(?:[1-9]|[kg][<{'])|^\(\?P=/,
    reason: 'a backreference in a pattern',
    hint: `${LINEAR}; write the repeated part out`,
  },
  {
    found: /^\(\?>/,
    reason: 'an atomic group in a pattern',
    hint: `${LINEAR} or needs no help with it: use (?:...)`,
  },
  {
    found: /^(?:[*+?]|\{[\d,]+\})\+/,
    reason: 'a possessive quantifier in a pattern',
    hint: `${LINEAR} or needs no help with it: leave out the second +`,
  },
  { found: /^\\Z/, reason: '\\Z in a pattern', hint: 'use \\z, the very end of the text' },
  { found: /^\\[uU]/, reason: '\\u in a pattern', hint: 'use \\x{...} with the hexadecimal number' },
  {
    found: /^\(\?[a-zA-Z-]*[^imsU<P:)-]/,
    reason: 'a group or flag that RE2 does not have',
    hint: 'inline flags are i, m, s and U, as in (?i)',
  },
];

/** The engine's message in the house's voice: `error parsing regexp: missing closing ): \`(a\``. */
function explain(pattern: string, message: string): RegexError {
  const plain = message.replace(/^error parsing regexp: /, '');
  const rest = /: `(.*)`$/s.exec(plain)?.[1] ?? '';
  // Of a look-behind the engine tells all that follows, of the others their beginning.
  const flaw = FLAWS.find(({ found }) => found.test(rest) || found.test(findFrom(pattern, rest)));
  if (flaw !== undefined) return new RegexError(flaw.reason, flaw.hint);
  const what = plain.slice(0, rest === '' ? undefined : -`: \`${rest}\``.length);
  const where = rest === '' || rest === pattern ? '' : ` at ${quote(rest, 40)}`;
  return new RegexError(
    `a pattern that is no RE2: ${what}${where}`,
    'see https://github.com/google/re2/wiki/Syntax',
  );
}

function findFrom(pattern: string, rest: string): string {
  const at = rest === '' ? -1 : pattern.indexOf(rest);
  return at === -1 ? '' : pattern.slice(at);
}
