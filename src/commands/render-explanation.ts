import type { Action, LayerVerdict, RuleMatch } from '../policy/policy.ts';
import { escapeUnseen, quote } from '../policy/quote.ts';
import type { SubjectMembers } from './explained-tool.ts';
import type { LimitState } from '../policy/limit/windows.ts';

/** What would happen to a call, as `--json` has it. */
export interface Explanation extends SubjectMembers {
  readonly verdict: Action;
  readonly code: string;
  readonly rule: string | null;
  readonly layer: string;
  readonly reason: string | null;
  readonly hide: boolean;
  readonly layers: readonly LayerVerdict[];
  readonly matched: readonly RuleMatch[];
  readonly limits: readonly LimitState[];
}

/** The explanation as a person reads it, with a final newline. */
export function renderExplanation(
  tool: string,
  explanation: Explanation,
  notices: readonly string[],
): string {
  const { rule, layer, reason, matched, limits, layers } = explanation;
  const name = /^[\w./-]+$/.test(tool) ? tool : quote(tool);
  const lines = [`${name}: ${explanation.verdict}, ${describeOutcome(explanation)}`];
  if (rule !== null) lines.push(`  rule    ${rule} (${escapeUnseen(layer)})`);
  if (reason !== null) lines.push(`  reason  ${escapeUnseen(reason)}`);
  lines.push(...renderSubject(explanation));
  if (layers.length > 1) lines.push('', 'each file by itself, the strictest wins:', ...renderLayers(layers));
  if (matched.length > 0) lines.push('', 'rules that fit the name:', ...renderMatches(explanation));
  if (limits.length > 0) lines.push('', 'limits that count the call:', ...renderLimits(limits));
  if (notices.length > 0) lines.push('', ...notices.map((notice) => `note: ${notice}`));
  return `${lines.join('\n')}\n`;
}

/** What the tool can do, and what says so. */
function renderSubject({ category, risk, evidence, attacks, pinnedBy, hasChanged }: Explanation): string[] {
  if (category === null || risk === null) return [];
  const source = pinnedBy === null ? 'as far as its name tells' : `as ${escapeUnseen(pinnedBy)} defined it`;
  const unseen = pinnedBy === null ? ['its definition was not seen: no category or risk can allow it'] : [];
  const changed = hasChanged ? ['its definition has changed since it was pinned'] : [];
  const why = [...evidence, ...attacks.map((attack) => `it invites ${attack}`), ...unseen, ...changed];
  return [
    `  tool    ${category}, ${risk} risk, ${source}`,
    ...why.map((sentence) => `          ${escapeUnseen(sentence)}`),
  ];
}

function describeOutcome({ verdict, code, hide }: Explanation): string {
  if (code === 'approval_unavailable')
    return 'which is refused at once: the policy lists no channel to ask on';
  if (verdict === 'allow') return 'so it is forwarded';
  if (verdict === 'require_approval') return 'so a person is asked';
  return hide ? 'so it is refused, and the tool is hidden from the agent' : 'so it is refused';
}

/** An allow that was found beside the project's files surprises most when it does nothing, so it says why. */
function renderLayers(layers: readonly LayerVerdict[]): string[] {
  return renderTable(
    layers.map(({ layer, role, verdict, rule }) => [
      escapeUnseen(layer),
      verdict ?? 'has no say',
      rule ?? '',
      role === 'project' && verdict === 'allow' ? 'no effect: a file of the project can only tighten' : '',
    ]),
  );
}

function renderMatches({ matched, rule, layer, layers }: Explanation): string[] {
  const rows = matched.map((match) => [
    match.rule,
    match.action ?? 'limits only',
    describeHolds(match),
    match.rule === rule && match.layer === layer ? 'decides' : '',
    layers.length > 1 ? escapeUnseen(match.layer) : '',
  ]);
  return renderTable(rows);
}

function describeHolds({ holds }: RuleMatch): string {
  if (holds === 'unknown') return 'may hold, so both ways are followed';
  return holds ? '' : 'does not hold';
}

function renderLimits(limits: readonly LimitState[]): string[] {
  return renderTable(
    limits.map(({ rule, max, window, left, scope, kind, onExceed }) => [
      rule,
      kind === 'sum'
        ? `${max} in sum per ${window} s`
        : `${max} ${max === 1 ? 'call' : 'calls'} per ${window} s`,
      scope === 'machine' ? `${left} left on this machine` : '',
      onExceed === 'deny' ? '' : 'beyond it a person is asked',
    ]),
  );
}

/** Columns that are empty in every row are left out. */
function renderTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row
      .filter((_, column) => widths[column] !== 0)
      .map((cell, index) => cell.padEnd(widths.filter((width) => width !== 0)[index] ?? 0))
      .join('  ')}`.trimEnd(),
  );
}
