/** Beyond it a name says nothing more. */
const LONGEST = 256;

/** The words of a name in small letters: `getHTTPResponse`, `pods_delete`, `API-post-search`. Digits part words. */
export function splitName(name: string): string[] {
  const words: string[] = [];
  const end = Math.min(name.length, LONGEST);
  let start = 0;
  for (let at = 0; at <= end; at++) {
    const isLetter = at < end && (isUpper(name, at) || isLower(name, at));
    if (isLetter && !beginsWord(name, at)) continue;
    if (at > start) words.push(name.slice(start, at).toLowerCase());
    start = isLetter ? at : at + 1;
  }
  return words;
}

/** An upper-case letter behind a lower-case one, or before one: `list|Broker`, `HTTP|Response`. */
function beginsWord(name: string, at: number): boolean {
  return isUpper(name, at) && (isLower(name, at - 1) || (isUpper(name, at - 1) && isLower(name, at + 1)));
}

function isUpper(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 65 && code <= 90;
}

function isLower(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 97 && code <= 122;
}

/** The word without its plural. */
export function singular(word: string): string {
  if (/(?:ss|us|is)$/.test(word) || word.length < 4) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:sh|ch|x|ss)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}
