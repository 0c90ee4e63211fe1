const ASCII = 128;

/**
 * Tells whether any of the words, which are lower-case ASCII, stands in a text, in whatever case: one
 * step in a table for each character, however many words there are (Aho-Corasick). A character beyond ASCII counts as
 * found with `orForeign`, because it may be another spelling of a letter.
 */
export function createFinder(words: readonly string[], orForeign = false): Finder {
  // Made when it is first asked: a guard that only starts needs none.
  let table: Table | null = null;
  const look = (length: number, codeAt: (at: number) => number): boolean => {
    const { next, found } = (table ??= buildTable(words));
    const foreign = orForeign ? found : 0;
    let state = 0;
    for (let at = 0; at < length && state !== found; at++) {
      const code = codeAt(at);
      state = code < ASCII ? (next[(state << 7) | code] ?? 0) : foreign;
    }
    return state === found;
  };
  return {
    isIn: (text) => look(text.length, (at) => text.charCodeAt(at)),
    isInBytes: (bytes) => look(bytes.length, (at) => bytes[at] ?? 0),
  };
}

interface Table {
  readonly next: Uint16Array;
  readonly found: number;
}

/** Looks for many words at once. */
export interface Finder {
  readonly isIn: (text: string) => boolean;
  readonly isInBytes: (bytes: Uint8Array) => boolean;
}

/** The state behind each state and character; `found` is the one behind a whole word. In the time that the table takes. */
function buildTable(words: readonly string[]): Table {
  const { children, isEnd } = buildTrie(words);
  const found = children.length;
  const next = new Uint16Array(children.length * ASCII);
  /** The state of the longest end of a state's text that begins a word, itself left out. */
  const fallback = new Uint16Array(children.length);
  const queue = [0];
  for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
    for (let code = 0; code < ASCII; code++) {
      const lower = code >= UPPER_A && code <= UPPER_Z ? code + TO_LOWER : code;
      const child = children[state]?.get(lower);
      const other = state === 0 ? 0 : (next[((fallback[state] ?? 0) << 7) | code] ?? 0);
      const isFound = child !== undefined && (isEnd[child] === true || other === found);
      next[(state << 7) | code] = isFound ? found : (child ?? other);
      if (child === undefined || isFound || code !== lower) continue;
      fallback[child] = other;
      queue.push(child);
    }
  }
  return { next, found };
}

const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const TO_LOWER = 0x20;

function buildTrie(words: readonly string[]): { children: Map<number, number>[]; isEnd: boolean[] } {
  const children = [new Map<number, number>()];
  const isEnd = [false];
  for (const word of words) {
    let state = 0;
    for (let at = 0; at < word.length; at++) {
      const known = children[state]?.get(word.charCodeAt(at));
      if (known === undefined) {
        children[state]?.set(word.charCodeAt(at), children.length);
        state = children.push(new Map()) - 1;
        isEnd.push(false);
      } else state = known;
    }
    isEnd[state] = true;
  }
  return { children, isEnd };
}
