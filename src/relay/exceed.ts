import type { AppliedLimit } from '../policy/policy.ts';
import type { Exceeded } from '../policy/limit/windows.ts';
import type { Refusal } from '../protocol/refusal.ts';
import * as wording from '../protocol/wording.ts';

/** Why a call got no place in its limits. */
export function refuseExceeded(subject: wording.Subject, exceeded: Exceeded): Refusal {
  const { limit } = exceeded;
  return exceeded.kind === 'exceeded'
    ? wording.rateLimited(subject, limit, exceeded.retryAfterMs)
    : wording.unlimitable(subject, limit.rule, exceeded.why);
}

/** Why a call that had its places does not run all the same: they could not be counted where all guards look. */
export function refuseUncounted(
  subject: wording.Subject,
  limits: readonly AppliedLimit[],
  why: string,
): Refusal {
  const shared = limits.find(({ scope }) => scope === 'machine');
  return wording.unlimitable(subject, shared?.rule ?? subject.rule ?? 'rate_limit', why);
}
