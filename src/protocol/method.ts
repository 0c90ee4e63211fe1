import { foldName } from '../wire/members.ts';

/** The methods whose meaning the guard acts on; no other spelling of them may pass as something unknown. */
const GUARDED = [
  'tools/call',
  'tools/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'prompts/get',
  'completion/complete',
  'subscriptions/listen',
  'initialize',
  'notifications/cancelled',
];
const EXACT = new Set(GUARDED);

/** The guarded method that a laxer server would take this one for, null where it is one itself or none. */
export function findGuardedLookalike(method: string): string | null {
  if (EXACT.has(method)) return null;
  const folded = foldName(method.replaceAll(/[\s\p{Cc}\p{Cf}]/gu, ''));
  return EXACT.has(folded) ? folded : null;
}
