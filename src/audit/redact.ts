import { isHarmless, isNamedValue, isSecretElement, namesSecret } from '../policy/secret/secret-place.ts';
import { isSecretKey } from '../policy/secret/secret-key.ts';
import { createQuickLook, isSecretValue } from '../policy/secret/secret-value.ts';
import { renderCut } from './mask.ts';
import { cut, type Hash, mask, MOST_STRING, NO_HASH } from './redact-text.ts';

/** Arguments whose text is longer are told by length and hash alone. */
const MOST_TEXT = 65_536;
/** Arguments beyond this are not walked through at all: a call must not cost seconds for a line that would be cut. */
const MOST_WALKED = 262_144;
/** Escapes, and white space around members: where these or a secret may be, arguments are walked through. */
const mayNeedWalk = createQuickLook(['\t', '\\', ', ', ': ', '{ ', '[ ', ' ,', ' :', ' }', ' ]', '} ', '] ']);

/**
 * The arguments of a call as JSON text for the log: numbers as they were spelled, keys in their order, what is secret by
 * its key, its place or by itself masked. `bytes` is a JSON object that was scanned. Without `hash` masks say no more
 * than that something was there.
 */
export function redactArguments(bytes: Buffer, hash: Hash | null): string {
  if (bytes.length > MOST_WALKED) return cutWhole(bytes, hash);
  const isPlain = bytes.length <= MOST_STRING && !mayNeedWalk(bytes);
  const text = isPlain ? bytes.toString('latin1') : new Redactor(bytes.toString(), hash).redact();
  return text.length <= MOST_TEXT ? text : cutWhole(bytes, hash);
}

/** A JSON value of few characters, as the id of a request: as it is spelled, or masked. */
export function redactToken(token: string, hash: Hash | null): string {
  return token.startsWith('"') ? new Redactor(token, hash).redact() : token;
}

function cutWhole(bytes: Buffer, hash: Hash | null): string {
  return JSON.stringify(renderCut(bytes.length, 'bytes', hash?.(bytes) ?? NO_HASH));
}

const SCALAR = /[^\s,:[\]{}"]+/y;

/** One member of an object, written already. */
interface Member {
  readonly key: string;
  readonly lead: string;
  readonly raw: string;
  readonly shown: string;
}

/** Walks once through JSON text that is known to be JSON, and no deeper than the scan lets pass. */
class Redactor {
  readonly #text: string;
  readonly #hash: Hash | null;
  #at = 0;
  /** What the last string that was read means. */
  #string: string | null = null;

  constructor(text: string, hash: Hash | null) {
    this.#text = text;
    this.#hash = hash;
  }

  redact(): string {
    this.#skipBlank();
    return this.#value(false);
  }

  /** `isInner`: it stands in a list. */
  #value(isInner: boolean): string {
    const open = this.#text.charCodeAt(this.#at);
    if (open === QUOTE) return this.#shownString();
    this.#string = null;
    if (open === BRACE) return this.#object();
    if (open === BRACKET) return this.#array(isInner);
    const from = this.#at;
    SCALAR.lastIndex = from;
    if (!SCALAR.test(this.#text)) throw new Error(`the arguments cannot be read at character ${from}`);
    this.#at = SCALAR.lastIndex;
    return this.#text.slice(from, this.#at);
  }

  #object(): string {
    const members: Member[] = [];
    let names = false;
    for (let more = this.#enter(CLOSING_BRACE); more; more = this.#more()) {
      const lead = this.#spelledString();
      const key = this.#string ?? '';
      this.#skipBlank();
      this.#at++;
      this.#skipBlank();
      const from = this.#at;
      const value = this.#value(false);
      const raw = this.#text.slice(from, this.#at);
      names ||= this.#string !== null && namesSecret(key, this.#string);
      const shown = isSecretKey(key) ? this.#mask(raw) : value;
      members.push({ key, lead: isSecretValue(key) ? this.#mask(lead) : lead, raw, shown });
    }
    const texts = members.map(({ key, lead, raw, shown }) =>
      names && isNamedValue(key) ? `${lead}:${this.#mask(raw)}` : `${lead}:${shown}`,
    );
    return `{${texts.join(',')}}`;
  }

  #array(isInner: boolean): string {
    const texts: string[] = [];
    let before: string | null = null;
    for (let more = this.#enter(CLOSING_BRACKET); more; more = this.#more()) {
      const from = this.#at;
      const value = this.#value(true);
      const element = this.#string;
      const isSecret = before !== null && isSecretElement(element, { before, index: texts.length, isInner });
      texts.push(isSecret ? this.#mask(this.#text.slice(from, this.#at)) : value);
      before = element;
    }
    this.#string = null;
    return `[${texts.join(',')}]`;
  }

  /** Steps behind an opening bracket; false, and behind the closing one, where nothing is inside. */
  #enter(close: number): boolean {
    this.#at++;
    this.#skipBlank();
    if (this.#text.charCodeAt(this.#at) !== close) return true;
    this.#at++;
    return false;
  }

  /** Steps behind what follows a value; whether another one comes. */
  #more(): boolean {
    this.#skipBlank();
    const isComma = this.#text.charCodeAt(this.#at++) === COMMA;
    if (isComma) this.#skipBlank();
    return isComma;
  }

  #shownString(): string {
    const spelled = this.#spelledString();
    const text = this.#string ?? '';
    if (isSecretValue(text)) return this.#mask(spelled);
    return text.length <= MOST_STRING ? spelled : JSON.stringify(cut(text, this.#hash));
  }

  #spelledString(): string {
    const text = this.#text;
    let end = text.indexOf('"', this.#at + 1);
    while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
    if (end === -1) throw new Error(`the arguments cannot be read at character ${this.#at}`);
    const spelled = text.slice(this.#at, end + 1);
    this.#at = end + 1;
    this.#string = spelled.includes('\\') ? (JSON.parse(spelled) as string) : spelled.slice(1, -1);
    return spelled;
  }

  /** Neither null nor a flag is worth hiding, and hiding them would hide what the call does. */
  #mask(json: string): string {
    return isHarmless(json) ? json : JSON.stringify(mask(json, this.#hash));
  }

  #skipBlank(): void {
    for (let code = this.#text.charCodeAt(this.#at); code === SPACE || code === TAB;) {
      code = this.#text.charCodeAt(++this.#at);
    }
  }
}

const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}
