import type { Problem } from '../policy.ts';
import { escapeUnseen, quote } from '../quote.ts';
import type { Span } from './tree.ts';

/** Collects every problem of one file, so that a person sees all of them at once. */
export class Problems {
  readonly #file: string;
  readonly #text: string;
  readonly #lineStarts: readonly number[];
  readonly #list: Problem[] = [];
  readonly #wrong = new Set<string>();

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
    this.#lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  }

  get hasErrors(): boolean {
    return this.#list.some(({ severity }) => severity === 'error');
  }

  /** All problems, in the order of the file. */
  list(): Problem[] {
    return this.#list.toSorted((a, b) => a.line - b.line || a.column - b.column);
  }

  /** The text between two offsets. */
  quoteSource({ start, end }: Span): string {
    return quote(this.#text.slice(start, end));
  }

  /** The text between two offsets as it stands there, on one line; null where it is too long for that. */
  showSource({ start, end }: Span): string | null {
    const source = this.#text.slice(start, end);
    return source.length > 80 || source.includes('\n') ? null : escapeUnseen(source);
  }

  /** Whether exactly this text was found wrong already: what it is then is nothing to complain of, too. */
  isWrong({ start, end }: Span): boolean {
    return this.#wrong.has(`${start}:${end}`);
  }

  error(span: Span, code: string, message: string, hint: string | null = null): void {
    this.#wrong.add(`${span.start}:${span.end}`);
    this.#list.push({ severity: 'error', code, message, file: this.#file, ...this.#locate(span), hint });
  }

  /** Takes over problems that were found in the same text. */
  adopt(problems: readonly Problem[]): void {
    this.#list.push(...problems);
  }

  warn(span: Span, code: string, message: string, hint: string | null = null): void {
    this.#list.push({ severity: 'warning', code, message, file: this.#file, ...this.#locate(span), hint });
  }

  #locate({ start, end }: Span): Pick<Problem, 'line' | 'column' | 'length'> {
    let [line, after] = [0, this.#lineStarts.length];
    while (after - line > 1) {
      const middle = (line + after) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= start) line = middle;
      else after = middle;
    }
    const column = start - (this.#lineStarts[line] ?? 0);
    const lineEnd = this.#text.slice(start, end).search(/\r?\n/);
    const length = Math.max(1, lineEnd === -1 ? end - start : lineEnd);
    return { line: line + 1, column: column + 1, length };
  }
}

/** A problem of the file as a whole, which has no place in it. */
export function describeFile(
  file: string,
  code: string,
  message: string,
  hint: string | null = null,
): Problem {
  return { severity: 'error', code, message, file, line: 1, column: 1, length: 0, hint };
}
