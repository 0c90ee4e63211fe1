import type { CallEntry, Entry } from './entry.ts';
import { redactMessage, redactText, type Hash } from './redact-text.ts';
import { redactArguments, redactToken } from './redact.ts';

/** What every line of one run says. */
export interface LineContext {
  readonly session: string;
  readonly server: string;
  readonly policyHash: string;
  /** Keyed: nothing that the log masks can be guessed from it. */
  readonly hash: Hash;
}

/**
 * One entry as one line of JSON, "\n" included: ASCII only, so that nothing in it can end the line, or move a terminal
 * that shows the file.
 */
export function renderEntry(entry: Entry, context: LineContext, time: string, seq: number): string {
  const { session, server, policyHash, hash } = context;
  const head = JSON.stringify({ time, seq, session, server, event: entry.event });
  const tail = JSON.stringify({ ...listMembers(entry, hash), policyHash });
  const raw = entry.event === 'call' ? renderRaw(entry, hash) : '';
  return `${escapeAscii(`${head.slice(0, -1)},${raw}${tail.slice(1)}`)}\n`;
}

/** What came over the wire is written as it was spelled: no number is rounded on its way into the log. */
function renderRaw({ id, arguments: args }: CallEntry, hash: Hash): string {
  return `"id":${redactToken(id, hash)},"arguments":${args === null ? 'null' : redactArguments(args, hash)},`;
}

function listMembers(entry: Entry, hash: Hash): object {
  switch (entry.event) {
    case 'call': {
      const { tool, profile, other, verdict, code, rule, approver, waitMs, dryRun } = entry;
      const { category = null, risk = null } = profile ?? {};
      return {
        tool: tool === null ? null : redactText(tool, hash),
        ...redactOther(other, hash),
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
      return { from, reason: redactMessage(reason, hash), length, hash: hashLine(line, hash) };
    }
    case 'grant': {
      const { tool, rule, scope, lasts, approver } = entry;
      return { tool: redactText(tool, hash), rule, scope, lasts, approver };
    }
    case 'revoke':
      return { tool: redactText(entry.tool, hash), rule: entry.rule };
    case 'pause':
      return { on: entry.on };
    case 'policy':
      return { outcome: entry.outcome, reason: entry.reason, files: entry.files };
    case 'definition':
      return { tool: redactText(entry.tool, hash), outcome: entry.outcome, hash: entry.hash };
    case 'package':
      return { name: entry.name, version: entry.version, was: entry.was };
    case 'end':
      return { outcome: entry.outcome };
  }
}

function redactOther(other: CallEntry['other'], hash: Hash): CallEntry['other'] {
  return other === null ? null : { method: other.method, target: redactText(other.target, hash) };
}

function hashLine(line: Buffer | null, hash: Hash): string | null {
  return line === null ? null : hash(line);
}

/** JSON leaves DEL, C1 controls, U+2028 and bidi controls raw; a terminal or a line reader might act on them. */
function escapeAscii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
