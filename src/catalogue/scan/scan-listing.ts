import type { CompiledPolicy } from '../../policy/compile.ts';
import { decide } from '../../policy/decide.ts';
import { RISKS } from '../../policy/profile.ts';
import { classifyTool } from '../classify/classify.ts';
import type { Listing, ListedTool } from '../listing.ts';
import { findLookAlikes } from './look-alikes.ts';
import type { Scan, ScannedTool } from './scan.ts';
import { warnOfTool } from './warn-tool.ts';

/** Looks at a server's tools: what each can do, what the policy says of it, and what is odd. Touches nothing. */
export function scanListing(name: string, listing: Listing, policy: CompiledPolicy): Scan {
  const tools = listing.tools.map((tool) => scanTool(tool, policy)).toSorted(compareRisk);
  return {
    name,
    listing,
    tools,
    warnings: [
      ...listing.warnings,
      ...warnOfHints(listing.tools),
      ...findLookAlikes(listing.tools.map((tool) => tool.name)),
    ],
  };
}

function scanTool(tool: ListedTool, policy: CompiledPolicy): ScannedTool {
  const assessment = classifyTool(tool);
  const { category, risk } = assessment;
  const profile = { category, risk, isSeen: true };
  const query = { kind: 'tools', name: tool.name, args: null, schema: tool.inputSchema, profile } as const;
  return { tool, assessment, evaluation: decide(policy, query), warnings: warnOfTool(tool, assessment) };
}

/** The gravest first, and by name. */
function compareRisk(a: ScannedTool, b: ScannedTool): number {
  const byRisk = RISKS.indexOf(b.assessment.risk) - RISKS.indexOf(a.assessment.risk);
  if (byRisk !== 0) return byRisk;
  if (a.assessment.category !== b.assessment.category) {
    return a.assessment.category < b.assessment.category ? -1 : 1;
  }
  return a.tool.name < b.tool.name ? -1 : 1;
}

function warnOfHints(tools: readonly ListedTool[]): string[] {
  const silent = tools.filter(
    ({ annotations: { readOnly, destructive } }) => readOnly === null && destructive === null,
  );
  if (silent.length === 0 || tools.length === 0) return [];
  const who =
    silent.length === tools.length ? 'no tool says' : `${silent.length} of ${tools.length} tools do not say`;
  return [`${who} whether it only reads (readOnlyHint), or destroys (destructiveHint)`];
}
