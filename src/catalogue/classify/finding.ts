import { CATEGORIES, RISKS, type Category, type Risk } from '../../policy/profile.ts';
import type { Attack } from '../words/attacks.ts';

/** One thing that was noticed about a tool. */
export interface Finding {
  /** Null where it says nothing of that. */
  readonly category: Category | null;
  readonly risk: Risk | null;
  readonly sentence: string;
  readonly attack: Attack | null;
}

/** The milder first. What runs anything can take everything away too, but what takes away does so for certain. */
const STRICTNESS: readonly Category[] = ['read', 'write', 'financial', 'execute', 'destructive'];

export function isStricter(a: Category, b: Category): boolean {
  return STRICTNESS.indexOf(a) > STRICTNESS.indexOf(b);
}

export function pickCategory(findings: readonly Finding[]): Category {
  return findings.reduce<Category>(
    (strictest, { category }) =>
      category !== null && isStricter(category, strictest) ? category : strictest,
    CATEGORIES[0],
  );
}

export function pickRisk(findings: readonly Finding[]): Risk {
  return findings.reduce<Risk>(
    (worst, { risk }) => (risk !== null && RISKS.indexOf(risk) > RISKS.indexOf(worst) ? risk : worst),
    RISKS[0],
  );
}
