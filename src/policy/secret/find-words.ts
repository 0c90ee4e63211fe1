const ASCII = 128;

/**
 * Tells whether any of the words, which are lower-case ASCII, stands in a text, in whatever case: one
 * step in a table for each character, however many words there are (Aho-Corasick). A character beyond ASCII counts as
 * found with `orForeign`, because it may be another spelling of a letter.
 */
export function createFinder(words: readonly string[], orForeign = false): Finder {
  const { next, found } = buildTable(words);
  const foreign = orForeign ? found : 0;
  return {
    isIn(text) {
      let state = 0;
      for (let at = 0; at < text.length && state !== found; at++) {
        const code = text.charCodeAt(at);
        state = code < ASCII ? (next[(state << 7) | code] ?? 0) : foreign;
      }
      return state === found;
    },
    isInBytes(bytes) {
      let state = 0;
      for (let at = 0; at < bytes.length && state !== found; at++) {
        const code = bytes[at] ?? 0;
        state = code < ASCII ? (next[(state << 7) | code] ?? 0) : foreign;
      }
      return state === found;
    },
  };
}

/** Looks for many words at once. */
export interface Finder {
  readonly isIn: (text: string) => boolean;
  readonly isInBytes: (bytes: Uint8Array) => boolean;
}

/** The state behind each state and character; `found` is the one behind a whole word. */
function buildTable(words: readonly string[]): { next: Uint16Array; found: number } {
  const prefixes = new Set(['']);
  for (const word of words) for (let end = 1; end < word.length; end++) prefixes.add(word.slice(0, end));
  const states = [...prefixes];
  const numbers = new Map(states.map((prefix, number) => [prefix, number]));
  const whole = new Set(words);
  const found = states.length;
  const next = new Uint16Array(states.length * ASCII);
  for (const [number, prefix] of states.entries()) {
    for (let code = 0; code < ASCII; code++) {
      const text = prefix + String.fromCharCode(code).toLowerCase();
      next[number * ASCII + code] = endsInWord(text, whole) ? found : findLongest(text, numbers);
    }
  }
  return { next, found };
}

function endsInWord(text: string, words: ReadonlySet<string>): boolean {
  for (let from = 0; from < text.length; from++) if (words.has(text.slice(from))) return true;
  return false;
}

/** The state of the longest end of the text that begins a word. */
function findLongest(text: string, numbers: ReadonlyMap<string, number>): number {
  for (let from = 0; from < text.length; from++) {
    const number = numbers.get(text.slice(from));
    if (number !== undefined) return number;
  }
  return 0;
}
