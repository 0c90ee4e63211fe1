import { Chalk, type ChalkInstance } from 'chalk';
import type { Io } from '../io.ts';

/** How the demo's words are set. */
export interface Layout {
  readonly chalk: ChalkInstance;
  /** Columns a line may take. */
  readonly width: number;
}

export type Paint = (text: string) => string;

const LABEL_WIDTH = 12;

/** The layout for stdout: at most 80 columns, and colours only where a terminal shows them and nobody minds. */
export function createLayout({ stdout, env }: Io): Layout {
  const plain = stdout.isTTY !== true || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  const width = Math.max(40, Math.min(80, stdout.columns ?? 80));
  return { chalk: new Chalk({ level: plain ? 0 : 1 }), width };
}

/** A paragraph, its newline included. */
export function renderText(text: string, { width }: Layout): string {
  return `${wrap(text, width).join('\n')}\n`;
}

/** A label and what belongs to it, on as many lines as it takes, the newline included. */
export function renderField(label: string, text: string, layout: Layout, paint: Paint = asItIs): string {
  const lines = text.split('\n').flatMap((line) => wrap(line, layout.width - LABEL_WIDTH));
  const [first = '', ...rest] = lines;
  const head = `   ${paint(label.padEnd(LABEL_WIDTH - 3))}${first}`;
  return `${[head, ...rest.map((line) => ' '.repeat(LABEL_WIDTH) + line)].join('\n')}\n`;
}

/** Breaks after a space or a comma, or anywhere in what is longer than a line. */
function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(/(?<=[ ,])/).flatMap((word) => cut(word, width))) {
    const line = lines.at(-1) ?? '';
    if ((line + word).trimEnd().length <= width) lines[lines.length - 1] = line + word;
    else lines.push(word);
  }
  return lines.map((line) => line.trimEnd());
}

function cut(word: string, width: number): string[] {
  return word.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [];
}

function asItIs(text: string): string {
  return text;
}
