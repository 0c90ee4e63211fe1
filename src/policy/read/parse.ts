import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node, type Scalar } from 'yaml';
import type { Problems } from './problems.ts';
import { quote } from '../quote.ts';
import { reportSyntax } from './syntax.ts';
import type { Entry, Span, Tree } from './tree.ts';

const MOST_ALIASES = 100;

export interface Parsed {
  /** Null where there is nothing to read. */
  readonly tree: Tree | null;
  /** The first line that is not YAML; what stands above it can still be read. */
  readonly brokenAt: number | null;
}

/** The text as a tree. JSON is read as the YAML it is. What is no YAML goes to `problems`, what is odd in it to `odd`. */
export function parsePolicy(text: string, problems: Problems, odd: Problems): Parsed {
  const document = parseYaml(text);
  if (document.directives.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    problems.error({ start: 0, end: 5 }, 'yaml_version', 'a policy is YAML 1.2', 'remove the line %YAML 1.1');
    return { tree: null, brokenAt: 1 };
  }
  reportSyntax(document, text, problems);
  const brokenAt = problems.list()[0]?.line ?? null;
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    if (brokenAt !== null) return { tree: null, brokenAt };
    problems.error({ start: 0, end: 0 }, 'empty', 'the file holds no policy', 'the least one is: version: 1');
    return { tree: null, brokenAt };
  }
  return { tree: new Grower(document, odd).grow(document.contents, { start: 0, end: 1 }), brokenAt };
}

/** The package's own view of the text, read as policies are. Never throws for what the text holds. */
export function parseYaml(text: string): Document.Parsed {
  return parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    prettyErrors: false,
    // The package compares each key with each other; the grower below uses a set.
    uniqueKeys: false,
  });
}

/** Turns the package's nodes into ours. An alias grows once and is shared, so a bomb of aliases costs nothing. */
class Grower {
  readonly #document: Document.Parsed;
  readonly #problems: Problems;
  readonly #grown = new Map<Node, Tree>();
  readonly #growing = new Set<Node>();
  #aliases = 0;

  constructor(document: Document.Parsed, problems: Problems) {
    this.#document = document;
    this.#problems = problems;
  }

  /** `around` is where an empty node is shown: its key. */
  grow(node: unknown, around: Span): Tree {
    const nothing: Tree = { kind: 'scalar', value: null, span: around };
    if (isAlias(node)) return this.#follow(node, nothing);
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return nothing;
    const known = this.#grown.get(node);
    if (known !== undefined) return known;
    this.#growing.add(node);
    const tree = this.#growNode(node, around);
    this.#growing.delete(node);
    this.#grown.set(node, tree);
    return tree;
  }

  #growNode(node: Node, around: Span): Tree {
    const span = spanOf(node, around);
    if (isMap(node)) return { kind: 'map', entries: this.#growEntries(node.items, span), span };
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => this.grow(item, span)), span };
    const value = isScalar(node) ? readScalar(node) : null;
    if (typeof value !== 'number' || !isScalar(node)) return { kind: 'scalar', value, span };
    return { kind: 'scalar', value, source: node.source ?? String(value), span };
  }

  #growEntries(pairs: readonly { key: unknown; value: unknown }[], around: Span): Entry[] {
    const seen = new Set<string>();
    return pairs.flatMap(({ key, value }) => {
      const tree = this.grow(key, around);
      if (tree.kind !== 'scalar' || typeof tree.value !== 'string') {
        const source = this.#problems.quoteSource(tree.span);
        const met = tree.kind === 'scalar' ? `${String(tree.value)} in YAML` : `a ${tree.kind}`;
        const message = `the key ${source} is ${met}, and keys are text`;
        this.#problems.error(tree.span, 'key_not_text', message, `write it in quotes: ${source}`);
        return [];
      }
      if (seen.has(tree.value)) {
        const message = `the key ${quote(tree.value)} stands twice in one map`;
        this.#problems.error(tree.span, 'duplicate_key', message, 'remove one of the two');
      }
      seen.add(tree.value);
      return [{ key: tree.value, keySpan: tree.span, value: this.grow(value, tree.span) }];
    });
  }

  #follow(alias: Node, nothing: Tree): Tree {
    const span = spanOf(alias, nothing.span);
    if (++this.#aliases > MOST_ALIASES) {
      if (this.#aliases === MOST_ALIASES + 1) {
        this.#problems.error(span, 'alias', `more than ${MOST_ALIASES} aliases`, 'write the rules out');
      }
      return { ...nothing, span };
    }
    const target = isAlias(alias) ? alias.resolve(this.#document) : undefined;
    if (target === undefined || this.#growing.has(target)) {
      const name = isAlias(alias) ? alias.source : '';
      const why = target === undefined ? 'nothing is anchored under that name' : 'it holds itself';
      const message = `the alias *${name} leads nowhere: ${why}`;
      this.#problems.error(span, 'alias', message, `if it is text, write it in quotes: "*${name}"`);
      return { ...nothing, span };
    }
    return this.grow(target, span);
  }
}

function readScalar({ value }: Scalar): string | number | boolean | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return null;
}

function spanOf(node: Node, around: Span): Span {
  const [start, end] = node.range ?? [0, 0];
  return end > start ? { start, end } : around;
}
