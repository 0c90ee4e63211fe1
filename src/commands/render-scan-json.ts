import type { Scan } from '../catalogue/scan/scan.ts';

/** The scan for programs. */
export function renderScanJson({ name, listing, tools, warnings }: Scan): string {
  const json = {
    server: name,
    serverInfo: listing.server,
    protocolVersion: listing.protocolVersion,
    tools: tools.map(({ tool, assessment, evaluation, warnings: odd }) => ({
      name: tool.name,
      title: tool.title,
      category: assessment.category,
      risk: assessment.risk,
      evidence: assessment.evidence,
      attacks: assessment.attacks,
      verdict: evaluation.verdict,
      rule: evaluation.rule,
      warnings: odd,
    })),
    warnings,
  };
  return `${escapeBeyondAscii(JSON.stringify(json, null, 2))}\n`;
}

/** JSON is read on terminals too. */
function escapeBeyondAscii(json: string): string {
  return json.replaceAll(
    /[\u007F-\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
