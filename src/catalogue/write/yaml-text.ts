import { escapeUnseen } from '../../policy/quote.ts';

/** Text that every reader of YAML, also of 1.1, takes for text, in a list in brackets too. */
const PLAIN = /^(?!(?:null|true|false|yes|no|on|off|y|n)$)[A-Za-z_][\w./-]*$/i;
/** Sentences that need no quotes anywhere: no colon, hash, comma, bracket or quote in them. */
const PLAIN_WORDS = /^[A-Za-z][\w./-]*(?: [\w./;-]+)+$/;
const WIDTH = 110;
/** Characters of one comment, whatever it holds. */
const LONGEST = 500;

/** The text as one YAML scalar on one line that is read as just this text; what cannot be seen is escaped. */
export function renderText(text: string): string {
  if (PLAIN.test(text) || PLAIN_WORDS.test(text)) return text;
  if (text !== '' && escapeUnseen(text) === text) return `'${text.replaceAll("'", "''")}'`;
  return `"${Array.from(text, renderCharacter).join('')}"`;
}

/** The words as lines of comment. Nothing in them can end the comment, or draw on a terminal. */
export function renderComment(words: string, indent: string): string[] {
  const shown = escapeUnseen(words.slice(0, LONGEST));
  const text = words.length > LONGEST || shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
  const room = WIDTH - indent.length - 2;
  const lines: string[] = [];
  let line: string | null = null;
  for (const word of text.split(' ').flatMap((one) => cutWord(one, room))) {
    if (line !== null && line.length + 1 + word.length > room) {
      lines.push(line);
      line = null;
    }
    line = line === null ? word : `${line} ${word}`;
  }
  return [...lines, line ?? ''].map((one) => `${indent}# ${one}`.trimEnd());
}

/** A word that is longer than a line goes over several. */
function cutWord(word: string, room: number): string[] {
  return word.length <= room ? [word] : (word.match(new RegExp(`.{1,${room}}`, 'gu')) ?? []);
}

function renderCharacter(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  if (escapeUnseen(character) === character) return character;
  const digits = (character.codePointAt(0) ?? 0).toString(16);
  return digits.length > 4 ? `\\U${digits.padStart(8, '0')}` : `\\u${digits.padStart(4, '0')}`;
}
