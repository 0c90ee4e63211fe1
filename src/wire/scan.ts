import { isUtf8 } from 'node:buffer';
import { OpenKeys } from './keys.ts';
import { findLookalike, isMember, type Level, type MemberName } from './members.ts';
import { decodeString, hasLoneSurrogate, type Token } from './token.ts';

export const MOST_DEPTH = 100;

type Places<L extends Level> = { [N in MemberName<L>]: Token | null };

/** A line that is one JSON object, which every reader understands alike; and where its members stand. */
export interface Frame {
  readonly kind: 'object';
  readonly top: Readonly<Places<'top'>>;
  /** Null unless `params` is an object; the same for `meta`, its `_meta`. */
  readonly params: Readonly<Places<'params'>> | null;
  readonly meta: Readonly<Places<'meta'>> | null;
  /** Raw U+2028, U+2029 or U+0085 stand in its strings: line ends to some readers. */
  readonly separators: boolean;
}

export type Scan =
  | Frame
  | { readonly kind: 'array'; readonly elements: readonly Token[] }
  | { readonly kind: 'blank' }
  | { readonly kind: 'refused'; readonly code: -32700 | -32600; readonly message: string };

/**
 * Reads one line, up to its final "\n", byte by byte: RFC 8259 and nothing beside it, no key twice, no key that some
 * reader would take for another. Nothing is copied and no value is made.
 */
export function scanLine(bytes: Buffer): Scan {
  try {
    return scanner.scan(bytes);
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', code: error.code, message: error.message };
    throw error;
  }
}

class Refused extends Error {
  readonly code: -32700 | -32600;

  constructor(code: -32700 | -32600, message: string) {
    super(message);
    this.code = code;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NOTHING: Places<'top'> = {
  jsonrpc: null,
  id: null,
  method: null,
  params: null,
  result: null,
  error: null,
};
const NO_PARAMS: Places<'params'> = {
  name: null,
  arguments: null,
  uri: null,
  _meta: null,
  task: null,
  inputResponses: null,
  requestState: null,
  requestId: null,
};
const NO_META: Places<'meta'> = { progressToken: null, 'io.modelcontextprotocol/protocolVersion': null };

class Scanner {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  #depth = 0;
  #escaped = false;
  #separators = false;
  #params: Places<'params'> | null = null;
  #meta: Places<'meta'> | null = null;
  readonly #keys = new OpenKeys();

  scan(bytes: Buffer): Scan {
    this.#bytes = bytes;
    this.#at = 0;
    this.#end = bytes.length - 1;
    this.#depth = 0;
    this.#separators = false;
    this.#params = null;
    this.#meta = null;
    this.#keys.reset(bytes);
    if (!isUtf8(bytes)) throw new Refused(-32700, 'it is not UTF-8');
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      throw new Refused(-32700, 'it begins with a byte order mark; leave it out');
    }
    this.#skipSpace();
    if (this.#at === this.#end) return { kind: 'blank' };
    const first = bytes[this.#at];
    if (first === 0x5b) return this.#scanBatch();
    if (first !== 0x7b) this.#refuse('only a JSON object is a message');
    const top = this.#scanMembers('top', { ...NOTHING });
    this.#expectEnd();
    return { kind: 'object', top, params: this.#params, meta: this.#meta, separators: this.#separators };
  }

  #scanBatch(): Scan {
    const elements: Token[] = [];
    this.#scanArray(elements);
    this.#expectEnd();
    return { kind: 'array', elements };
  }

  #expectEnd(): void {
    this.#skipSpace();
    if (this.#at !== this.#end) this.#refuse('a message ends with its line');
  }

  /** An object whose members are told: each name once, in its own spelling. */
  #scanMembers<L extends Level>(level: L, places: Places<L>): Places<L> {
    this.#scanObject((keyStart, keyEnd) => {
      const key = decodeString(this.#bytes, { start: keyStart, end: keyEnd });
      if (!isMember(level, key)) {
        this.#refuseLookalike(level, key, keyStart);
        return this.#scanValue();
      }
      const start = this.#at;
      this.#scanMember(level, key);
      places[key] = { start, end: this.#at } as Places<L>[typeof key];
    });
    return places;
  }

  #scanMember(level: Level, key: string): void {
    const isObject = this.#bytes[this.#at] === 0x7b;
    if (isObject && level === 'top' && key === 'params')
      this.#params = this.#scanMembers('params', { ...NO_PARAMS });
    else if (isObject && level === 'params' && key === '_meta')
      this.#meta = this.#scanMembers('meta', { ...NO_META });
    else this.#scanValue();
  }

  #refuseLookalike(level: Level, key: string, at: number): void {
    const member = findLookalike(level, key);
    if (member === null) return;
    const text = `${JSON.stringify(key)} at byte ${at} is not "${member}", but some servers would take it for that`;
    throw new Refused(-32600, `the key ${text}; spell it exactly`);
  }

  #scanValue(): void {
    const byte = this.#bytes[this.#at];
    switch (byte) {
      case QUOTE:
        return this.#scanString();
      case 0x7b:
        return this.#scanObject(() => this.#scanValue());
      case 0x5b:
        return this.#scanArray(null);
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
  #scanObject(scanValue: (keyStart: number, keyEnd: number) => void): void {
    this.#enter();
    this.#keys.open();
    if (!this.#take(0x7d)) {
      do {
        this.#skipSpace();
        const start = this.#at;
        if (this.#bytes[start] !== QUOTE) this.#refuse('a key in double quotes is expected');
        this.#scanString();
        const end = this.#at;
        this.#checkKey(start, end);
        if (!this.#take(0x3a)) this.#refuse('a ":" is expected');
        this.#skipSpace();
        scanValue(start, end);
      } while (this.#take(0x2c));
      if (!this.#take(0x7d)) this.#refuse('a "," or "}" is expected');
    }
    this.#keys.close();
    this.#depth--;
  }

  #checkKey(start: number, end: number): void {
    const escaped = this.#escaped;
    if (escaped && hasLoneSurrogate(decodeString(this.#bytes, { start, end }))) {
      throw new Refused(-32600, `the key at byte ${start} holds half a surrogate pair; readers differ on it`);
    }
    if (!this.#keys.add(start, end, escaped)) {
      const key = JSON.stringify(decodeString(this.#bytes, { start, end }).slice(0, 100));
      throw new Refused(
        -32600,
        `the key ${key} comes twice in one object, at byte ${start}; readers differ on which counts`,
      );
    }
  }

  #scanArray(elements: Token[] | null): void {
    this.#enter();
    if (!this.#take(0x5d)) {
      do {
        this.#skipSpace();
        const start = this.#at;
        this.#scanValue();
        elements?.push({ start, end: this.#at });
      } while (this.#take(0x2c));
      if (!this.#take(0x5d)) this.#refuse('a "," or "]" is expected');
    }
    this.#depth--;
  }

  #enter(): void {
    this.#at++;
    if (++this.#depth > MOST_DEPTH) {
      throw new Refused(-32600, `it is nested deeper than ${MOST_DEPTH} levels, at byte ${this.#at - 1}`);
    }
  }

  /** From the opening quote to behind the closing one; tells in `#escaped` whether a backslash stands in it. */
  #scanString(): void {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    this.#escaped = false;
    for (;;) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        this.#escaped = true;
        at = this.#skipEscape(at);
        continue;
      }
      if (byte < 0x20) this.#refuse('a control character stands raw in a string; escape it', at);
      if (byte === 0xc2 && bytes[at + 1] === 0x85) this.#separators = true;
      else if (byte === 0xe2 && bytes[at + 1] === 0x80 && ((bytes[at + 2] ?? 0) & 0xfe) === 0xa8)
        this.#separators = true;
      at++;
    }
    this.#at = at + 1;
  }

  #skipEscape(at: number): number {
    const byte = this.#bytes[at + 1] ?? 0;
    if (byte !== 0x75) {
      // " \ / b f n r t
      if (!'"\\/bfnrt'.includes(String.fromCharCode(byte))) this.#refuse('no such escape', at);
      return at + 2;
    }
    for (let digit = at + 2; digit < at + 6; digit++) {
      if (!isHexDigit(this.#bytes[digit] ?? 0)) this.#refuse('four hexadecimal digits are expected', digit);
    }
    return at + 6;
  }

  #scanWord(word: string): void {
    for (let index = 0; index < word.length; index++) {
      if (this.#bytes[this.#at + index] !== word.charCodeAt(index)) this.#refuse('no such value');
    }
    this.#at += word.length;
  }

  #scanNumber(): void {
    const start = this.#at;
    if (this.#bytes[this.#at] === 0x2d) this.#at++;
    if (this.#bytes[this.#at] === 0x30) this.#at++;
    else this.#scanDigits(start);
    if (this.#bytes[this.#at] === 0x2e) {
      this.#at++;
      this.#scanDigits(start);
    }
    if (((this.#bytes[this.#at] ?? 0) | 0x20) === 0x65) {
      this.#at++;
      const sign = this.#bytes[this.#at];
      if (sign === 0x2b || sign === 0x2d) this.#at++;
      this.#scanDigits(start);
    }
  }

  #scanDigits(start: number): void {
    const first = this.#at;
    while (isDigit(this.#bytes[this.#at] ?? 0)) this.#at++;
    if (this.#at === first) this.#refuse('a JSON value is expected', start);
  }

  /** White space, then `byte`, behind which it stands afterwards; else false. */
  #take(byte: number): boolean {
    this.#skipSpace();
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  /** JSON counts CR as white space, and Python's readers as a line end: it is neither here. */
  #skipSpace(): void {
    const bytes = this.#bytes;
    for (let byte = bytes[this.#at]; byte === 0x20 || byte === 0x09; byte = bytes[this.#at]) this.#at++;
  }

  #refuse(expected: string, at = this.#at): never {
    const met =
      at >= this.#end ? 'the end of the line' : `byte ${describeByte(this.#bytes[at] ?? 0)} at ${at}`;
    throw new Refused(-32700, `it is not JSON: ${met}, where ${expected}`);
  }
}

const scanner = new Scanner();

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
