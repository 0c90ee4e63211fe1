import { isFields, type Fields } from '../../approval/hub/message-fields.ts';

/** One line of the log as it is read back, its members not looked at yet. */
export interface LogRecord {
  /** Wall clock, ms since the epoch. */
  readonly time: number;
  readonly seq: number;
  readonly session: string;
  readonly server: string;
  readonly event: string;
  readonly fields: Fields;
  /** The line without its "\n". */
  readonly bytes: Buffer;
}

const TIME = /^\{"time":"([^"]{20,30})"/;
/** Characters in which the time of a line stands. */
const LONGEST_TIME = 48;

/** The time of a line alone, in ms since the epoch, without reading the rest of it; null where it is no line of the log. */
export function readTime(bytes: Buffer): number | null {
  const [, text] = TIME.exec(bytes.toString('latin1', 0, LONGEST_TIME)) ?? [];
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

/** Null for what is no line of the log: others may have written there, and `log --verify` tells. */
export function readRecord(bytes: Buffer): LogRecord | null {
  const time = readTime(bytes);
  const fields = time === null ? null : parse(bytes);
  if (time === null || fields === null) return null;
  const { seq, session, server, event } = fields;
  if (typeof seq !== 'number' || typeof session !== 'string') return null;
  if (typeof server !== 'string' || typeof event !== 'string') return null;
  return { time, seq, session, server, event, fields, bytes };
}

function parse(bytes: Buffer): Fields | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('latin1'));
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}
