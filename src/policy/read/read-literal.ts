import type { Literal } from '../condition/condition.ts';
import type { Problems } from './problems.ts';
import { quote } from '../quote.ts';
import { reportType } from './shape.ts';
import type { ScalarTree, Tree } from './tree.ts';

/** A value to compare with; null where it is none, which is reported. Numbers keep every digit they are written with. */
export function readLiteral(tree: Tree, problems: Problems): Literal | null {
  if (tree.kind !== 'scalar') {
    reportType(tree, 'a value is text, a number, true, false or null', null, problems);
    return null;
  }
  const { value } = tree;
  if (value === null) return { kind: 'null' };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'string') return { kind: 'string', value };
  const text = spellNumber(tree, problems);
  return text === null ? null : { kind: 'number', text };
}

/** A number as JSON text; null where it is none, which is reported. */
export function readNumber(tree: Tree, what: string, problems: Problems): string | null {
  if (tree.kind === 'scalar' && typeof tree.value === 'number') return spellNumber(tree, problems);
  const isText = tree.kind === 'scalar' && typeof tree.value === 'string';
  const hint = isText ? 'numbers are compared, not texts: write it without quotes' : null;
  reportType(tree, `${what} is a number`, hint, problems);
  return null;
}

/** YAML has more ways to write a number than JSON. */
function spellNumber({ value, source = String(value), span }: ScalarTree, problems: Problems): string | null {
  const plain = source
    .replace(/^\+/, '')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?=$|[eE])/, '');
  if (/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(plain)) return plain.replace(/^(-?)0+(?=\d)/, '$1');
  if (/^0[xo][\da-f]+$/i.test(plain)) return BigInt(plain).toString();
  problems.error(span, 'wrong_number', `${quote(source)} is no number that JSON has`, 'write digits');
  return null;
}
