import type { Question, ShownProfile } from './question.ts';
import { type Entry, splitJson } from './card/split-json.ts';
import { joinPieces, renderVisible } from './card/visible.ts';

/** More than this is not put before a person in a dialog of a client's own making. */
const MOST_BYTES = 8 << 10;
const CHANGED = 'The server describes this tool differently than when it was pinned (mcp-guard pins diff)';
const UTF8 = { ascii: false, wide: false };

/**
 * The question as plain text for a client's dialog. Null where it cannot be shown there whole: there is no key for more,
 * and nobody should say yes to what they did not see. Secrets stay: the client sent them.
 */
export function renderMessage(question: Question): string | null {
  const parts = [['arguments', question.arguments] as const, ...question.attachments];
  const size = parts.reduce((sum, [, bytes]) => sum + (bytes?.length ?? 0), 0);
  if (size > MOST_BYTES) return null;
  const { tool, server, reason, rule, profile } = question;
  const lines = [
    `mcp-guard: run ${renderVisible(tool)} on ${renderVisible(server)}?`,
    ...(profile === null ? [] : [describeProfile(profile)]),
    ...(question.change === null ? [] : [CHANGED]),
    ...(reason === null ? [] : [`Reason: ${renderVisible(reason)}`]),
    `Rule: ${renderVisible(rule)}`,
    ...parts.flatMap(([name, bytes]) => renderPart(name, bytes)),
  ];
  return lines.join('\n');
}

function describeProfile({ category, risk, evidence: [why] }: ShownProfile): string {
  return `What it does: ${category}, ${risk} risk${why === undefined ? '' : `: ${renderVisible(why)}`}`;
}

function renderPart(name: string, bytes: Uint8Array | null): string[] {
  if (bytes === null) return [`${renderVisible(name)}: none`];
  const entries = splitJson(Buffer.from(bytes).toString(), { charset: UTF8, isFull: true });
  return [`${renderVisible(name)}:`, ...[...entries].map((entry) => `| ${renderEntry(entry)}`)];
}

function renderEntry(entry: Entry): string {
  return entry.kind === 'remark'
    ? `! ${entry.text}`
    : '  '.repeat(entry.depth) + joinPieces([...entry.pieces]);
}
