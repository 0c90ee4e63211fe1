import type { Literal } from '../condition/condition.ts';
import type { Problems } from './problems.ts';
import { escapeUnseen, quote } from '../quote.ts';
import { reportType } from './shape.ts';
import type { ScalarTree, Tree } from './tree.ts';

const DIGITS = 'write it in digits: 5, 0.5 or 5e3';

/** A value to compare with; null where it is none, which is reported. Numbers keep every digit they are written with. */
export function readLiteral(tree: Tree, problems: Problems): Literal | null {
  if (tree.kind !== 'scalar') {
    const hint = 'every or some look into a list, a path like args.a.b into a map';
    reportType(tree, 'a value is text, a number, true, false or null', hint, problems);
    return null;
  }
  const { value } = tree;
  if (value === null) return readNull(tree, problems);
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'string') return { kind: 'string', value };
  const text = spellNumber(tree, problems);
  return text === null ? null : { kind: 'number', text };
}

/** A number as a literal; null where it is none, which is reported. */
export function readCount(tree: Tree, what: string, problems: Problems): Literal | null {
  const text = readNumber(tree, what, problems);
  return text === null ? null : { kind: 'number', text };
}

/** A number as JSON text; null where it is none, which is reported. */
export function readNumber(tree: Tree, what: string, problems: Problems): string | null {
  if (tree.kind === 'scalar' && typeof tree.value === 'number') return spellNumber(tree, problems);
  const text = tree.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : null;
  reportType(tree, `${what} is a number`, text === null ? DIGITS : hintNumber(text), problems);
  return null;
}

/** `"5"` and `5_000` are texts in YAML 1.2. */
function hintNumber(text: string): string {
  const plain = text.trim().replaceAll(/[_,\u0020](?=\d)/g, '');
  if (!/^[+-]?\d+(?:\.\d+)?$/.test(plain)) return DIGITS;
  return plain === text ? `write it without quotes: ${plain}` : `write it as ${escapeUnseen(plain)}`;
}

/** A key with nothing behind it is null in YAML, and surely unfinished. */
function readNull({ span }: ScalarTree, problems: Problems): Literal | null {
  if (problems.isWrong(span)) return null;
  if (/^(?:~|null|Null|NULL)$/.test(problems.showSource(span) ?? '')) return { kind: 'null' };
  problems.error(span, 'missing_value', 'no value to compare with', 'write one; for null itself: null');
  return null;
}

/** YAML has more ways to write a number than JSON. */
function spellNumber({ value, source = String(value), span }: ScalarTree, problems: Problems): string | null {
  const plain = source
    .replace(/^\+/, '')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?=$|[eE])/, '');
  if (/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(plain)) return plain.replace(/^(-?)0+(?=\d)/, '$1');
  if (/^0[xo][\da-f]{1,100}$/i.test(plain)) return BigInt(plain).toString();
  problems.error(span, 'wrong_number', `${quote(source)} is no number that JSON has`, DIGITS);
  return null;
}
