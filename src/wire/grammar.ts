import { OpenKeys } from './keys.ts';
import { decodeString, hasLoneSurrogate, quoteAscii } from './token.ts';

export const MOST_DEPTH = 100;

/** A line that cannot be passed on: -32700 where it is not JSON, -32600 where readers would differ on it. */
export class Refused extends Error {
  readonly code: -32700 | -32600;

  constructor(code: -32700 | -32600, message: string) {
    super(message);
    this.code = code;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Bytes that a string may hold and that need no second look: U+0085 begins with C2, U+2028 and U+2029 with E2. */
const PLAIN = new Uint8Array(256).fill(1).fill(0, 0, 0x20);
for (const byte of [QUOTE, BACKSLASH, 0xc2, 0xe2]) PLAIN[byte] = 0;

/**
 * RFC 8259 and nothing beside it, byte by byte: no value is made and nothing is copied. Also refused are a key that
 * comes twice in one object, half a surrogate pair in a key, and more than 100 levels. Throws Refused.
 */
export class Grammar {
  bytes: Buffer = Buffer.alloc(0);
  /** Where it stands, and where the line's final "\n" stands. */
  at = 0;
  end = 0;
  /** Raw U+2028, U+2029 or U+0085 stand in a string that was passed. */
  separators = false;
  #depth = 0;
  #escaped = false;
  readonly #keys = new OpenKeys();
  readonly #scanAny = (): void => this.scanValue();

  /** Stands at the first byte of a line; an empty one lets go of the line before. */
  begin(bytes: Buffer): void {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length - 1;
    this.separators = false;
    this.#depth = 0;
    this.#keys.reset(bytes);
  }

  /** One value of any kind, from its first byte to behind its last. */
  scanValue(): void {
    const byte = this.bytes[this.at];
    switch (byte) {
      case QUOTE:
        return this.#scanString();
      case 0x7b:
        return this.scanObject(this.#scanAny);
      case 0x5b:
        return this.scanArray(this.#scanAny);
      case 0x74:
        return this.#scanWord('true');
      case 0x66:
        return this.#scanWord('false');
      case 0x6e:
        return this.#scanWord('null');
      default:
        return this.#scanNumber();
    }
  }

  /** From "{" to behind "}"; `scanValue` is called with the place of each key, standing on its value. */
  scanObject(scanValue: (keyStart: number, keyEnd: number) => void): void {
    this.#enter();
    this.#keys.open();
    if (!this.#take(0x7d)) {
      do {
        this.skipSpace();
        const start = this.at;
        if (this.bytes[start] !== QUOTE) this.refuse('where a key in double quotes is expected');
        this.#scanString();
        const end = this.at;
        this.#checkKey(start, end);
        if (!this.#take(0x3a)) this.refuse('where a ":" is expected');
        this.skipSpace();
        scanValue(start, end);
      } while (this.#take(0x2c));
      if (!this.#take(0x7d)) this.refuse('where a "," or "}" is expected');
    }
    this.#keys.close();
    this.#depth--;
  }

  #checkKey(start: number, end: number): void {
    const escaped = this.#escaped;
    if (escaped && hasLoneSurrogate(decodeString(this.bytes, { start, end }))) {
      throw new Refused(-32600, `the key at byte ${start} holds half a surrogate pair; readers differ on it`);
    }
    if (!this.#keys.add(start, end, escaped)) {
      const key = quoteAscii(decodeString(this.bytes, { start, end }));
      throw new Refused(
        -32600,
        `the key ${key} comes twice in one object, at byte ${start}; readers differ on which counts`,
      );
    }
  }

  /** From "[" to behind "]"; `scanElement` is called standing on each element. */
  scanArray(scanElement: () => void): void {
    this.#enter();
    if (!this.#take(0x5d)) {
      do {
        this.skipSpace();
        scanElement();
      } while (this.#take(0x2c));
      if (!this.#take(0x5d)) this.refuse('where a "," or "]" is expected');
    }
    this.#depth--;
  }

  #enter(): void {
    this.at++;
    if (++this.#depth > MOST_DEPTH) {
      throw new Refused(-32600, `it is nested deeper than ${MOST_DEPTH} levels, at byte ${this.at - 1}`);
    }
  }

  /** From the opening quote to behind the closing one; tells in `#escaped` whether a backslash stands in it. */
  #scanString(): void {
    const bytes = this.bytes;
    let at = this.at + 1;
    this.#escaped = false;
    for (;;) {
      while (PLAIN[bytes[at] ?? 0] === 1) at++;
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        this.#escaped = true;
        at = this.#skipEscape(at);
        continue;
      }
      if (byte < 0x20) this.refuse('inside a string, where it must be escaped', at);
      if (byte === 0xc2 && bytes[at + 1] === 0x85) this.separators = true;
      else if (byte === 0xe2 && bytes[at + 1] === 0x80 && ((bytes[at + 2] ?? 0) & 0xfe) === 0xa8)
        this.separators = true;
      at++;
    }
    this.at = at + 1;
  }

  #skipEscape(at: number): number {
    const byte = this.bytes[at + 1] ?? 0;
    if (byte !== 0x75) {
      // " \ / b f n r t
      if (!'"\\/bfnrt'.includes(String.fromCharCode(byte)))
        this.refuse('which begins no escape that JSON has', at);
      return at + 2;
    }
    for (let digit = at + 2; digit < at + 6; digit++) {
      if (!isHexDigit(this.bytes[digit] ?? 0))
        this.refuse('where four hexadecimal digits are expected', digit);
    }
    return at + 6;
  }

  #scanWord(word: string): void {
    for (let index = 0; index < word.length; index++) {
      if (this.bytes[this.at + index] !== word.charCodeAt(index))
        this.refuse('which begins no value that JSON has');
    }
    this.at += word.length;
  }

  #scanNumber(): void {
    const start = this.at;
    if (this.bytes[this.at] === 0x2d) this.at++;
    if (this.bytes[this.at] === 0x30) this.at++;
    else this.#scanDigits(start);
    if (this.bytes[this.at] === 0x2e) {
      this.at++;
      this.#scanDigits(start);
    }
    if (((this.bytes[this.at] ?? 0) | 0x20) === 0x65) {
      this.at++;
      const sign = this.bytes[this.at];
      if (sign === 0x2b || sign === 0x2d) this.at++;
      this.#scanDigits(start);
    }
  }

  #scanDigits(start: number): void {
    const first = this.at;
    while (isDigit(this.bytes[this.at] ?? 0)) this.at++;
    if (this.at === first) this.refuse('where a JSON value is expected', start);
  }

  /** White space, then `byte`, behind which it stands afterwards; else false. */
  #take(byte: number): boolean {
    this.skipSpace();
    if (this.bytes[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  /** JSON counts CR as white space, and Python's readers as a line end: it is neither here. */
  skipSpace(): void {
    const bytes = this.bytes;
    for (let byte = bytes[this.at]; byte === 0x20 || byte === 0x09; byte = bytes[this.at]) this.at++;
  }

  /** `clause` says what is wrong with what stands at `at`. */
  refuse(clause: string, at = this.at): never {
    if (at >= this.end) throw new Refused(-32700, 'it is not JSON: the line ends in the midst of it');
    throw new Refused(
      -32700,
      `it is not JSON: byte ${describeByte(this.bytes[at] ?? 0)} at ${at}, ${clause}`,
    );
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

function describeByte(byte: number): string {
  return byte > 0x20 && byte < 0x7f
    ? `"${String.fromCharCode(byte)}"`
    : `0x${byte.toString(16).padStart(2, '0')}`;
}
