import type { Literal, Test } from '../condition/condition.ts';
import { explainHostPattern } from '../condition/host.ts';
import { compileRegex, RegexError } from '../condition/regex.ts';
import { suggestOperator } from './operator-names.ts';
import type { Problems } from './problems.ts';
import { quote } from '../quote.ts';
import { readCount, readLiteral, readNumber } from './read-literal.ts';
import { readWord, readWords } from './read-words.ts';
import { joinWords, readList, reportType } from './shape.ts';
import type { Entry, Tree } from './tree.ts';

type Read = (tree: Tree, problems: Problems) => Test | null;

/** In the order in which errors list them. */
const READERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ...listEach(['eq', 'ne'] as const, (kind) => withLiteral((literal) => ({ kind, literal }))),
  ...listEach(
    ['in', 'not_in'] as const,
    (kind) => (tree, problems) => readOneOf(kind, readLiteral, tree, problems),
  ),
  ...listEach(['lt', 'lte', 'gt', 'gte'] as const, (kind) => (tree, problems) => {
    const bound = readNumber(tree, kind, problems);
    return bound === null ? null : { kind, bound };
  }),
  ...listEach(
    ['matches', 'not_matches'] as const,
    (kind) => (tree, problems) => readPattern(kind, tree, problems),
  ),
  ...listEach(['starts_with', 'ends_with'] as const, (kind) => (tree, problems) => {
    const text = readWord(tree, kind, problems);
    return text === null ? null : { kind, text };
  }),
  ...listEach(['contains', 'not_contains'] as const, (kind) => withLiteral((literal) => ({ kind, literal }))),
  ['exists', readExists],
  ['length', readLength],
  ...listEach(['every', 'some'] as const, (kind) => (tree, problems) => {
    const tests = readOperators(tree, problems);
    return tests === null ? null : { kind, tests };
  }),
  ['within', readWithin],
  ['host', readHost],
]);

const COUNTERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ...listEach(['eq', 'ne'] as const, (kind) => (tree, problems) => {
    const literal = readCount(tree, kind, problems);
    return literal === null ? null : { kind, literal };
  }),
  ...listEach(
    ['in', 'not_in'] as const,
    (kind) => (tree, problems) =>
      readOneOf(kind, (item) => readCount(item, `an entry of ${kind}`, problems), tree, problems),
  ),
  ...[...READERS].filter(([name]) => /^[lg]te?$/.test(name)),
]);

/**
 * The tests of one value: a literal, or a map of operators. Null where something in them is broken, which is reported.
 * `hint` says what else may have been meant by a word that is no operator.
 */
export function readOperators(
  tree: Tree,
  problems: Problems,
  hint: (word: string) => string | null = () => null,
): Test[] | null {
  if (tree.kind === 'list') {
    const meant = 'write in: [...] for one of these values; every or some look into a list';
    problems.error(tree.span, 'list_as_test', 'a list is no test', meant);
    return null;
  }
  if (tree.kind === 'map') return readTests(tree.entries, READERS, { tree, problems, hint });
  const literal = readLiteral(tree, problems);
  return literal === null ? null : [{ kind: 'eq', literal }];
}

interface Reading {
  readonly tree: Tree;
  readonly problems: Problems;
  readonly hint: (word: string) => string | null;
}

function readTests(
  entries: readonly Entry[],
  readers: ReadonlyMap<string, Read>,
  { tree, problems, hint }: Reading,
): Test[] | null {
  const names = [...readers.keys()];
  if (entries.length === 0) {
    problems.error(tree.span, 'empty_test', 'a test without an operator', `use ${joinWords(names)}`);
    return null;
  }
  const tests = entries.map(({ key, keySpan, value }) => {
    const read = readers.get(key);
    if (read !== undefined) return read(value, problems);
    const nearest = suggestOperator(key, names);
    const meant = nearest === null ? hint(key) : `did you mean ${nearest}?`;
    const message = READERS.has(key) ? `${key} is no test of numbers` : `unknown operator ${quote(key)}`;
    problems.error(keySpan, 'unknown_operator', message, meant ?? `use ${joinWords(names)}`);
    return null;
  });
  const read = tests.filter((test) => test !== null);
  return read.length === tests.length ? read : null;
}

function listEach<Kind extends string>(
  kinds: readonly Kind[],
  create: (kind: Kind) => Read,
): [name: string, read: Read][] {
  return kinds.map((kind) => [kind, create(kind)]);
}

function withLiteral(create: (literal: Literal) => Test): Read {
  return (tree, problems) => {
    const literal = readLiteral(tree, problems);
    return literal === null ? null : create(literal);
  };
}

function readOneOf(
  kind: 'in' | 'not_in',
  read: (tree: Tree, problems: Problems) => Literal | null,
  tree: Tree,
  problems: Problems,
): Test | null {
  if (tree.kind === 'scalar' && tree.value !== null) {
    const source = problems.showSource(tree.span);
    reportType(tree, `${kind} is a list`, `write it as ${kind}: [${source ?? '...'}]`, problems);
    return null;
  }
  const list = readList(tree, kind, problems);
  if (list === null) return null;
  const literals = list.items.map((item) => read(item, problems)).filter((literal) => literal !== null);
  return literals.length === list.items.length ? { kind, literals } : null;
}

function readPattern(kind: 'matches' | 'not_matches', tree: Tree, problems: Problems): Test | null {
  const pattern = readWord(tree, kind, problems);
  if (pattern === null) return null;
  try {
    compileRegex(pattern);
    return { kind, pattern };
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    problems.error(tree.span, 'wrong_pattern', error.reason, error.hint);
    return null;
  }
}

function readExists(tree: Tree, problems: Problems): Test | null {
  if (tree.kind === 'scalar' && typeof tree.value === 'boolean')
    return { kind: 'exists', wanted: tree.value };
  reportType(tree, 'exists is a boolean', 'use true or false', problems);
  return null;
}

/** A length is a number, so only tests of numbers say something of it. */
function readLength(tree: Tree, problems: Problems): Test | null {
  if (tree.kind === 'map') {
    const tests = readTests(tree.entries, COUNTERS, { tree, problems, hint: () => null });
    return tests === null ? null : { kind: 'length', tests };
  }
  const literal = readCount(tree, 'length', problems);
  return literal === null ? null : { kind: 'length', tests: [{ kind: 'eq', literal }] };
}

/** Folders are taken as they are written, and what looks like more than that is not. */
const UNREAD = /^[a-z][a-z\d+.-]+:\/\/|\$\w|\$\{|%\w+%|[*?]|^~[^/\\]/i;

function readWithin(tree: Tree, problems: Problems): Test | null {
  const words = readWords(tree, 'within', problems);
  for (const { text, span } of words ?? []) {
    if (!UNREAD.test(text)) continue;
    const message = `within takes ${quote(text)} as a folder of exactly that name`;
    const hint = 'write a folder: no wildcards, variables or URLs; all below it is within';
    problems.warn(span, 'odd_folder', message, hint);
  }
  return words === null ? null : { kind: 'within', folders: words.map(({ text }) => text) };
}

function readHost(tree: Tree, problems: Problems): Test | null {
  const words = readWords(tree, 'host', problems);
  for (const { text, span } of words ?? []) {
    const why = explainHostPattern(text);
    if (why === null) continue;
    problems.error(span, 'wrong_host', `${quote(text)}: ${why}`, 'write example.com or "*.example.com"');
  }
  return words === null ? null : { kind: 'host', patterns: words.map(({ text }) => text) };
}
