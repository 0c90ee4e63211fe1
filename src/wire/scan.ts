import { isUtf8 } from 'node:buffer';
import { Grammar, Refused } from './grammar.ts';
import { findLookalike, findMember, NO_TOP, type Level, type Places } from './members.ts';
import { MOST_BATCH } from './skim.ts';
import { decodeString, quoteAscii, type Token } from './token.ts';

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
  } finally {
    scanner.release();
  }
}

const EMPTY = Buffer.alloc(0);
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
  readonly #grammar = new Grammar();
  #params: Places<'params'> | null = null;
  #meta: Places<'meta'> | null = null;

  scan(bytes: Buffer): Scan {
    const grammar = this.#grammar;
    grammar.begin(bytes);
    this.#params = null;
    this.#meta = null;
    if (!isUtf8(bytes)) throw new Refused(-32700, 'it is not UTF-8');
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      throw new Refused(-32700, 'it begins with a byte order mark; leave it out');
    }
    grammar.skipSpace();
    if (grammar.at === grammar.end) return { kind: 'blank' };
    const first = bytes[grammar.at];
    if (first === 0x5b) return this.#scanBatch();
    if (first !== 0x7b) grammar.refuse('where a JSON object is expected');
    const top = this.#scanMembers('top', { ...NO_TOP });
    this.#expectEnd();
    return { kind: 'object', top, params: this.#params, meta: this.#meta, separators: grammar.separators };
  }

  /** Keeps nothing of a line that was read: it may be large, and the next one late. */
  release(): void {
    this.#grammar.begin(EMPTY);
    this.#params = null;
    this.#meta = null;
  }

  #scanBatch(): Scan {
    const grammar = this.#grammar;
    const elements: Token[] = [];
    grammar.scanArray(() => {
      if (elements.length === MOST_BATCH) {
        throw new Refused(-32600, `a batch of more than ${MOST_BATCH} messages; send smaller ones`);
      }
      const start = grammar.at;
      grammar.scanValue();
      elements.push({ start, end: grammar.at });
    });
    this.#expectEnd();
    return { kind: 'array', elements };
  }

  #expectEnd(): void {
    const grammar = this.#grammar;
    grammar.skipSpace();
    if (grammar.at !== grammar.end)
      grammar.refuse('behind the end of the message; one message takes one line');
  }

  /** An object whose members are told: each name once, in its own spelling. */
  #scanMembers<L extends Level>(level: L, places: Places<L>): Places<L> {
    const grammar = this.#grammar;
    grammar.scanObject((keyStart, keyEnd) => {
      const token = { start: keyStart, end: keyEnd };
      const key = findMember(level, grammar.bytes, token);
      if (key === null) {
        refuseLookalike(level, grammar.bytes, token);
        return grammar.scanValue();
      }
      const start = grammar.at;
      this.#scanMember(level, key);
      places[key] = { start, end: grammar.at } as Places<L>[typeof key];
    });
    return places;
  }

  #scanMember(level: Level, key: string): void {
    const isObject = this.#grammar.bytes[this.#grammar.at] === 0x7b;
    if (isObject && level === 'top' && key === 'params')
      this.#params = this.#scanMembers('params', { ...NO_PARAMS });
    else if (isObject && level === 'params' && key === '_meta')
      this.#meta = this.#scanMembers('meta', { ...NO_META });
    else this.#grammar.scanValue();
  }
}

const scanner = new Scanner();

function refuseLookalike(level: Level, bytes: Buffer, key: Token): void {
  const member = findLookalike(level, bytes, key);
  if (member === null) return;
  const spelled = quoteAscii(decodeString(bytes, key));
  const text = `${spelled} at byte ${key.start} is not "${member}", but some servers would take it for that`;
  throw new Refused(-32600, `the key ${text}; spell it exactly`);
}
