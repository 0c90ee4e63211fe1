import { paintRisk } from '../approval/card/render-profile.ts';
import { renderVisible } from '../approval/card/visible.ts';
import type { Screen } from '../approval/card/row.ts';
import type { Scan, ScannedTool } from '../catalogue/scan/scan.ts';
import type { Io } from '../io.ts';
import { quoteCommand } from './quote-command.ts';
import { describeStdout } from './describe-stdout.ts';
import { countTools } from './count-tools.ts';

export interface ScanFrame {
  readonly command: readonly string[];
  /** The files whose verdicts are shown; none: the built-in policy. */
  readonly files: readonly string[];
  /** About the policy whose verdicts are shown. */
  readonly notices: readonly string[];
  readonly isWritten: boolean;
}

const WIDEST = 120;
const WIDEST_NAME = 48;
/** Below it the reasons stand under each tool. */
const NARROWEST_WHY = 36;
const BUILT_IN = 'the built-in policy';
const HEADING = ['tool', 'category', 'risk', 'verdict', 'why'];
const GAP = '  ';
const INDENT = '    ';
const WORDS = { allow: 'allow', require_approval: 'ask', deny: 'deny' } as const;

/** The scan as a person reads it: the riskiest first, the reasons beside or below, what is odd at the end. */
export function renderScan(scan: Scan, { command, files, notices, isWritten }: ScanFrame, io: Io): string {
  const { listing, tools, warnings } = scan;
  const screen = describeStdout(io, WIDEST);
  const server = `${listing.server.name} ${listing.server.version}`.trim();
  const lines = [
    ...indent(
      `${renderVisible(scan.name)}: ${renderVisible(server)}, protocol ${renderVisible(listing.protocolVersion)}`,
      screen,
    ),
    ...indent(
      `verdicts of ${files.length === 0 ? BUILT_IN : files.map((file) => renderVisible(file)).join(', ')}`,
      screen,
    ),
    '',
  ];
  if (tools.length > 0) lines.push(...renderRows(tools, screen), '');
  lines.push(...indent(`${countTools(tools)}.`, screen));
  for (const text of [...warnings, ...listOddities(tools)])
    lines.push(...indent(`warning: ${renderVisible(text)}`, screen));
  for (const notice of notices) lines.push(...indent(`note: ${renderVisible(notice)}`, screen));
  if (!isWritten && tools.length > 0) {
    lines.push('', `Next: mcp-guard scan --write policy.yaml -- ${renderVisible(quoteCommand(command))}`);
  }
  return `${lines.join('\n')}\n`;
}

function renderRows(tools: readonly ScannedTool[], screen: Screen): string[] {
  const cells = tools.map(({ tool, assessment, evaluation }) => [
    cut(renderVisible(tool.name), WIDEST_NAME),
    assessment.category,
    assessment.risk,
    WORDS[evaluation.verdict],
  ]);
  const widths = HEADING.slice(0, 4).map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const pad = (row: readonly string[]): string[] =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
  const left = widths.reduce((sum, width) => sum + width + GAP.length, 0);
  const room = screen.columns - left - 1;
  const layout = room >= NARROWEST_WHY ? 'beside' : left - GAP.length < screen.columns ? 'below' : 'stacked';
  const titles = pad(HEADING.slice(0, 4));
  const heading = layout === 'beside' ? [...titles, 'why'] : layout === 'below' ? titles : [];
  const rows = tools.flatMap((tool, index) => {
    const [name = '', category = '', risk = '', verdict = ''] = pad(cells[index] ?? []);
    const rest = [category, paintRisk(risk, tool.assessment.risk, screen), verdict];
    const why = explain(tool);
    switch (layout) {
      case 'beside': {
        const [first = '', ...more] = wrap(why, room);
        return [[name, ...rest, first].join(GAP), ...more.map((text) => ' '.repeat(left) + text)];
      }
      case 'below':
        return [[name, ...rest].join(GAP), ...renderBelow(why, screen)];
      case 'stacked':
        return [
          ...wrap(name.trimEnd(), screen.columns - 1),
          `${INDENT}${rest.join(GAP)}`,
          ...renderBelow(why, screen),
        ];
    }
  });
  const lines = [screen.chalk.bold(heading.join(GAP).trimEnd()), ...rows.map((line) => line.trimEnd())];
  return heading.length === 0 ? lines.slice(1) : lines;
}

/** What settles category and risk, and the rule behind the verdict where the columns beside do not tell it. */
function explain({ assessment, evaluation }: ScannedTool): string {
  const { category, risk } = assessment;
  const told = ['default', `categories.${category}`, `risks.${risk}`];
  const rule = told.includes(evaluation.rule) ? [] : [evaluation.rule];
  return renderVisible([...assessment.decisive, ...rule].join('; '));
}

function renderBelow(text: string, { columns }: Screen): string[] {
  return wrap(text, Math.max(columns - INDENT.length - 1, 10)).map((line) => INDENT + line);
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
