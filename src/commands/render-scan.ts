import { renderVisible } from '../approval/card/visible.ts';
import { describeScreen } from '../approval/card/screen.ts';
import type { Screen } from '../approval/card/row.ts';
import type { Scan, ScannedTool } from '../catalogue/scan/scan.ts';
import type { Io } from '../io.ts';
import type { Risk } from '../policy/profile.ts';
import { countTools } from './count-tools.ts';

export interface ScanFrame {
  readonly command: readonly string[];
  /** About the policy whose verdicts are shown. */
  readonly notices: readonly string[];
  readonly isWritten: boolean;
}

const WIDEST = 120;
const WIDEST_NAME = 48;
/** Below it the reasons stand under each tool. */
const NARROWEST_WHY = 36;
const HEADING = ['tool', 'category', 'risk', 'verdict', 'why'];
const WORDS = { allow: 'allow', require_approval: 'ask', deny: 'deny' } as const;

/** The scan as a person reads it: the riskiest first, the reasons beside or below, what is odd at the end. */
export function renderScan(scan: Scan, { command, notices, isWritten }: ScanFrame, io: Io): string {
  const { listing, tools, warnings } = scan;
  const screen = describeStdout(io);
  const server = `${listing.server.name} ${listing.server.version}`.trim();
  const lines = [
    `${renderVisible(scan.name)}: ${renderVisible(server)}, protocol ${renderVisible(listing.protocolVersion)}`,
    '',
  ];
  if (tools.length > 0) lines.push(...renderRows(tools, screen), '');
  lines.push(`${countTools(tools)}.`);
  for (const text of [...warnings, ...listOddities(tools)])
    lines.push(...indent(`warning: ${renderVisible(text)}`, screen));
  for (const notice of notices) lines.push(...indent(`note: ${renderVisible(notice)}`, screen));
  if (!isWritten && tools.length > 0) {
    lines.push('', `Next: mcp-guard scan --write policy.yaml -- ${renderVisible(command.join(' '))}`);
  }
  return `${lines.join('\n')}\n`;
}

function describeStdout(io: Io): Screen {
  const { isTTY, columns } = io.stdout;
  const env = isTTY === true ? io.env : { ...io.env, NO_COLOR: '1' };
  return describeScreen(env, { columns: Math.min(isTTY === true ? (columns ?? 80) : WIDEST, 200), rows: 24 });
}

function renderRows(tools: readonly ScannedTool[], screen: Screen): string[] {
  const rows = tools.map(({ tool, assessment, evaluation }) => [
    cut(renderVisible(tool.name), WIDEST_NAME),
    assessment.category,
    assessment.risk,
    WORDS[evaluation.verdict],
  ]);
  const widths = HEADING.slice(0, 4).map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const left = widths.reduce((sum, width) => sum + width + 2, 0);
  const room = screen.columns - left - 1;
  const isBeside = room >= NARROWEST_WHY;
  const pad = (row: readonly string[]): string[] =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
  const heading = pad(HEADING.slice(0, 4)).join('  ') + (isBeside ? '  why' : '');
  const lines = [screen.chalk.bold(heading.trimEnd())];
  for (const [index, { assessment, evaluation }] of tools.entries()) {
    const [name = '', category = '', risk = '', verdict = ''] = pad(rows[index] ?? []);
    const painted = [name, category, paintRisk(risk, assessment.risk, screen), verdict].join('  ');
    const rule = evaluation.rule === 'default' ? '' : `; ${evaluation.rule}`;
    const why = `${assessment.evidence[0] ?? ''}${rule}`;
    const wrapped = wrap(renderVisible(why), isBeside ? room : Math.max(screen.columns - 5, 10));
    if (isBeside) {
      lines.push(
        `${painted}  ${wrapped[0] ?? ''}`.trimEnd(),
        ...wrapped.slice(1).map((text) => ' '.repeat(left) + text),
      );
    } else lines.push(painted.trimEnd(), ...wrapped.map((text) => `    ${text}`));
  }
  return lines;
}

function paintRisk(text: string, risk: Risk, { chalk }: Screen): string {
  switch (risk) {
    case 'critical':
      return chalk.bold.red(text);
    case 'high':
      return chalk.red(text);
    case 'medium':
      return chalk.yellow(text);
    case 'low':
      return chalk.green(text);
  }
}

/** What is odd about single tools: the same oddity of many is told once. */
function listOddities(tools: readonly ScannedTool[]): string[] {
  const byText = new Map<string, string[]>();
  for (const { tool, warnings } of tools) {
    for (const warning of warnings)
      byText.set(warning, [...(byText.get(warning) ?? []), cut(tool.name, WIDEST_NAME)]);
  }
  return [...byText].map(([text, names]) => {
    const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
    return `${names.slice(0, 5).join(', ')}${more}: ${text}`;
  });
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}~`;
}

function indent(text: string, { columns }: Screen): string[] {
  return wrap(text, Math.max(columns - 3, 20)).map((line, index) => (index === 0 ? line : `  ${line}`));
}

/** Lines of at most so many characters, broken at spaces where there are some. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const at = space > width / 3 ? space : width;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return [...lines, rest];
}
