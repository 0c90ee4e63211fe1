import type { Refusal } from './refusal.ts';

/** What a refusal's sentences speak of. */
export interface Subject {
  readonly tool: string;
  readonly rule: string | null;
  /** The rule's own reason, which the agent reads. */
  readonly reason: string | null;
}

/** The limit that is full. */
interface FullLimit {
  readonly rule: string;
  readonly measure:
    | { readonly kind: 'calls'; readonly max: number }
    | { readonly kind: 'sum'; readonly of: { readonly text: string }; readonly max: string };
  readonly windowMs: number;
}

type Wording = (subject: Subject) => Refusal;

/** The policy says no. */
export const denied: Wording = (subject) =>
  refuse(subject, 'denied', 'The policy denies it; calling it again will not help.');

/** The tool is not what it was when it was pinned. */
export const toolChanged: Wording = (subject) =>
  refuse(
    subject,
    'tool_changed',
    'Calling it again will not help; tell your user to look at `mcp-guard pins diff` and to accept it if it is sound.',
  );

/** One of the limits is full. `retryAfterMs` is null when only waiting questions fill it. */
export function rateLimited(subject: Subject, limit: FullLimit, retryAfterMs: number | null): Refusal {
  const { measure, windowMs } = limit;
  const most =
    measure.kind === 'sum'
      ? `${measure.max} in ${measure.of.text}`
      : `${measure.max} ${measure.max === 1 ? 'call' : 'calls'}`;
  const reached = `The limit of ${most} per ${windowMs / 1000} s is reached;`;
  const next =
    retryAfterMs === null
      ? 'it is held by calls that wait for an answer.'
      : `the next call is possible in ${Math.ceil(retryAfterMs / 1000)} s.`;
  return { ...refuse(subject, 'rate_limited', `${reached} ${next}`), rule: limit.rule, retryAfterMs };
}

/** A limit that no waiting helps with: `why` is a clause without a full stop. */
export function unlimitable(subject: Subject, rule: string, why: string): Refusal {
  return { ...refuse(subject, 'rate_limited', `It cannot be counted against its limit: ${why}.`), rule };
}

/** Everything is refused until a person lifts it. */
export const paused: Wording = (subject) =>
  refuse(
    { ...subject, reason: null },
    'paused',
    'Your user has paused all tool calls; stop, and ask them. They lift it in `mcp-guard approvals`.',
  );

/** A person said no, perhaps with words for the agent. */
export function refusedByPerson(subject: Subject, message: string | null): Refusal {
  const words = message === null ? '' : ` Their words: ${endSentence(message)}`;
  const text = `A person was asked and said no.${words} Do not call it again unless your user asks for it.`;
  return refuse(subject, 'approval_denied', text);
}

/** What a late yes is good for, as `relay` keeps it. */
const LATE = 'a yes given there within ten minutes lets this same call through once, so call again then';

/** Nobody answered in time. */
export function unanswered(subject: Subject, waitedMs: number): Refusal {
  const text = `It needs a person's yes, and nobody answered within ${Math.round(waitedMs / 1000)} s. Ask your user to run \`mcp-guard approvals\` in a terminal and to answer: ${LATE}.`;
  return refuse(subject, 'approval_timeout', text);
}

/** Nobody could be asked; `why` is a clause without a full stop. */
export function unavailable(subject: Subject, why: string): Refusal {
  const text = `It needs a person's yes, and nobody can be asked: ${why}. Tell your user to run \`mcp-guard approvals\` in a terminal and to answer: ${LATE}. Or they can write a rule for ${subject.tool} into the policy (mcp-guard explain ${subject.tool} shows which).`;
  return refuse(subject, 'approval_unavailable', text);
}

/** The policy, or the way it is run, asks nobody; `why` is a clause without a full stop. */
export function askedNobody(subject: Subject, why: string): Refusal {
  const text = `It needs a person's yes, and ${why}. A rule for ${subject.tool} in the policy would decide it (mcp-guard explain ${subject.tool} shows which).`;
  return refuse(subject, 'approval_unavailable', text);
}

/** Too many questions wait already. */
export function overflow(subject: Subject, most: number): Refusal {
  return refuse(
    subject,
    'approval_overflow',
    `It needs a person's yes, and ${most} calls wait for one already; call again when they are answered.`,
  );
}

/** The log line could not be written, so the call must not run. */
export function unlogged(subject: Subject, why: string): Refusal {
  const text = `Its line in the audit log could not be written (${why}); nothing runs unlogged. Tell your user.`;
  return refuse({ ...subject, reason: null }, 'audit_unavailable', text);
}

/** Answered as if the server had no such tool; spells the name as the specification's example does. */
export function unknownTool(subject: Subject): Refusal {
  return {
    code: 'unknown_tool',
    rule: subject.rule,
    text: `Unknown tool: ${subject.tool}`,
    retryAfterMs: null,
  };
}

/** The server ended before it answered. Whether the call ran is unknown, and the agent must hear that. */
export function upstreamGone(tool: string | null, how: string): Refusal {
  const subject = tool === null ? 'this request' : tool;
  const text = `The MCP server ended (${how}) before it answered ${subject}; whether it ran is unknown.`;
  return { code: 'upstream_gone', rule: null, text, retryAfterMs: null };
}

/** The server did answer, with a line that could not be passed on. */
export function unreadableAnswer(tool: string | null, why: string): Refusal {
  const subject = tool === null ? 'this request' : tool;
  const text = `The MCP server answered ${subject} with a line that mcp-guard could not pass on: ${why}. It may have run.`;
  return { code: 'upstream_gone', rule: null, text, retryAfterMs: null };
}

function refuse(subject: Subject, code: Refusal['code'], why: string): Refusal {
  const reason = subject.reason === null ? '' : ` ${endSentence(subject.reason)}`;
  const text = `Policy violation: mcp-guard did not run ${subject.tool}.${reason} ${why}`;
  return { code, rule: subject.rule, text, retryAfterMs: null };
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
