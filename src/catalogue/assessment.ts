import type { Category, Risk } from '../policy/profile.ts';

/** What a tool can do, how much harm that is, and what says so. */
export interface Assessment {
  readonly category: Category;
  readonly risk: Risk;
  /** Sentences, the weightiest first: `the verb "create" makes something new`. Quoted words may be the server's. */
  readonly evidence: readonly string[];
  /** Those of them that settle category and risk: one, or two where the first alone would be a smaller risk. */
  readonly decisive: readonly string[];
  /** What such access invites, a line each: `privilege escalation: a new identity can be given more rights than ...`. */
  readonly attacks: readonly string[];
}
