const UNITS: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['second', 1],
  ['m', 60],
  ['minute', 60],
  ['h', 3600],
  ['hour', 3600],
  ['d', 86_400],
  ['day', 86_400],
]);

/** What people write for them. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ...['s', 'sec', 'secs', 'second', 'seconds'].map((word) => [word, 'second'] as const),
  ...['m', 'min', 'mins', 'minute', 'minutes'].map((word) => [word, 'minute'] as const),
  ...['h', 'hr', 'hrs', 'hour', 'hours'].map((word) => [word, 'hour'] as const),
  ...['d', 'day', 'days'].map((word) => [word, 'day'] as const),
]);

/** Whole seconds of `30s`, `5m`, `1h`, `1d` or `90`; null where it is none of them. */
export function parseDuration(text: string): number | null {
  const [, digits, unit] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? [];
  if (digits === undefined) return null;
  return Number(digits) * (UNITS.get(unit ?? '') ?? 1);
}

/** `10/minute`, `100/1h`, `5/30s`: so many in so many seconds; null where it is none of them. */
export function parseRate(text: string): { readonly max: number; readonly seconds: number } | null {
  const [, digits, per] = /^(\d{1,9}) ?\/ ?([a-z0-9]+)$/.exec(text) ?? [];
  if (digits === undefined || per === undefined) return null;
  const seconds = UNITS.get(per) ?? parseDuration(per);
  return seconds === null ? null : { max: Number(digits), seconds };
}

/** The rate that was likely meant by `5 per hour`, `10/min` or `3 calls every 2 minutes`; null where nothing was. */
export function suggestRate(text: string): string | null {
  const words =
    /^(\d{1,9})(?: ?calls?| ?times?| ?x)?(?: ?\/ ?| per | an? | every | in )(?:(\d{1,9}) ?)?([a-z]+)$/;
  const [, max, count, word] = words.exec(text.trim().toLowerCase().replaceAll(/\s+/g, ' ')) ?? [];
  const unit = MEANT.get(word ?? '');
  if (max === undefined || unit === undefined) return null;
  return count === undefined || count === '1' ? `${max}/${unit}` : `${max}/${count}${unit.charAt(0)}`;
}
