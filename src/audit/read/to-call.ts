import { CATEGORIES, RISKS } from '../../policy/profile.ts';
import { listMembers } from '../../wire/skim.ts';
import { classifyToken, decodeString, sliceToken } from '../../wire/token.ts';
import type { LogRecord } from './log-record.ts';
import type { RecordedArguments, RecordedCall, RecordedResult } from './recorded-call.ts';

/** A call whose outcome may still be put beside it. */
export type UnpairedCall = Omit<RecordedCall, 'result'> & { result: RecordedResult | null };

/** The call that a `call` line tells of; null for every other line. */
export function toCall({ event, fields, bytes, time, seq, session, server }: LogRecord): UnpairedCall | null {
  if (event !== 'call') return null;
  const { tool, method, target, category, risk, verdict, code, rule, approver, waitMs, dryRun } = fields;
  return {
    session,
    seq,
    time,
    server,
    tool: readText(tool),
    other: typeof method === 'string' ? { method, target: readText(target) ?? '' } : null,
    category: CATEGORIES.find((one) => one === category) ?? null,
    risk: RISKS.find((one) => one === risk) ?? null,
    // What is not understood did not run.
    verdict: verdict === 'allow' ? 'allow' : 'deny',
    code: readText(code) ?? '',
    rule: readText(rule),
    approver: readText(approver),
    waitMs: readNumber(waitMs),
    dryRun: dryRun === true,
    result: null,
    // Most readers never ask for them.
    get arguments() {
      return readArguments(bytes);
    },
  };
}

/** The number of the call that a `result` line is of, and what it tells; null for every other line. */
export function toResult({ event, fields }: LogRecord): { call: number; result: RecordedResult } | null {
  const { call, outcome, upstreamMs } = fields;
  if (event !== 'result' || typeof call !== 'number' || typeof outcome !== 'string') return null;
  return { call, result: { outcome, upstreamMs: readNumber(upstreamMs) ?? 0 } };
}

/** Arguments as they stand in the line: no number of theirs is read and written again. */
function readArguments(bytes: Buffer): RecordedArguments {
  const members = listMembers(bytes, { start: 0, end: bytes.length }) ?? [];
  const found = members.findLast(({ key }) => decodeString(bytes, key) === 'arguments');
  if (found === undefined) return { kind: 'untold' };
  const kind = classifyToken(bytes, found.value);
  if (kind === 'object') return { kind: 'told', json: sliceToken(bytes, found.value) };
  return kind === 'literal' ? { kind: 'absent' } : { kind: 'untold' };
}

function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function readNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
