import { parseDecimal, renderDecimal } from '../condition/decimal.ts';
import type { Action } from '../policy.ts';
import { isAnchored } from './anchored.ts';
import type { Problems } from './problems.ts';
import { findEntry, type Entry, type ListTree, type Tree } from './tree.ts';
import { renderQuoted } from './unquoted.ts';

/** Warns of tests in the `when` of a rule that are legal, and let more through than they seem to. */
export function warnConditions(rule: Tree, action: Action | null, problems: Problems): void {
  const when = findEntry(rule, 'when')?.value;
  if (when?.kind !== 'map') return;
  for (const { value } of when.entries) warnTests(value, action, problems);
}

function warnTests(tests: Tree, action: Action | null, problems: Problems): void {
  if (tests.kind !== 'map') return;
  for (const { key, value } of tests.entries) {
    if (value.kind === 'map') warnTests(value, action, problems);
    else if (value.kind === 'list') warnTwice(key, value, problems);
    else if (typeof value.value === 'string') warnText({ key, value, text: value.value }, action, problems);
  }
}

interface TextTest extends Pick<Entry, 'key' | 'value'> {
  readonly text: string;
}

function warnText({ key, value, text }: TextTest, action: Action | null, problems: Problems): void {
  if (problems.isWrong(value.span)) return;
  // What matters is a text that passes: for an allow one that matches, for the others one that does not.
  const risky = action === 'allow' ? 'matches' : 'not_matches';
  if (action !== null && key === risky && !isAnchored(text)) {
    const where = 'text with the pattern anywhere in it';
    const message =
      action === 'allow' ? `this allow takes any ${where}` : `any ${where} escapes this ${action}`;
    const anchored = text.length > 60 ? '^(?:...)$' : `${key}: ${renderQuoted(`^(?:${text})$`)}`;
    problems.warn(value.span, 'not_anchored', message, `write ${anchored}, with .* where anything may stand`);
  }
  if (action !== 'allow' || key !== 'starts_with') return;
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text) && !/^file:/i.test(text)) {
    const message = 'this allow takes an address by its first letters: its host may go on behind them';
    problems.warn(
      value.span,
      'address_by_letters',
      message,
      'use host: [...], which reads it as a browser does',
    );
  } else if (/^(?:[/\\~]|\.{1,2}[/\\]|[a-z]:[/\\]|file:)/i.test(text)) {
    const message = 'this allow takes a path by its first letters: ".." and links lead out of it';
    problems.warn(value.span, 'path_by_letters', message, 'use within, which resolves them');
  }
}

function warnTwice(key: string, { items }: ListTree, problems: Problems): void {
  if (key !== 'in' && key !== 'not_in') return;
  const seen = new Set<string>();
  for (const item of items) {
    const value = canonize(item);
    if (value !== null && seen.has(value))
      problems.warn(
        item.span,
        'duplicate_value',
        'this value stands twice in the list',
        'remove one of the two',
      );
    if (value !== null) seen.add(value);
  }
}

/** One text for values that are equal; null where there is none. */
function canonize(item: Tree): string | null {
  if (item.kind !== 'scalar') return null;
  const number = typeof item.value === 'number' ? parseDecimal(item.source ?? String(item.value)) : null;
  return number === null ? JSON.stringify(item.value) : renderDecimal(number);
}
