import type { Question } from './question.ts';

/** Whether a yes needs that everything was shown: what cannot be undone, and what is not the tool that it was. */
export function isGrave({ profile, change }: Pick<Question, 'profile' | 'change'>): boolean {
  return profile?.category === 'destructive' || profile?.risk === 'critical' || change !== null;
}
