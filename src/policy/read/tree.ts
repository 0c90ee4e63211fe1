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
  /** A number as the file writes it, since `value` may be rounded. */
  readonly source?: string;
  readonly span: Span;
}

/** What a policy file holds, whatever it was written in. */
export type Tree = MapTree | ListTree | ScalarTree;

/** The entry of a map under a key; null where there is none, or no map. */
export function findEntry(tree: Tree, key: string): Entry | null {
  return tree.kind === 'map' ? (tree.entries.find((entry) => entry.key === key) ?? null) : null;
}

/** What stands there, in words for an error. */
export function describeTree(tree: Tree): string {
  if (tree.kind !== 'scalar') return `a ${tree.kind}`;
  if (tree.value === null) return 'nothing';
  return typeof tree.value === 'string' ? 'text' : `the ${typeof tree.value} ${String(tree.value)}`;
}

/** The tree as JSON text, numbers as they are written. */
export function renderJson(tree: Tree): string {
  switch (tree.kind) {
    case 'map':
      return `{${tree.entries.map(({ key, value }) => `${JSON.stringify(key)}:${renderJson(value)}`).join(',')}}`;
    case 'list':
      return `[${tree.items.map(renderJson).join(',')}]`;
    case 'scalar':
      return isJsonNumber(tree.source) ? tree.source : JSON.stringify(tree.value);
  }
}

function isJsonNumber(text: string | undefined): text is string {
  return text !== undefined && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
}
