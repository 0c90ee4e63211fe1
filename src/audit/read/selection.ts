import { matchGlob } from '../../policy/glob.ts';
import { readTime, type LogRecord } from './log-record.ts';
import { toCall } from './to-call.ts';
import type { RecordedCall } from './recorded-call.ts';

/** What of the log is wanted; null: all. */
export interface Selection {
  /** Names or globs. */
  readonly server: string | null;
  readonly tool: string | null;
  /** Only what was refused. */
  readonly denied: boolean;
  /** Only what a person was asked about. */
  readonly asked: boolean;
  /** ms since the epoch, the first included and the last not. */
  readonly since: number | null;
  readonly until: number | null;
}

/** Codes of calls about which a person was asked, or would have been had one been there. */
const ASKED: ReadonlySet<string> = new Set([
  'approved',
  'approval_denied',
  'approval_timeout',
  'approval_unavailable',
  'approval_overflow',
]);

export function wasAsked({ code, waitMs }: RecordedCall): boolean {
  return ASKED.has(code) || waitMs !== null;
}

/** Whether a line is of the time that is wanted. */
export function isInTime(time: number, { since, until }: Pick<Selection, 'since' | 'until'>): boolean {
  return (since === null || time >= since) && (until === null || time < until);
}

export function isOfServer(server: string, wanted: string | null): boolean {
  return wanted === null || matchGlob(wanted, server);
}

export function isSelectedCall(call: RecordedCall, selection: Selection): boolean {
  const { server, tool, denied, asked } = selection;
  return (
    isOfServer(call.server, server) &&
    isInTime(call.time, selection) &&
    (tool === null || matchGlob(tool, call.tool ?? `${call.other?.method} ${call.other?.target}`)) &&
    (!denied || call.verdict === 'deny') &&
    (!asked || wasAsked(call))
  );
}

/** Lines that are no calls are told where nothing but calls is asked for, and what was refused beside them under `denied`. */
export function isSelectedEvent(record: LogRecord, selection: Selection): boolean {
  const { tool, denied, asked } = selection;
  if (!isOfServer(record.server, selection.server) || !isInTime(record.time, selection)) return false;
  if (tool !== null || asked) return false;
  return !denied || record.event === 'refused-frame' || record.event === 'gap';
}

/** Whether a line tells of a call that is wanted: the cheap question, asked of many. */
export function isSelectedLine(bytes: Buffer, record: LogRecord | null, selection: Selection): boolean {
  if (record === null || !isInTime(readTime(bytes) ?? Number.NaN, selection)) return false;
  const call = toCall(record);
  return call !== null && isSelectedCall(call, selection);
}
