import type { Scan } from '../catalogue/scan/scan.ts';
import { escapeUnseen } from '../policy/quote.ts';
import { countTools } from './count-tools.ts';

/** The scan as a table of Markdown; nothing a server says can end a cell, or become a tag. */
export function renderScanMarkdown(scan: Scan, policies: readonly string[]): string {
  const { name, listing, tools, warnings } = scan;
  const rows = tools.map(({ tool, assessment, evaluation, warnings: odd }) => [
    renderCode(tool.name),
    assessment.category,
    assessment.risk,
    evaluation.verdict,
    escapeText([...assessment.evidence, ...odd.map((warning) => `warning: ${warning}`)].join('; ')),
  ]);
  const table = [
    ['tool', 'category', 'risk', 'verdict', 'why'],
    ['---', '---', '---', '---', '---'],
    ...rows,
  ];
  const verdicts =
    policies.length === 0
      ? 'Verdicts of the built-in policy.'
      : escapeText(`Verdicts of ${policies.join(', ')}`);
  const head = `# ${escapeText(name)}\n\n${escapeText(`${listing.server.name} ${listing.server.version}, protocol ${listing.protocolVersion}`)}\n\n${verdicts}\n\n`;
  const lines = table.map((row) => `| ${row.join(' | ')} |\n`).join('');
  const list = warnings.map((warning) => `- ${escapeText(warning)}\n`).join('');
  return `${head}${lines}\n${countTools(tools)}\n${list === '' ? '' : `\n${list}`}`;
}

function renderCode(name: string): string {
  return /^[\w./-]+$/.test(name) ? `\`${name}\`` : escapeText(name);
}

function escapeText(text: string): string {
  return escapeUnseen(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_{}[\]()#|~!]/g, String.raw`\$&`);
}
