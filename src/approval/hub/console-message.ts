import type { Choice, DefinitionChange, ShownProfile } from '../question.ts';
import type { Proposal } from '../../policy/always/proposal.ts';

/**
 * What a guard and a console say to each other: one JSON object a line. The guard speaks of questions; the console
 * looks at them, answers, pauses and revokes. Nothing counts before both have proved that they know the guard's token.
 */

/** One pending question as a console lists it. What is in the call comes only when it is asked for: it may be large. */
export interface Listed {
  readonly key: string;
  readonly server: string;
  readonly tool: string;
  readonly title: string | null;
  readonly profile: ShownProfile | null;
  readonly rule: string;
  readonly reason: string | null;
  readonly group: string;
  readonly allowsAlways: boolean;
  /** Bytes of arguments and attachments together. */
  readonly bytes: number;
  readonly asked: number;
  readonly allowed: number;
  readonly refused: number;
  /** Ms since it was first asked, when this was sent. */
  readonly waitedMs: number;
  /** Ms until nobody can answer it any more, when this was sent. */
  readonly leftMs: number;
  /** Its definition is not the one that was pinned; how, is part of the content. */
  readonly isChanged: boolean;
  /** The call was refused for want of an answer; a yes lets the same call through once when it comes again. */
  readonly isLate: boolean;
}

/** What is in the call, as JSON text in its own spelling. */
export interface Content {
  readonly arguments: string | null;
  readonly attachments: readonly (readonly [name: string, json: string])[];
  /** The arguments of the last call of this tool that a person allowed. */
  readonly lastAllowed: string | null;
  /** Where the tool's definition is not the one that was pinned. */
  readonly change: DefinitionChange | 'unknown' | null;
}

/** A remembered answer as it is listed. */
export interface ListedGrant {
  readonly id: string;
  readonly server: string;
  readonly tool: string;
  readonly rule: string;
  readonly scope: 'tool' | 'call';
  /** Ms left, null where it ends with the session. */
  readonly leftMs: number | null;
  /** Calls left, null where they are not counted. */
  readonly leftCalls: number | null;
}

export type FromGuard =
  | {
      readonly kind: 'hello';
      readonly version: 1;
      readonly server: string;
      /** Wall clock, ms since the epoch. */
      readonly since: number;
      readonly pid: number;
      readonly nonce: string;
      readonly proof: string;
    }
  | { readonly kind: 'status'; readonly allowed: number; readonly denied: number; readonly paused: boolean }
  /** What became of a saved policy; broken: the last good one holds. */
  | { readonly kind: 'policy'; readonly text: string; readonly isBroken: boolean }
  /** A new question, or a known one of which something changed: it became late, or its time. */
  | { readonly kind: 'question'; readonly question: Listed }
  | { readonly kind: 'content'; readonly key: string; readonly content: Content }
  | { readonly kind: 'proposal'; readonly key: string; readonly proposal: Proposal }
  /** The question is over; `how` says so in words: `allowed once in the terminal`. */
  | { readonly kind: 'closed'; readonly key: string; readonly how: string }
  /** An answer that did not count: the question is over, or another was shown. */
  | { readonly kind: 'refused'; readonly key: string; readonly why: string }
  | { readonly kind: 'grants'; readonly grants: readonly ListedGrant[] };

export type FromConsole =
  | { readonly kind: 'hello'; readonly version: 1; readonly nonce: string }
  | { readonly kind: 'prove'; readonly proof: string }
  | { readonly kind: 'show'; readonly key: string }
  | { readonly kind: 'propose'; readonly key: string }
  /** `digest`: of the question and content that were shown, by `digestShown`. */
  | { readonly kind: 'answer'; readonly key: string; readonly digest: string; readonly choice: Choice }
  /** A person is looking at this question. */
  | { readonly kind: 'attend'; readonly key: string }
  | { readonly kind: 'pause'; readonly on: boolean }
  | { readonly kind: 'status' }
  | { readonly kind: 'grants' }
  | { readonly kind: 'revoke'; readonly id: string };
