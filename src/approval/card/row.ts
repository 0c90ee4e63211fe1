import type { ChalkInstance } from 'chalk';
import type { Charset } from './glyph.ts';
import { type Entry, splitJson } from './split-json.ts';
import { type Piece, say } from './visible.ts';
import { wrapPieces, wrapText } from './wrap.ts';

/** What is written on. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly charset: Charset;
  /** Its level says whether there are colours. */
  readonly chalk: ChalkInstance;
}

const MARGIN = '  ';
const INDENT = 2;

/**
 * JSON as lines for the screen, lazily. Every line begins with a gutter that tells what it is: `│` a value, `»` more of
 * the value above, `!` a remark of ours. What a value holds stands right of the gutter, so it cannot make one.
 */
export function* renderRows(text: string, screen: Screen, isFull: boolean): Generator<string> {
  for (const entry of splitJson(text, { charset: screen.charset, isFull })) yield* renderEntry(entry, screen);
}

/** A remark of ours about what stands above it. */
export function renderRemark(text: string, screen: Screen): string[] {
  return wrapText(text, contentWidth(screen)).map((line) => `${MARGIN}${screen.chalk.yellow(`! ${line}`)}`);
}

/** A value on lines with a gutter; `depth` says how far it is indented. */
export function* renderValue(pieces: Iterable<Piece>, depth: number, screen: Screen): Generator<string> {
  const width = contentWidth(screen);
  // Past a third of the screen depth is told by the brackets alone.
  const indent = ' '.repeat(Math.min(depth * INDENT, Math.floor(width / 3)));
  const { value, more } = gutters(screen);
  let gutter = value;
  for (const line of wrapPieces(pieces, width - indent.length)) {
    yield `${MARGIN}${screen.chalk.dim(gutter)} ${indent}${line}`;
    gutter = more;
  }
}

function renderEntry(entry: Entry, screen: Screen): Iterable<string> {
  return entry.kind === 'remark'
    ? renderRemark(entry.text, screen)
    : renderValue(entry.pieces, entry.depth, screen);
}

function gutters({ charset }: Screen): { value: string; more: string } {
  return charset.ascii || charset.wide ? { value: '|', more: '>' } : { value: '│', more: '»' };
}

/** The last column stays free: some terminals wrap already when it is filled. */
function contentWidth({ columns }: Screen): number {
  return columns - MARGIN.length - '│ '.length - 1;
}

const LABEL_WIDTH = 13;
const LEAST_FOR_LABELS = 50;

/** A label and what belongs to it, in a column of its own or, on a narrow screen, right behind it. */
export function renderField(label: string, pieces: Iterable<Piece>, screen: Screen): string[] {
  const isNarrow = screen.columns < LEAST_FOR_LABELS;
  const lead = isNarrow ? `${label}: ` : label.padEnd(LABEL_WIDTH);
  const indent = ' '.repeat(MARGIN.length + (isNarrow ? INDENT : lead.length));
  const shown = isNarrow ? [say(lead), ...pieces] : pieces;
  const [first = '', ...rest] = wrapPieces(shown, screen.columns - 1 - indent.length);
  const head = isNarrow ? first : screen.chalk.dim(lead) + first;
  return [MARGIN + head, ...rest.map((line) => indent + line)];
}
