import type { Problem } from '../policy.ts';
import { escapeUnseen } from '../quote.ts';

const WIDEST = 100;

/** `mcp-guard.yaml:4:13`, or the file alone where the problem is the whole file's. */
export function renderPlace({ file, line, column, length }: Problem): string {
  return length === 0 ? escapeUnseen(file) : `${escapeUnseen(file)}:${line}:${column}`;
}

/** The problem as a person reads it: place and message, the line with carets, and what to do. No final newline. */
export function renderProblem(problem: Problem, text: string): string {
  const lines = [`mcp-guard: ${problem.severity}: ${renderPlace(problem)}: ${problem.message}`];
  const details = renderDetails(problem, text);
  return details === '' ? lines.join('\n') : [...lines, details].join('\n');
}

/** All that stands below a problem's first line; empty where nothing does. */
export function renderDetails(problem: Problem, text: string): string {
  const hint = problem.hint === null ? [] : [`mcp-guard: hint: ${problem.hint}`];
  return [...renderExcerpt(problem, text), ...hint].join('\n');
}

/** The line of the text and carets below it. A long line, as JSON has them, is cut on both sides. */
export function renderExcerpt({ line, column, length }: Problem, text: string): string[] {
  const source = text.split('\n')[line - 1]?.replace(/\r$/, '');
  if (length === 0 || source === undefined || source.trim() === '') return [];
  const from = column + length <= WIDEST ? 0 : Math.max(0, column - 40);
  const shown = source.slice(from, from + WIDEST);
  const marked = source.slice(column - 1, Math.min(column - 1 + length, from + WIDEST));
  const before = `${from > 0 ? '…' : ''}${escapeUnseen(source.slice(from, column - 1))}`;
  const after = from + WIDEST < source.length ? '…' : '';
  const carets = '^'.repeat(Math.max(1, escapeUnseen(marked).length));
  return [`${from > 0 ? '…' : ''}${escapeUnseen(shown)}${after}`, `${' '.repeat(before.length)}${carets}`];
}
