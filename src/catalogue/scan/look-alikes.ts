import { quote } from '../../policy/quote.ts';

const MOST_NAMES = 2_000;
const MOST_TOLD = 5;

/** Signs that look alike in many fonts, each by the one it is taken for. */
const TWINS: readonly (readonly [RegExp, string])[] = [
  [/[._/-]/g, '_'],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/[1i|]/g, 'l'],
  [/0/g, 'o'],
  [/5/g, 's'],
];

/** Cyrillic and Greek letters that are drawn like Latin ones. */
const FOREIGN: ReadonlyMap<string, string> = new Map(
  Object.entries({
    а: 'a',
    е: 'e',
    о: 'o',
    р: 'p',
    с: 'c',
    у: 'y',
    х: 'x',
    і: 'i',
    ѕ: 's',
    ԁ: 'd',
    ο: 'o',
    α: 'a',
    ν: 'v',
    ρ: 'p',
  }),
);

/** Names that a person could take for one another, and beginnings that only just differ, in sentences. */
export function findLookAlikes(names: readonly string[]): string[] {
  const known = names.slice(0, MOST_NAMES);
  return [...findTwins(known), ...findStrayPrefixes(known)];
}

function findTwins(names: readonly string[]): string[] {
  const byLook = new Map<string, string[]>();
  for (const name of names) {
    const look = drawAlike(name);
    byLook.set(look, [...(byLook.get(look) ?? []), name]);
  }
  return [...byLook.values()]
    .filter((alike) => alike.length > 1)
    .slice(0, MOST_TOLD)
    .map(
      (alike) =>
        `${alike.map((name) => quote(name)).join(' and ')} look alike: a rule for one does not hold for the other`,
    );
}

function drawAlike(name: string): string {
  const latin = Array.from(name.normalize('NFKC').toLowerCase(), (sign) => FOREIGN.get(sign) ?? sign).join(
    '',
  );
  return TWINS.reduce((look, [signs, twin]) => look.replaceAll(signs, twin), latin);
}

/** `rabbimq_` beside `rabbitmq_`: a glob for the one misses the other. */
function findStrayPrefixes(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) {
    const [prefix = ''] = name.split(/[._/-]/);
    if (prefix.length >= 5 && prefix !== name) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  const prefixes = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 100);
  const told: string[] = [];
  for (const [index, [usual, often]] of prefixes.entries()) {
    for (const [rare, seldom] of prefixes.slice(index + 1)) {
      if (seldom * 2 > often || !isOneSlipFrom(usual, rare)) continue;
      const strays = names.filter((name) => name.startsWith(rare)).slice(0, MOST_TOLD);
      told.push(
        `${strays.map((name) => quote(name)).join(' and ')} begin with ${quote(rare)}, not ${quote(usual)}: a rule for ${quote(`${usual}_*`)} misses them`,
      );
    }
  }
  return told.slice(0, MOST_TOLD);
}

/** One letter left out, put in or in place of another, or two letters swapped; plural forms are no slip. */
function isOneSlipFrom(a: string, b: string): boolean {
  if (`${a}s` === b || `${b}s` === a || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return (left.length <= 1 && right.length <= 1) || left === Array.from(right).toReversed().join('');
}
