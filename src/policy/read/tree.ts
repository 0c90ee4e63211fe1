/** Where something stands in the text: offsets of its first character and of the one after it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface MapTree {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
  readonly span: Span;
}

export interface Entry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: Tree;
}

export interface ListTree {
  readonly kind: 'list';
  readonly items: readonly Tree[];
  readonly span: Span;
}

export interface ScalarTree {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly span: Span;
}

/** What a policy file holds, whatever it was written in. */
export type Tree = MapTree | ListTree | ScalarTree;

/** What stands there, in words for an error. */
export function describeTree(tree: Tree): string {
  if (tree.kind !== 'scalar') return `a ${tree.kind}`;
  if (tree.value === null) return 'nothing';
  return typeof tree.value === 'string' ? 'text' : `the ${typeof tree.value} ${String(tree.value)}`;
}
