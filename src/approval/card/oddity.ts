import { isGlyph, isMark, isRightToLeft } from './glyph.ts';

/** Longer texts are looked at no further: what does not draw is shown as an escape there too. */
const MOST_LOOKED_AT = 20_000;

const OFTEN_CONFUSED = [
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
  ['Coptic', /\p{Script=Coptic}/u],
  ['fullwidth', /[\uff21-\uff3a\uff41-\uff5a]/u],
  ['mathematical', /[\u{1d400}-\u{1d7ff}]/u],
] as const;
const WORD = /[\p{L}\p{N}]+/gu;
const LATIN = /[A-Za-z]/;
const HARMLESS = /^[ -~\t\n\r]*$/;

/** What a person should know about a text before trusting their eyes, in words of ours. */
export function describeOddities(text: string): string[] {
  const looked = text.slice(0, MOST_LOOKED_AT);
  if (HARMLESS.test(looked)) return [];
  const points = Array.from(looked);
  const oddities = listMixedAlphabets(looked).map((name) => `mixes Latin and ${name} letters in one word`);
  if (points.some(isRightToLeft))
    oddities.push('right-to-left letters: their order on the screen may differ');
  const hidden = points.filter((point) => !HARMLESS.test(point) && !isMark(point) && !isGlyph(point)).length;
  if (hidden > 0)
    oddities.push(
      `${hidden} ${hidden === 1 ? 'character that does' : 'characters that do'} not draw, shown as escapes`,
    );
  return oddities;
}

function listMixedAlphabets(text: string): string[] {
  const found = new Set<string>();
  for (const [word] of text.matchAll(WORD)) {
    if (!LATIN.test(word)) continue;
    for (const [name, letters] of OFTEN_CONFUSED) if (letters.test(word)) found.add(name);
  }
  return [...found];
}
