/** Beyond it a name says nothing more. */
const LONGEST = 256;

/** The words of a name in small letters: `getHTTPResponse`, `pods_delete`, `API-post-search`. Digits part words. */
export function splitName(name: string): string[] {
  const text = name.slice(0, LONGEST);
  const spaced = /[A-Z]/.test(text)
    ? text.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    : text;
  return spaced.toLowerCase().match(/[a-z]+/g) ?? [];
}

/** The word without its plural. */
export function singular(word: string): string {
  if (/(?:ss|us|is)$/.test(word) || word.length < 4) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:sh|ch|x|ss)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}
