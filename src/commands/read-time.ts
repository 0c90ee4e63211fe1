import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../policy/read/duration.ts';

/** A time as people give it on the command line, in ms since the epoch: so long ago, or a date. Throws what commander shows. */
export function parseTime(text: string, now: number): number {
  const ago = parseDuration(text);
  if (ago !== null) return now - ago * 1000;
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hour !== undefined) return new Date(now).setHours(Number(hour), Number(minute), 0, 0);
  // A date without a time begins where the reader is, not in Greenwich.
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00`) : Date.parse(text);
  if (!Number.isNaN(time) && /^\d{4}-/.test(text)) return time;
  throw new InvalidArgumentError('30m, 12h, 7d, 14:30, 2026-11-23 and 2026-11-23T14:30:00Z are allowed');
}
