import type { Evaluation, PinMode } from './policy.ts';

/** The rule where a tool is no longer what it was when it was pinned. */
export const PIN = 'pin';
/** What the agent, and the person asked, read. */
export const CHANGED = 'Its definition is not the one that was pinned';

/** What becomes of a verdict on such a tool: at least a question, however mild its own rule is. `why`: a sentence. */
export function guardPin(evaluation: Evaluation, mode: PinMode, why: string): Evaluation {
  const { verdict } = evaluation;
  const isStrictEnough = verdict === 'deny' || (mode === 'ask' && verdict === 'require_approval');
  if (mode === 'off' || isStrictEnough) return evaluation;
  const action = mode === 'deny' ? 'deny' : 'require_approval';
  return { ...evaluation, verdict: action, rule: PIN, layer: 'built-in', reason: why, hide: false };
}
