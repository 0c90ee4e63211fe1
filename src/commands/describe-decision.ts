import { wasAsked } from '../audit/read/selection.ts';
import type { RecordedCall } from '../audit/read/recorded-call.ts';

/** How a decision is shown: what ran, what a person let run, what was refused. */
export type Tone = 'ran' | 'asked' | 'refused';

const WORDS: ReadonlyMap<string, string> = new Map([
  ['granted', 'granted before'],
  ['tool_changed', 'tool changed'],
  ['unknown_tool', 'hidden'],
  ['rate_limited', 'rate limited'],
  ['approval_denied', 'refused'],
  ['approval_timeout', 'nobody answered'],
  ['approval_unavailable', 'nobody to ask'],
  ['approval_overflow', 'too many asked'],
  ['cancelled', 'given up'],
]);

/** The decision in a word or two; codes of later versions as they are. */
export function describeDecision({ code, verdict, dryRun }: RecordedCall): string {
  const word = WORDS.get(code) ?? code;
  return verdict === 'deny' && dryRun ? `would: ${word}` : word;
}

export function toneOf(call: RecordedCall): Tone {
  if (call.verdict === 'deny' && !call.dryRun) return 'refused';
  return wasAsked(call) || call.code === 'granted' ? 'asked' : 'ran';
}

/** Who answered and how long that took: `console, 8 s`; empty where nobody was asked. */
export function describeApprover({ approver, waitMs }: RecordedCall): string {
  const time = waitMs === null ? [] : [renderDuration(waitMs)];
  return [...(approver === null ? [] : [approver]), ...time].join(', ');
}

/** What became of it: `ok`, `tool error`; empty where it was not forwarded. */
export function describeOutcome({ result, verdict, dryRun }: RecordedCall): string {
  if (result !== null) return result.outcome.replaceAll('_', ' ');
  return verdict === 'allow' || dryRun ? 'no outcome' : '';
}

/** `0.4 ms`, `12 ms`, `1.2 s`, `48 s`, `3 min`, `2 h`. */
export function renderDuration(ms: number): string {
  if (ms < 1) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
