/** A JSON value without loss: numbers as the text on the wire, keys in a map. */
export type JsonValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'list'; readonly items: readonly JsonValue[] }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, JsonValue> };

/**
 * Reads one JSON value in linear time, however deep it is nested; of a key that comes twice the last one counts, as
 * for `JSON.parse`. Throws SyntaxError for what is not JSON.
 */
export function readValue(bytes: Buffer): JsonValue {
  return new Reader(bytes.toString(), false).read();
}

/** The same, but throws where a key comes twice too: readers do not agree on which of the two counts. */
export function readUnambiguous(bytes: Buffer): JsonValue {
  return new Reader(bytes.toString(), true).read();
}

const NULL: JsonValue = { kind: 'null' };
const TRUE: JsonValue = { kind: 'boolean', value: true };
const FALSE: JsonValue = { kind: 'boolean', value: false };

const QUOTE = 0x22;
const COMMA = 0x2c;

/** A list or map that is not closed yet. */
type Open =
  | { readonly kind: 'list'; readonly items: JsonValue[] }
  | { readonly kind: 'map'; readonly entries: Map<string, JsonValue>; key: string };

class Reader {
  readonly #text: string;
  readonly #isStrict: boolean;
  #at = 0;
  /** Instead of recursion: a server may send more levels than the stack has room for. */
  readonly #open: Open[] = [];

  constructor(text: string, isStrict: boolean) {
    this.#text = text;
    this.#isStrict = isStrict;
  }

  read(): JsonValue {
    for (;;) {
      this.#skipSpace();
      const begun = this.#readBegun();
      if (begun === null) continue;
      const value = this.#close(begun);
      if (value !== null) return value;
    }
  }

  /** The value that begins here; null where it holds others, which come first. */
  #readBegun(): JsonValue | null {
    const code = this.#text.charCodeAt(this.#at);
    switch (code) {
      case QUOTE:
        return { kind: 'string', value: this.#readString() };
      case 0x7b:
        return this.#openMap();
      case 0x5b:
        return this.#openList();
      case 0x74:
        return this.#readWord('true', TRUE);
      case 0x66:
        return this.#readWord('false', FALSE);
      case 0x6e:
        return this.#readWord('null', NULL);
      default:
        return { kind: 'number', text: this.#readNumber() };
    }
  }

  #openMap(): JsonValue | null {
    const entries = new Map<string, JsonValue>();
    this.#at++;
    this.#skipSpace();
    if (this.#take(0x7d)) return { kind: 'map', entries };
    this.#open.push({ kind: 'map', entries, key: this.#readKey() });
    return null;
  }

  #openList(): JsonValue | null {
    const items: JsonValue[] = [];
    this.#at++;
    this.#skipSpace();
    if (this.#take(0x5d)) return { kind: 'list', items };
    this.#open.push({ kind: 'list', items });
    return null;
  }

  /** Puts a value where it belongs, with all that it closes; null where another one follows. */
  #close(begun: JsonValue): JsonValue | null {
    let value = begun;
    for (let open = this.#open.at(-1); open !== undefined; open = this.#open.at(-1)) {
      if (open.kind === 'list') open.items.push(value);
      else {
        if (this.#isStrict && open.entries.has(open.key)) this.#fail();
        open.entries.set(open.key, value);
      }
      this.#skipSpace();
      if (this.#take(COMMA)) {
        if (open.kind === 'map') {
          this.#skipSpace();
          open.key = this.#readKey();
        }
        return null;
      }
      if (!this.#take(open.kind === 'list' ? 0x5d : 0x7d)) this.#fail();
      this.#open.pop();
      value = open.kind === 'list' ? open : { kind: 'map', entries: open.entries };
    }
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail();
    return value;
  }

  /** A key and the colon behind it. */
  #readKey(): string {
    if (this.#text.charCodeAt(this.#at) !== QUOTE) this.#fail();
    const key = this.#readString();
    this.#skipSpace();
    if (!this.#take(0x3a)) this.#fail();
    return key;
  }

  #readString(): string {
    const text = this.#text;
    const start = this.#at;
    let at = start + 1;
    let isEscaped = false;
    for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(++at)) {
      if (code === 0x5c) {
        isEscaped = true;
        at++;
      } else if (!(code >= 0x20)) {
        // Control characters, and NaN at the end of the text.
        this.#fail(at);
      }
    }
    this.#at = at + 1;
    if (!isEscaped) return text.slice(start + 1, at);
    const value: unknown = JSON.parse(text.slice(start, at + 1));
    return typeof value === 'string' ? value : this.#fail(start);
  }

  #readWord(word: string, value: JsonValue): JsonValue {
    if (!this.#text.startsWith(word, this.#at)) this.#fail();
    this.#at += word.length;
    return value;
  }

  #readNumber(): string {
    const start = this.#at;
    this.#take(0x2d);
    if (!this.#take(0x30)) this.#skipDigits();
    if (this.#take(0x2e)) this.#skipDigits();
    if ((this.#text.charCodeAt(this.#at) | 0x20) === 0x65) {
      this.#at++;
      if (!this.#take(0x2b)) this.#take(0x2d);
      this.#skipDigits();
    }
    return this.#text.slice(start, this.#at);
  }

  /** One digit or more. */
  #skipDigits(): void {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    for (let code = text.charCodeAt(at); code >= 0x30 && code <= 0x39; code = text.charCodeAt(at)) at++;
    if (at === start) this.#fail();
    this.#at = at;
  }

  #skipSpace(): void {
    const text = this.#text;
    let at = this.#at;
    for (let code = text.charCodeAt(at); isSpace(code); code = text.charCodeAt(at)) at++;
    this.#at = at;
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at++;
    return true;
  }

  #fail(at = this.#at): never {
    throw new SyntaxError(
      at < this.#text.length ? `not JSON, at character ${at}` : 'not JSON: it ends too early',
    );
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;
}
