/** What came of typing into a line of text. */
export interface Typed {
  readonly text: string;
  /** `send`: Enter. `leave`: Escape alone. */
  readonly end: 'send' | 'leave' | null;
}

const MOST = 500;
const ESCAPE = '\u001B';
/** What a terminal sends for arrows and the like, and round what is pasted. */
const SEQUENCE = new RegExp(String.raw`${ESCAPE}(?:\[[0-?]*[ -/]*[@-~]|O.|[^${ESCAPE}])`, 'gu');
const DRAWS = /[^\p{C}\p{Zl}\p{Zp}]/u;
const ENTER = /^(?:\r\n?|\n)$/;
const BREAK = /[\r\n]+/g;

/**
 * Types into a line: it holds words of a no and nothing else, so it may be pasted and typed fast. Backspace takes a
 * character, Ctrl+U all of them; what does not draw is left out. Enter is a line break alone; one that came together
 * with other text was pasted, and sends nothing.
 */
export function typeText(before: string, typed: string): Typed {
  if (typed === ESCAPE) return { text: before, end: 'leave' };
  if (ENTER.test(typed)) return { text: before, end: 'send' };
  let text = before;
  for (const character of typed.replaceAll(SEQUENCE, '').replaceAll(BREAK, ' ')) {
    if (character === '\u007F' || character === '\b') text = text.replace(/.$/su, '');
    else if (character === '\u0015') text = '';
    else if (DRAWS.test(character) && text.length + character.length <= MOST) text += character;
  }
  return { text, end: null };
}
