/**
 * Controls, bidi and zero-width characters, private use, unassigned, lone surrogates, every space but the plain one,
 * and the letters and marks that draw nothing.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** The text on one line, with everything that could draw on or hide in a terminal shown as an escape (`\x1b`). */
export function escapeUnseen(text: string): string {
  return text.replaceAll(UNSEEN, renderEscape);
}

/** The text in double quotes, escaped, and cut with its length where it has more than `most` characters. */
export function quote(text: string, most = 80): string {
  const shown = text.length <= most ? text : text.slice(0, most);
  const cut = text.length <= most ? '' : ` (${text.length} characters)`;
  return `"${escapeUnseen(shown.replaceAll(/["\\]/g, '\\$&'))}"${cut}`;
}

function renderEscape(character: string): string {
  const named = NAMED.get(character);
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return code < 0x100 ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`;
}
