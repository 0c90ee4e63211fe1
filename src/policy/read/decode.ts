import { isUtf8 } from 'node:buffer';
import { Problems } from './problems.ts';

const BOM = '\ufeff';

/** The bytes as text. Null where they are no plain UTF-8 text, and the problems say so. */
export function decodePolicy(
  bytes: Buffer,
  file: string,
): { readonly text: string | null; readonly problems: Problems } {
  const loose = bytes.toString('utf8');
  const text = loose.startsWith(BOM) ? loose.slice(1) : loose;
  const problems = new Problems(file, text);
  if (isUtf16(bytes)) {
    problems.error({ start: 0, end: 0 }, 'not_utf8', 'the file is UTF-16, not UTF-8', 'save it as UTF-8');
    return { text: null, problems };
  }
  if (!isUtf8(bytes)) {
    const start = Math.max(0, text.indexOf('\ufffd'));
    problems.error(
      { start, end: start + 1 },
      'not_utf8',
      'bytes that are no UTF-8',
      'save the file as UTF-8',
    );
    return { text: null, problems };
  }
  // A lone CR is a line end to some editors and a space to the reader: a rule could look other than it is.
  const control = /(?![\t\r\n\x85])\p{Cc}|\r(?!\n)/u.exec(text);
  if (control !== null) {
    const { index } = control;
    const code = control[0].charCodeAt(0).toString(16).padStart(2, '0');
    const message = `a control character, \\x${code}`;
    problems.error(
      { start: index, end: index + 1 },
      'control_character',
      message,
      'remove it, or write it as an escape in double quotes',
    );
    return { text: null, problems };
  }
  return { text, problems };
}

function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return bytes.length > 1 && (first === 0) !== (second === 0);
}
