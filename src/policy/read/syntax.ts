import type { Document, YAMLParseError, YAMLWarning } from 'yaml';
import type { Problems } from './problems.ts';
import { quote } from '../quote.ts';
import { suggestQuotes } from './unquoted.ts';

/** One broken bracket can set off hundreds of complaints. */
const MOST = 20;

const WORDS: ReadonlyMap<string, readonly [message: string, hint: string | null]> = new Map([
  ['TAB_AS_INDENT', ['a tab as indentation', 'indent with spaces']],
  ['MULTIPLE_DOCS', ['a second document in one file', 'a policy is one document: remove it']],
  ['BAD_INDENT', ['the indentation does not fit the lines above', null]],
  ['BLOCK_AS_IMPLICIT_KEY', ['a second colon in one line', 'write a value that holds ": " in quotes']],
  [
    'BLOCK_IN_FLOW',
    [
      'a second colon in one value',
      'put a comma before the next key, or write text that holds ": " in quotes',
    ],
  ],
  ['BAD_DQ_ESCAPE', ['an escape that YAML does not have', "in single quotes a backslash is itself: '\\d+'"]],
  ['BAD_SCALAR_START', ['a character that plain text cannot begin with', 'write the text in quotes']],
  ['MULTILINE_IMPLICIT_KEY', ['a key without a colon', 'write it as: key: value']],
  ['TAG_RESOLVE_FAILED', ['a tag', 'a policy is plain data: remove it, or write text in quotes']],
]);

const UNCLOSED = [
  'a bracket that is not closed',
  'close it; text that holds brackets, or "#" behind a space, is written in quotes',
] as const;

/** Brackets, commas and colons mean something to YAML, also in the middle of a text. */
const TAKEN_APART: ReadonlySet<string> = new Set(['UNEXPECTED_TOKEN', 'MISSING_CHAR', 'BLOCK_IN_FLOW']);

/** Reports what keeps the text from being plain YAML. */
export function reportSyntax(document: Document.Parsed, text: string, problems: Problems): void {
  const found = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const stars = found.flatMap(({ code, pos }) => (code === 'BAD_ALIAS' ? [findStar(text, pos[0])] : []));
  const starLines = new Set(stars.map((star) => lineOf(text, star)));
  for (const star of new Set(stars)) reportStar(text, star, problems);
  // What follows an unquoted star on its line is only confusion about it.
  const others = found.filter(({ pos }) => !starLines.has(lineOf(text, pos[0])));
  // So is what follows the first error of a line.
  const firsts = new Map(others.toReversed().map((problem) => [lineOf(text, problem.pos[0]), problem]));
  for (const problem of [...firsts.values()].reverse().slice(0, MOST)) reportOne(problem, text, problems);
}

function reportOne(
  { code, message, pos }: YAMLParseError | YAMLWarning,
  text: string,
  problems: Problems,
): void {
  const [start, end] = pos;
  const quoted = TAKEN_APART.has(code) ? suggestQuotes(text, start) : null;
  if (quoted !== null) {
    const hint = `write it in quotes: ${quoted}`;
    problems.error({ start, end }, 'unquoted', 'YAML takes this text apart here', hint);
    return;
  }
  const [words, hint] = (/ end with a/.test(message) ? UNCLOSED : WORDS.get(code)) ?? [
    `not YAML: ${lowerFirst(message)}`,
    null,
  ];
  const met = code === 'TAG_RESOLVE_FAILED' ? ` ${quote(text.slice(start, end).split(/\s/)[0] ?? '')}` : '';
  problems.error({ start, end }, code.toLowerCase(), `${words}${met}`, hint);
}

function reportStar(text: string, start: number, problems: Problems): void {
  const word = /^\*[^\s:,{}[\]]*/.exec(text.slice(start, start + 200))?.[0] ?? '*';
  const message = `${quote(word)} begins with a star, which means an alias in YAML`;
  const hint = `write it in quotes: ${quote(word)}`;
  problems.error({ start, end: start + word.length }, 'unquoted_star', message, hint);
}

/** The package points at the end of an alias that it takes for a mistake. */
function findStar(text: string, position: number): number {
  const star = text.lastIndexOf('*', position);
  return star === -1 || lineOf(text, star) !== lineOf(text, position) ? position : star;
}

function lineOf(text: string, position: number): number {
  return text.lastIndexOf('\n', position - 1);
}

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}
