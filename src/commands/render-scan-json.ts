import type { Scan } from '../catalogue/scan/scan.ts';

/** The scan for programs. `policies`: the files whose verdicts it holds; none: the built-in policy. */
export function renderScanJson(scan: Scan, policies: readonly string[]): string {
  const { name, listing, tools, warnings } = scan;
  const json = {
    server: name,
    serverInfo: listing.server,
    protocolVersion: listing.protocolVersion,
    policies,
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
