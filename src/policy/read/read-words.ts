import type { Problems } from './problems.ts';
import { readList, reportType } from './shape.ts';
import type { Span, Tree } from './tree.ts';

export interface Word {
  readonly text: string;
  readonly span: Span;
}

/** A text, or a list of them; null where one of them is none, which is reported. */
export function readWords(tree: Tree, what: string, problems: Problems): Word[] | null {
  if (tree.kind !== 'list') {
    const text = readWord(tree, what, problems);
    return text === null ? null : [{ text, span: tree.span }];
  }
  const list = readList(tree, what, problems);
  if (list === null) return null;
  const words = list.items.flatMap((item) => {
    const text = readWord(item, `an entry of ${what}`, problems);
    return text === null ? [] : [{ text, span: item.span }];
  });
  return words.length === list.items.length ? words : null;
}

/** Text with something in it; null where it is none, which is reported. */
export function readWord(tree: Tree, what: string, problems: Problems): string | null {
  if (tree.kind === 'scalar' && typeof tree.value === 'string') {
    if (tree.value !== '') return tree.value;
    problems.error(tree.span, 'empty_text', `${what} is empty`, 'write some text');
    return null;
  }
  reportType(tree, `${what} is text`, hintWord(tree, problems), problems);
  return null;
}

function hintWord(tree: Tree, problems: Problems): string | null {
  if (tree.kind !== 'scalar') return null;
  const source = problems.showSource(tree.span);
  if (tree.value === null)
    return source === '~' ? 'in YAML a bare ~ is nothing: write it in quotes, "~"' : 'write some text';
  return source === null ? null : `write it in quotes: "${source}"`;
}
