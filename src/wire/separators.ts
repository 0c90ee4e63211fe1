/**
 * The line with raw U+2028, U+2029 and U+0085 spelled as escapes. JSON allows them raw inside strings, but readers
 * that cut text into lines the Unicode way would see two messages. Only to be called on a line that was scanned, where
 * they can stand nowhere else.
 */
export function escapeSeparators(bytes: Buffer): Buffer {
  const text = bytes.toString();
  return Buffer.from(
    text.replaceAll(
      /[\u0085\u2028\u2029]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
}
