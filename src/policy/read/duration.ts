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
