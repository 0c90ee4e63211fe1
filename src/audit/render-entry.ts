import { createHash } from 'node:crypto';
import type { Entry } from './entry.ts';
import { redactArguments } from './redact.ts';

/** What every line of one run says. */
export interface LineContext {
  readonly session: string;
  readonly server: string;
  readonly policyHash: string;
}

/**
 * One entry as one line of JSON, "\n" included: ASCII only, so that nothing in it can end the line, or move a terminal
 * that shows the file.
 */
export function renderEntry(entry: Entry, context: LineContext, time: string, seq: number): string {
  const { session, server, policyHash } = context;
  const head = JSON.stringify({ time, seq, session, server, event: entry.event });
  const tail = JSON.stringify({ ...listMembers(entry), policyHash });
  const raw = entry.event === 'call' ? renderRaw(entry.id, entry.arguments) : '';
  return `${escapeAscii(`${head.slice(0, -1)},${raw}${tail.slice(1)}`)}\n`;
}

/** What came over the wire is written as it was spelled: no number is rounded on its way into the log. */
function renderRaw(id: string, args: Buffer | null): string {
  return `"id":${id},"arguments":${args === null ? 'null' : redactArguments(args)},`;
}

function listMembers(entry: Entry): object {
  switch (entry.event) {
    case 'call': {
      const { tool, profile, other, verdict, code, rule, approver, waitMs, dryRun } = entry;
      const { category = null, risk = null } = profile ?? {};
      return {
        tool,
        ...other,
        category,
        risk,
        verdict,
        code,
        rule,
        approver,
        waitMs,
        ...(dryRun ? { dryRun } : {}),
      };
    }
    case 'refused-frame': {
      // Not its text: what cannot be read cannot be masked either.
      const { from, reason, length, line } = entry;
      const sha256 = line === null ? null : createHash('sha256').update(line).digest('hex');
      return { from, reason, length, sha256 };
    }
    case 'grant': {
      const { tool, rule, scope, lasts, approver } = entry;
      return { tool, rule, scope, lasts, approver };
    }
    case 'revoke':
      return { tool: entry.tool, rule: entry.rule };
    case 'pause':
      return { on: entry.on };
    case 'policy':
      return { outcome: entry.outcome, reason: entry.reason, files: entry.files };
    case 'definition':
      return { tool: entry.tool, outcome: entry.outcome, hash: entry.hash };
    case 'package':
      return { name: entry.name, version: entry.version, was: entry.was };
    case 'end':
      return { outcome: entry.outcome };
  }
}

/** JSON leaves DEL, C1 controls, U+2028 and bidi controls raw; a terminal or a line reader might act on them. */
function escapeAscii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
