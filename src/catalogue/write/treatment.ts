import type { Action } from '../../policy/policy.ts';
import type { Category, Risk } from '../../policy/profile.ts';

/** What a written policy does with all tools of one category and risk. */
export interface Treatment {
  readonly action: Action;
  /** What the person who is asked and the agent that is refused read, where the tool invites nothing worse by name. */
  readonly reason: string | null;
  /** As a policy writes it; null for none. */
  readonly limit: string | null;
  /** What the comment above them says, after category and risk. */
  readonly heading: string;
}

const ASKED = 'Asked each time';
/** What an agent can do about a deny: say so. */
export const BY_HAND = 'your user may do it by hand';

/**
 * The least that still lets a person work: what only reads runs, what changes something is asked about and limited, the
 * graver the less often, and what takes away or cannot be bounded is denied. Each row is what one would write by hand.
 */
const TREATMENTS: Readonly<Record<Category, Readonly<Record<Risk, Treatment>>>> = {
  read: {
    low: allow('allowed.'),
    medium: allow(
      'allowed, and asked about when it is called in a rush.',
      '{ max: 30, window: 60, on_exceed: require_approval }',
    ),
    high: ask(
      `it shows what is confidential. ${ASKED}.`,
      'What it reads goes into the conversation',
      '10/minute',
    ),
    critical: ask(`it shows secrets. ${ASKED}.`, 'The secrets it reads go into the conversation', '5/minute'),
  },
  write: {
    low: ask(`it changes little. ${ASKED}, ten a minute at most.`, null, '10/minute'),
    medium: ask(`it makes or changes something. ${ASKED}, ten a minute at most.`, null, '10/minute'),
    high: ask(
      `it changes what others depend on, or overwrites. ${ASKED}, five a minute at most.`,
      'What it changes is hard to set right again',
      '5/minute',
    ),
    critical: ask(
      `it changes what everything here depends on. ${ASKED}, three an hour at most.`,
      'A mistake here reaches everything',
      '3/1h',
    ),
  },
  execute: {
    low: ask(`it starts something. ${ASKED}, ten a minute at most.`, null, '10/minute'),
    medium: ask(`it starts something. ${ASKED}, ten a minute at most.`, null, '10/minute'),
    high: ask(
      `it runs what its arguments say. ${ASKED}, five a minute at most.`,
      'It runs what the arguments say; read them in full',
      '5/minute',
    ),
    critical: deny('it can run anything. Denied.', 'It can run anything, and no rule bounds that'),
  },
  destructive: {
    low: deny('it takes something away. Denied.', 'What it takes away may be needed'),
    medium: deny('it takes something away. Denied.', 'What it takes away may be needed'),
    high: deny('what it takes away is gone. Denied.', 'What it takes away does not come back'),
    critical: deny('it takes away much at once. Denied.', 'It takes away much at once, for good'),
  },
  financial: {
    low: ask(`it is about money. ${ASKED}, ten an hour at most.`, 'It is about money', '10/1h'),
    medium: ask(`it spends or charges. ${ASKED}, ten an hour at most.`, 'It is about money', '10/1h'),
    high: ask(`it spends or charges. ${ASKED}, five an hour at most.`, 'It spends or charges money', '5/1h'),
    critical: deny('it moves money. Denied.', 'It moves money, which does not come back'),
  },
};

/** What is done with a tool of this category and risk. */
export function chooseTreatment(category: Category, risk: Risk): Treatment {
  return TREATMENTS[category][risk];
}

function allow(heading: string, limit: string | null = null): Treatment {
  return { action: 'allow', reason: null, limit, heading };
}

function ask(heading: string, reason: string | null, limit: string): Treatment {
  return { action: 'require_approval', reason, limit, heading };
}

function deny(heading: string, reason: string): Treatment {
  return { action: 'deny', reason, limit: null, heading };
}
