/** What became of the calls of one tool. */
export interface ToolStats {
  readonly server: string;
  readonly tool: string;
  calls: number;
  /** Without a question. */
  ran: number;
  /** Because a person said yes, now or before. */
  approved: number;
  refused: number;
  /** Those that ran and came to an error. */
  failed: number;
}

/** The questions of one kind: a tool's, or all. */
export interface QuestionStats {
  asked: number;
  yes: number;
  no: number;
  /** Nobody was there, or nobody answered in time. */
  unanswered: number;
}

export interface SlowCall {
  readonly session: string;
  readonly seq: number;
  readonly tool: string;
  readonly ms: number;
}

/** An hour of the clock in which people were asked. */
export interface Hour {
  /** Its beginning, ms since the epoch. */
  readonly start: number;
  readonly questions: number;
}

/** What a log comes to. */
export interface Stats {
  /** Of the first and the last call, ms since the epoch; null where there is none. */
  readonly period: { readonly first: number; readonly last: number } | null;
  readonly calls: number;
  readonly sessions: number;
  /** The most called first. */
  readonly tools: readonly ToolStats[];
  /** Calls of tools beyond those that are counted by name. */
  readonly otherTools: ToolStats | null;
  /** Refused calls by code and rule, the most first. */
  readonly reasons: readonly {
    readonly code: string;
    readonly rule: string | null;
    readonly calls: number;
  }[];
  readonly questions: QuestionStats;
  /** How long people took to answer: the middle one and nine of ten, in ms; null where nobody answered. */
  readonly answerMs: { readonly median: number; readonly most: number } | null;
  readonly approvers: readonly { readonly approver: string; readonly answers: number }[];
  /** How long the server took, in ms; null where nothing ran. */
  readonly upstreamMs: { readonly median: number; readonly most: number } | null;
  readonly slowest: readonly SlowCall[];
  /** The hours with questions, in order. */
  readonly hours: readonly Hour[];
  /** Tools that were asked about often, and always allowed, the most first. */
  readonly alwaysAllowed: readonly { readonly tool: string; readonly asked: number }[];
}
