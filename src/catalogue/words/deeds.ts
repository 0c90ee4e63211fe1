import type { Category, Risk } from '../../policy/profile.ts';
import type { Attack } from './attacks.ts';

/** What a verb does to the world. */
export type Deed = 'reads' | 'acts' | 'makes' | 'sends' | 'changes' | 'stops' | 'removes' | 'runs' | 'pays';

export interface DeedMeaning {
  readonly category: Category;
  readonly risk: Risk;
  /** How the evidence goes on: `the verb "create" makes something new`. */
  readonly says: string;
  readonly attack: Attack | null;
}

/** From mild to strict: of several verbs the strictest counts. */
export const DEEDS: readonly (readonly [Deed, DeedMeaning])[] = [
  ['reads', { category: 'read', risk: 'low', says: 'only looks', attack: null }],
  ['acts', { category: 'write', risk: 'medium', says: 'does something', attack: null }],
  ['makes', { category: 'write', risk: 'medium', says: 'makes something new', attack: 'clutter' }],
  [
    'sends',
    {
      category: 'write',
      risk: 'high',
      says: 'reaches people or systems outside, in your name',
      attack: 'phishing',
    },
  ],
  [
    'changes',
    { category: 'write', risk: 'high', says: 'changes or replaces what was there', attack: 'tampering' },
  ],
  [
    'stops',
    {
      category: 'write',
      risk: 'high',
      says: 'ends or interrupts something that works',
      attack: 'outage',
    },
  ],
  ['pays', { category: 'financial', risk: 'high', says: 'moves money', attack: 'spend' }],
  ['runs', { category: 'execute', risk: 'high', says: 'runs something', attack: 'execution' }],
  ['removes', { category: 'destructive', risk: 'high', says: 'takes something away', attack: 'loss' }],
];
