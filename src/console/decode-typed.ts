import { isUtf8 } from 'node:buffer';

/** What was typed as text, and the bytes at its end that begin a character of which more is to come. */
export function decodeTyped(bytes: Buffer): [text: string, partial: Uint8Array] {
  for (const cut of [0, 1, 2, 3]) {
    const [whole, partial] = [bytes.subarray(0, -cut || bytes.length), bytes.subarray(bytes.length - cut)];
    if (partial.length === cut && isUtf8(whole) && isBeginning(partial)) return [whole.toString(), partial];
  }
  // No text at all: it is shown as that, and nothing is waited for.
  return [bytes.toString(), new Uint8Array()];
}

/** Whether these bytes, perhaps none, can go on as one character. */
function isBeginning([first, ...rest]: Uint8Array): boolean {
  if (first === undefined) return true;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  return first >= 0xc2 && first <= 0xf4 && rest.length + 1 < length;
}
