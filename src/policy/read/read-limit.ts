import { parseDuration, parseRate } from './duration.ts';
import type { Limit } from '../policy.ts';
import type { Problems } from './problems.ts';
import { quote } from '../quote.ts';
import { readChoice, readEntries, readField, reportLater, reportType } from './shape.ts';
import type { Tree } from './tree.ts';

const KEYS = { known: ['max', 'window', 'per', 'scope', 'on_exceed'], later: ['sum'] };
const PER = ['tool'] as const;
const ON_EXCEED = ['deny', 'require_approval'] as const;
const MOST_CALLS = 100_000;
const LONGEST_SECONDS = 366 * 86_400;
const RATE_HINT = 'write it as 10/minute, 100/1h or { max: 10, window: 60 }';

/** A rate limit, in its short form (`10/minute`) or as a map; null where it is broken, which is reported. */
export function readLimit(tree: Tree, rule: string, problems: Problems): Limit | null {
  if (tree.kind === 'scalar') return readShort(tree, rule, problems);
  const entries = readEntries(tree, 'a rate limit', KEYS, problems);
  if (entries === null) return null;
  for (const key of ['max', 'window']) {
    if (!entries.has(key))
      problems.error(tree.span, 'missing_key', `a rate limit without ${quote(key)}`, RATE_HINT);
  }
  const max = readField(entries, 'max', (value) => readMax(value, problems));
  const seconds = readField(entries, 'window', (value) =>
    readSeconds(value, 'a window', LONGEST_SECONDS, problems),
  );
  const per = readField(entries, 'per', (value) => readChoice(value, 'per', PER, problems));
  const onExceed = readField(entries, 'on_exceed', (value) =>
    readChoice(value, 'on_exceed', ON_EXCEED, problems),
  );
  readField(entries, 'scope', (value) => readScope(value, problems));
  if (max === null || seconds === null) return null;
  return { rule, max, windowMs: seconds * 1000, per: per ?? 'rule', onExceed: onExceed ?? 'deny' };
}

/** Whole seconds, as a number or as `30s 5m 1h 1d`; null where it is none or too long, which is reported. */
export function readSeconds(tree: Tree, what: string, most: number, problems: Problems): number | null {
  const value = tree.kind === 'scalar' ? tree.value : null;
  const seconds = typeof value === 'number' ? value : parseDuration(typeof value === 'string' ? value : '');
  if (seconds !== null && Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= most) return seconds;
  const hint = `write whole seconds up to ${most}, or 30s, 5m, 1h, 1d`;
  if (typeof value !== 'string' && typeof value !== 'number') {
    reportType(tree, `${what} is a time`, hint, problems);
  } else {
    problems.error(tree.span, 'wrong_time', `${what} cannot be ${quote(String(value))}`, hint);
  }
  return null;
}

function readShort(tree: Tree & { kind: 'scalar' }, rule: string, problems: Problems): Limit | null {
  const rate = typeof tree.value === 'string' ? parseRate(tree.value) : null;
  if (rate === null) {
    const met = typeof tree.value === 'string' ? quote(tree.value) : String(tree.value ?? 'nothing');
    problems.error(tree.span, 'wrong_limit', `${met} is no rate limit`, RATE_HINT);
    return null;
  }
  const { max, seconds } = rate;
  if (!isMax(max)) return reportMax(tree, max, problems);
  if (seconds < 1 || seconds > LONGEST_SECONDS) {
    problems.error(
      tree.span,
      'wrong_time',
      `a window of ${seconds} s`,
      `from 1 s to ${LONGEST_SECONDS} s are allowed`,
    );
    return null;
  }
  return { rule, max, windowMs: seconds * 1000, per: 'rule', onExceed: 'deny' };
}

function readMax(tree: Tree, problems: Problems): number | null {
  if (tree.kind !== 'scalar' || typeof tree.value !== 'number') {
    reportType(tree, 'max is a number', `use a whole number from 1 to ${MOST_CALLS}`, problems);
    return null;
  }
  return isMax(tree.value) ? tree.value : reportMax(tree, tree.value, problems);
}

function isMax(max: number): boolean {
  return Number.isInteger(max) && max >= 1 && max <= MOST_CALLS;
}

function reportMax(tree: Tree, max: number, problems: Problems): null {
  const hint = `use a whole number from 1 to ${MOST_CALLS}${max === 0 ? '; to refuse every call, use action: deny' : ''}`;
  problems.error(tree.span, 'wrong_max', `max cannot be ${max}`, hint);
  return null;
}

function readScope(tree: Tree, problems: Problems): void {
  const value = tree.kind === 'scalar' ? tree.value : null;
  if (value === 'machine' || value === 'team') reportLater(tree.span, `scope: ${value}`, problems);
  else readChoice(tree, 'scope', ['session'], problems);
}
