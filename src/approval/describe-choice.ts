import type { Choice, Lasts } from './question.ts';

/** What a person chose, in words for a place where it was not chosen: `allowed once`, `refused with a message`. */
export function describeChoice(choice: Choice): string {
  if (choice.kind === 'no') return choice.message === null ? 'refused' : 'refused with a message';
  if (choice.scope === 'once') return 'allowed once';
  const exactly = choice.scope === 'call' ? 'allowed, exactly so,' : 'allowed';
  return choice.lasts.kind === 'always' ? 'always allowed' : `${exactly} for ${describeLasts(choice.lasts)}`;
}

/** How long, in words: `this session`, `1 hour`, `5 calls`. */
export function describeLasts(lasts: Exclude<Lasts, { kind: 'always' }>): string {
  switch (lasts.kind) {
    case 'session':
      return 'this session';
    case 'calls':
      return count(lasts.count, 'call');
    case 'time': {
      const minutes = Math.round(lasts.ms / 60_000);
      return minutes % 60 === 0 && minutes > 0 ? count(minutes / 60, 'hour') : count(minutes, 'minute');
    }
  }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
