import type { Literal, Test } from '../condition/condition.ts';
import { explainHostPattern } from '../condition/host.ts';
import { compileRegex, RegexError } from '../condition/regex.ts';
import { findNearest } from './nearest.ts';
import type { Problems } from './problems.ts';
import { quote } from '../quote.ts';
import { readLiteral, readNumber } from './read-literal.ts';
import { joinWords, readList, reportType } from './shape.ts';
import type { Entry, Tree } from './tree.ts';

type Read = (tree: Tree, problems: Problems) => Test | null;

const READERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ...(['eq', 'ne', 'contains', 'not_contains'] as const).map(
    (kind) => [kind, withLiteral((literal) => ({ kind, literal }))] as const,
  ),
  ...(['in', 'not_in'] as const).map(
    (kind) => [kind, (tree: Tree, problems: Problems) => readOneOf(kind, tree, problems)] as const,
  ),
  ...(['lt', 'lte', 'gt', 'gte'] as const).map(
    (kind) =>
      [
        kind,
        (tree: Tree, problems: Problems): Test | null => {
          const bound = readNumber(tree, kind, problems);
          return bound === null ? null : { kind, bound };
        },
      ] as const,
  ),
  ...(['matches', 'not_matches'] as const).map(
    (kind) => [kind, (tree: Tree, problems: Problems) => readPattern(kind, tree, problems)] as const,
  ),
  ...(['starts_with', 'ends_with'] as const).map(
    (kind) =>
      [
        kind,
        (tree: Tree, problems: Problems): Test | null => {
          const text = readWord(tree, kind, problems);
          return text === null ? null : { kind, text };
        },
      ] as const,
  ),
  ...(['length', 'every', 'some'] as const).map(
    (kind) =>
      [
        kind,
        (tree: Tree, problems: Problems): Test | null => {
          const tests = readOperators(tree, problems);
          return tests === null ? null : { kind, tests };
        },
      ] as const,
  ),
  ['exists', readExists],
  ['within', readWithin],
  ['host', readHost],
]);

/** The tests of one value: a literal, or a map of operators. Null where nothing is left of what is broken. */
export function readOperators(tree: Tree, problems: Problems): Test[] | null {
  if (tree.kind === 'list') {
    const hint = 'write in: [...] for one of these values; every or some look into a list';
    problems.error(tree.span, 'list_as_test', 'a list is no test', hint);
    return null;
  }
  if (tree.kind === 'scalar') {
    const literal = readLiteral(tree, problems);
    return literal === null ? null : [{ kind: 'eq', literal }];
  }
  if (tree.entries.length === 0) {
    problems.error(
      tree.span,
      'empty_test',
      'a test without an operator',
      `use ${joinWords([...READERS.keys()])}`,
    );
    return null;
  }
  const tests = tree.entries.flatMap((entry) => readOperator(entry, problems) ?? []);
  return tests.length === tree.entries.length ? tests : null;
}

function readOperator({ key, keySpan, value }: Entry, problems: Problems): Test | null {
  const read = READERS.get(key);
  if (read !== undefined) return read(value, problems);
  const nearest = findNearest(key, [...READERS.keys()]);
  const hint =
    nearest === null ? `the operators are ${joinWords([...READERS.keys()])}` : `did you mean ${nearest}?`;
  problems.error(keySpan, 'unknown_operator', `unknown operator ${quote(key)}`, hint);
  return null;
}

function withLiteral(create: (literal: Literal) => Test): Read {
  return (tree, problems) => {
    const literal = readLiteral(tree, problems);
    return literal === null ? null : create(literal);
  };
}

function readOneOf(kind: 'in' | 'not_in', tree: Tree, problems: Problems): Test | null {
  if (tree.kind === 'scalar') {
    reportType(tree, `${kind} is a list`, `write it as ${kind}: [${quote(String(tree.value))}]`, problems);
    return null;
  }
  const items = readList(tree, kind, problems)?.items ?? null;
  if (items === null) return null;
  const literals = items.flatMap((item) => readLiteral(item, problems) ?? []);
  return literals.length === items.length ? { kind, literals } : null;
}

function readPattern(kind: 'matches' | 'not_matches', tree: Tree, problems: Problems): Test | null {
  const pattern = readWord(tree, kind, problems);
  if (pattern === null) return null;
  try {
    compileRegex(pattern);
    return { kind, pattern };
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    problems.error(
      tree.span,
      'wrong_pattern',
      `${quote(pattern)} is no pattern: ${error.reason}`,
      error.hint,
    );
    return null;
  }
}

function readExists(tree: Tree, problems: Problems): Test | null {
  if (tree.kind === 'scalar' && typeof tree.value === 'boolean')
    return { kind: 'exists', wanted: tree.value };
  reportType(tree, 'exists is a boolean', 'use true or false', problems);
  return null;
}

function readWithin(tree: Tree, problems: Problems): Test | null {
  const folders = readWords(tree, 'within', problems);
  return folders === null ? null : { kind: 'within', folders };
}

function readHost(tree: Tree, problems: Problems): Test | null {
  const patterns = readWords(tree, 'host', problems);
  if (patterns === null) return null;
  for (const pattern of patterns) {
    const why = explainHostPattern(pattern);
    if (why !== null)
      problems.error(
        tree.span,
        'wrong_host',
        `${quote(pattern)}: ${why}`,
        'write example.com or "*.example.com"',
      );
  }
  return { kind: 'host', patterns };
}

function readWords(tree: Tree, what: string, problems: Problems): string[] | null {
  if (tree.kind !== 'list') {
    const word = readWord(tree, what, problems);
    return word === null ? null : [word];
  }
  const items = readList(tree, what, problems)?.items ?? [];
  const words = items.flatMap((item) => readWord(item, `an entry of ${what}`, problems) ?? []);
  return words.length === items.length && words.length > 0 ? words : null;
}

function readWord(tree: Tree, what: string, problems: Problems): string | null {
  if (tree.kind === 'scalar' && typeof tree.value === 'string') {
    if (tree.value !== '') return tree.value;
    problems.error(tree.span, 'empty_text', `${what} is empty`, 'write some text');
    return null;
  }
  const source = tree.kind === 'scalar' ? problems.quoteSource(tree.span) : null;
  const hint =
    tree.kind === 'scalar' && tree.value === null
      ? 'in YAML a bare ~ is nothing: write it in quotes, "~"'
      : source === null
        ? null
        : `write it in quotes: ${source}`;
  reportType(tree, `${what} is text`, hint, problems);
  return null;
}
