import type { Choice, Lasts, Question, YesScope } from '../question.ts';
import type { Proposal } from '../../policy/always/proposal.ts';
import { typeText } from './typing.ts';

/** What the keys mean now. */
export type Menu =
  | { readonly kind: 'keys' }
  /** For how long, after `t`. */
  | { readonly kind: 'lasts' }
  /** Words for the agent, after `m`. */
  | { readonly kind: 'message'; readonly text: string }
  /** The rule that would be written, after `a`; null while it is being fetched. */
  | { readonly kind: 'always'; readonly proposal: Proposal | null };

export interface Pressed {
  readonly menu: Menu;
  /** What is to be done about it. */
  readonly does:
    | { readonly kind: 'choose'; readonly choice: Choice }
    | { readonly kind: 'propose' }
    | { readonly kind: 'view' }
    | null;
}

/** What is asked, as far as keys care. */
export interface Pressable extends Pick<Question, 'allowsAlways'> {
  /** Not all of it was shown yet that must be before a yes. */
  readonly isLocked?: boolean;
}

/** The keys that lead to a yes. */
const LOCKED = new Set(['y', 's', 'e', 't', 'a']);
const KEYS: Menu = { kind: 'keys' };
const SESSION: Lasts = { kind: 'session' };
const SCOPES = new Map<string, YesScope>([
  ['y', 'once'],
  ['s', 'tool'],
  ['e', 'call'],
]);

/** How long a yes can be made to last, by the key that chooses it. */
export const LASTS: ReadonlyMap<string, Exclude<Lasts, { kind: 'always' }>> = new Map([
  ['1', { kind: 'time', ms: 600_000 }],
  ['2', { kind: 'time', ms: 3_600_000 }],
  ['3', { kind: 'time', ms: 28_800_000 }],
  ['4', { kind: 'calls', count: 5 }],
  ['5', { kind: 'calls', count: 20 }],
]);

/**
 * What a key does. Only keys that are told on the screen decide anything; Enter is none of them, but for sending words.
 * While words are typed, `key` may be any text.
 */
export function pressMenu(menu: Menu, key: string, question: Pressable): Pressed {
  switch (menu.kind) {
    case 'keys':
      return pressKey(menu, key, question);
    case 'lasts': {
      const lasts = LASTS.get(key);
      if (lasts === undefined) return { menu: KEYS, does: null };
      return choose({ kind: 'yes', scope: 'tool', lasts });
    }
    case 'message': {
      const { text, end } = typeText(menu.text, key);
      if (end === 'leave') return { menu: KEYS, does: null };
      if (end === null) return { menu: { kind: 'message', text }, does: null };
      return choose({ kind: 'no', message: text.trim() === '' ? null : text.trim() });
    }
    case 'always':
      // The second key: only of a rule that stands on the screen.
      if (key !== 'y' || menu.proposal?.kind !== 'rule') return { menu: KEYS, does: null };
      return choose({ kind: 'yes', scope: 'tool', lasts: { kind: 'always' } });
  }
}

function pressKey(menu: Menu, key: string, { allowsAlways, isLocked = false }: Pressable): Pressed {
  if (isLocked && LOCKED.has(key)) return { menu, does: null };
  const scope = SCOPES.get(key);
  if (scope !== undefined) return choose({ kind: 'yes', scope, lasts: SESSION });
  switch (key) {
    case 'n':
      return choose({ kind: 'no', message: null });
    case 'm':
      return { menu: { kind: 'message', text: '' }, does: null };
    case 't':
      return { menu: { kind: 'lasts' }, does: null };
    case 'a':
      return allowsAlways
        ? { menu: { kind: 'always', proposal: null }, does: { kind: 'propose' } }
        : { menu, does: null };
    case 'v':
      return { menu, does: { kind: 'view' } };
    default:
      return { menu, does: null };
  }
}

function choose(choice: Choice): Pressed {
  return { menu: KEYS, does: { kind: 'choose', choice } };
}
