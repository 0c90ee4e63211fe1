import type { ArgPath } from '../condition/condition.ts';
import { parseArgPath } from '../condition/arg-path.ts';
import { MOST_PLACES, MOST_WHOLE, readUnits } from '../limit/amount.ts';
import { parseDuration, parseRate, suggestRate } from './duration.ts';
import type { Limit, Measure } from '../policy.ts';
import type { Problems } from './problems.ts';
import { escapeUnseen, quote } from '../quote.ts';
import { readChoice, readEntries, readField, reportLater, reportType } from './shape.ts';
import type { Entry, ScalarTree, Tree } from './tree.ts';

const KEYS = { known: ['max', 'window', 'sum', 'per', 'scope', 'on_exceed'], later: [] };
const PER = ['tool'] as const;
const SCOPES = ['session', 'machine'] as const;
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
  const measure = readMeasure(entries, problems);
  const seconds = readField(entries, 'window', (value) =>
    readSeconds(value, 'a window', LONGEST_SECONDS, problems),
  );
  const per = readField(entries, 'per', (value) => readChoice(value, 'per', PER, problems));
  const scope = readField(entries, 'scope', (value) => readScope(value, problems));
  const onExceed = readField(entries, 'on_exceed', (value) =>
    readChoice(value, 'on_exceed', ON_EXCEED, problems),
  );
  if (measure === null || seconds === null) return null;
  return {
    rule,
    measure,
    windowMs: seconds * 1000,
    per: per ?? 'rule',
    scope: scope ?? 'session',
    onExceed: onExceed ?? 'deny',
  };
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

function readShort(tree: ScalarTree, rule: string, problems: Problems): Limit | null {
  const rate = typeof tree.value === 'string' ? parseRate(tree.value) : null;
  if (rate === null) {
    const met = typeof tree.value === 'string' ? quote(tree.value) : String(tree.value ?? 'nothing');
    const meant = typeof tree.value === 'string' ? suggestRate(tree.value) : null;
    const hint = meant === null ? RATE_HINT : `did you mean ${meant}?`;
    problems.error(tree.span, 'wrong_limit', `${met} is no rate limit`, hint);
    return null;
  }
  const { max, seconds } = rate;
  if (!isMax(max)) return reportMax(tree, max, problems);
  if (seconds < 1 || seconds > LONGEST_SECONDS) {
    const hint = `from 1 s to ${LONGEST_SECONDS} s are allowed`;
    problems.error(tree.span, 'wrong_time', `a window of ${seconds} s`, hint);
    return null;
  }
  return {
    rule,
    measure: { kind: 'calls', max },
    windowMs: seconds * 1000,
    per: 'rule',
    scope: 'session',
    onExceed: 'deny',
  };
}

function readMeasure(entries: ReadonlyMap<string, Entry>, problems: Problems): Measure | null {
  if (!entries.has('sum')) {
    const max = readField(entries, 'max', (value) => readMax(value, problems));
    return max === null ? null : { kind: 'calls', max };
  }
  const of = readField(entries, 'sum', (value) => readSum(value, problems));
  const max = readField(entries, 'max', (value) => readMostSum(value, problems));
  return of === null || max === null ? null : { kind: 'sum', of, max };
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

/** The most that a sum may be, as it is written: a value read as a number may be rounded. */
function readMostSum(tree: Tree, problems: Problems): string | null {
  const hint = `use a number above 0, with at most ${MOST_WHOLE} digits before the point and ${MOST_PLACES} behind it`;
  if (tree.kind !== 'scalar' || typeof tree.value !== 'number') {
    reportType(tree, 'max is a number', hint, problems);
    return null;
  }
  const text = tree.source ?? String(tree.value);
  const units = readUnits(text);
  if (units !== null && units > 0n) return text;
  const more = units === 0n ? '; to refuse every call, use action: deny' : '';
  problems.error(tree.span, 'wrong_max', `max cannot be ${text}`, `${hint}${more}`);
  return null;
}

function readSum(tree: Tree, problems: Problems): ArgPath | null {
  if (tree.kind !== 'scalar' || typeof tree.value !== 'string') {
    reportType(tree, 'sum names an argument', 'write it as: sum: args.amount', problems);
    return null;
  }
  const path = parseArgPath(tree.value);
  if (path !== null && path.steps.length > 0) return path;
  const meant = path === null ? parseArgPath(`args.${tree.value}`) : null;
  const hint =
    meant === null
      ? `write it as args.amount, "args.items[0].price" or 'args["odd.key"]'`
      : `did you mean ${escapeUnseen(meant.text)}?`;
  problems.error(tree.span, 'wrong_path', `${quote(tree.value)} names no argument`, hint);
  return null;
}

function readScope(tree: Tree, problems: Problems): Limit['scope'] | null {
  const value = tree.kind === 'scalar' ? tree.value : null;
  if (value !== 'team') return readChoice(tree, 'scope', SCOPES, problems);
  reportLater(tree.span, 'scope: team', problems);
  return null;
}
