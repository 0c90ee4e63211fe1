import type { Era, Id } from './message.ts';

/** Why the guard answered a request itself; the stable word programs may act on. */
export type RefusalCode =
  | 'denied'
  | 'tool_changed'
  | 'paused'
  | 'rate_limited'
  | 'approval_denied'
  | 'approval_timeout'
  | 'approval_unavailable'
  | 'approval_overflow'
  | 'audit_unavailable'
  | 'unknown_tool'
  | 'upstream_gone';

export interface Refusal {
  readonly code: RefusalCode;
  /** The rule that decided, null where no rule did. */
  readonly rule: string | null;
  /** What the agent reads: whole sentences, no argument values. */
  readonly text: string;
  /** When the next call is possible, in ms from now. */
  readonly retryAfterMs: number | null;
}

/** What a refusal answers. */
export interface Refused {
  readonly id: Id;
  readonly era: Era;
  /** Null for anything but a tools/call. */
  readonly tool: string | null;
  /** Task-augmented calls expect a task, so only an error fits them. */
  readonly isTask: boolean;
}

const DECISION = 'io.github.mcp-guard/decision';

/**
 * The line that refuses a request, "\n" included. A tools/call is answered with an `isError` result, which clients
 * SHOULD show to the model (specification, server/tools, error handling): one text block and no structuredContent,
 * because Codex shows nothing else where there is one. 2026-07-28 demands a `resultType`.
 */
export function renderRefusal(refused: Refused, refusal: Refusal): Buffer {
  if (refusal.code === 'unknown_tool') return renderError(refused.id.token, -32602, refusal.text);
  const decision = {
    decision: 'deny',
    code: refusal.code,
    rule: refusal.rule,
    ...(refusal.retryAfterMs === null ? {} : { retryAfterMs: refusal.retryAfterMs }),
  };
  if (refused.tool === null || refused.isTask) {
    // Positive: -32000 to -32099 belong to the specification.
    const code = refusal.code === 'upstream_gone' ? -32603 : 403;
    return renderError(refused.id.token, code, refusal.text, { decision });
  }
  const result = {
    ...(refused.era === 'modern' ? { resultType: 'complete' } : {}),
    content: [{ type: 'text', text: refusal.text }],
    isError: true,
    _meta: { [DECISION]: decision },
  };
  return line(refused.id.token, 'result', JSON.stringify(result));
}

/** A JSON-RPC error line, "\n" included. `idToken` is the raw token of the request, or `null`. */
export function renderError(idToken: string, code: number, message: string, extra?: object): Buffer {
  const error = extra === undefined ? { code, message } : { code, message, data: extra };
  return line(idToken, 'error', JSON.stringify(error));
}

function line(idToken: string, member: 'result' | 'error', json: string): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":${idToken},"${member}":${json}}\n`);
}
