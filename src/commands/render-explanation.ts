import type { Action, RuleMatch } from '../policy/policy.ts';
import { escapeUnseen, quote } from '../policy/quote.ts';
import type { LimitState } from '../policy/limit/windows.ts';

/** What would happen to a call, as `--json` has it. */
export interface Explanation {
  readonly verdict: Action;
  readonly code: string;
  readonly rule: string | null;
  readonly layer: string;
  readonly reason: string | null;
  readonly hide: boolean;
  readonly category: null;
  readonly risk: null;
  readonly matched: readonly RuleMatch[];
  readonly limits: readonly LimitState[];
}

/** The explanation as a person reads it, with a final newline. */
export function renderExplanation(
  tool: string,
  explanation: Explanation,
  notices: readonly string[],
): string {
  const { rule, reason, matched, limits } = explanation;
  const name = /^[\w./-]+$/.test(tool) ? tool : quote(tool);
  const lines = [`${name}: ${explanation.verdict}, ${describeOutcome(explanation)}`];
  if (rule !== null) lines.push(`  rule    ${rule} (${escapeUnseen(explanation.layer)})`);
  if (reason !== null) lines.push(`  reason  ${escapeUnseen(reason)}`);
  if (matched.length > 0) lines.push('', 'rules that fit the name:', ...renderMatches(matched, rule));
  if (limits.length > 0) lines.push('', 'limits that count the call:', ...renderLimits(limits));
  if (notices.length > 0) lines.push('', ...notices.map((notice) => `note: ${notice}`));
  return `${lines.join('\n')}\n`;
}

function describeOutcome({ verdict, code, hide }: Explanation): string {
  if (code === 'approval_unavailable')
    return 'which is refused at once: the policy lists no channel to ask on';
  if (verdict === 'allow') return 'so it is forwarded';
  if (verdict === 'require_approval') return 'so a person is asked';
  return hide ? 'so it is refused, and the tool is hidden from the agent' : 'so it is refused';
}

function renderMatches(matched: readonly RuleMatch[], decisive: string | null): string[] {
  const rows = matched.map(({ rule, action }) => {
    const role = rule === decisive ? 'decides' : '';
    return [rule, action ?? 'limits only', role];
  });
  return renderTable(rows);
}

function renderLimits(limits: readonly LimitState[]): string[] {
  return renderTable(
    limits.map(({ rule, max, window, onExceed }) => [
      rule,
      `${max} ${max === 1 ? 'call' : 'calls'} per ${window} s`,
      onExceed === 'deny' ? '' : 'beyond it a person is asked',
    ]),
  );
}

function renderTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
