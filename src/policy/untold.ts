import type { Truth } from './condition/condition.ts';
import type { UntoldValues } from './condition/untold-value.ts';
import type { Rule } from './policy.ts';

/** What a record of a call does not tell of it, while the policy is asked about it. */
export interface Untold extends UntoldValues {
  /** Whether something that is not told may name a file of the guard's own. */
  mayNameOwnFiles(): boolean;
  /** Whether a rule's condition holds, where `judge` says what can be told. */
  judge(rule: Rule, judge: () => Truth): Truth;
}
