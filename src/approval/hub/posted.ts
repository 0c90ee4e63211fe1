import type { Content, Listed } from './console-message.ts';
import type { Question } from '../question.ts';

/** When a question was asked, and when nobody can answer it any more. Monotonic ms. */
export interface Timing {
  readonly askedAt: number;
  readonly endsAt: number;
  /** The call was refused; a yes counts for the next such one. */
  readonly isLate: boolean;
}

/** A question that stands in consoles. */
export interface Posted {
  readonly question: Question;
  readonly timing: Timing;
}

/** The question as it is listed at this moment. */
export function listQuestion({ question, timing }: Posted, now: number): Listed {
  const { key, server, tool, title, profile, rule, reason, group, allowsAlways, history } = question;
  const sizes = [...question.attachments.values()].map(({ length }) => length);
  return {
    key,
    server,
    tool,
    title,
    profile,
    rule,
    reason,
    group,
    allowsAlways,
    bytes: sizes.reduce((sum, size) => sum + size, question.arguments?.length ?? 0),
    asked: history.asked,
    allowed: history.allowed,
    refused: history.refused,
    waitedMs: now - timing.askedAt,
    leftMs: timing.endsAt - now,
    isChanged: question.change !== null,
    isLate: timing.isLate,
  };
}

/** What is in the call. */
export function readContent({ arguments: args, attachments, history, change }: Question): Content {
  return {
    arguments: decode(args),
    attachments: [...attachments].map(([name, bytes]) => [name, decode(bytes) ?? ''] as const),
    lastAllowed: decode(history.lastAllowed),
    change,
  };
}

function decode(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}
