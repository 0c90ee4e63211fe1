import type { Deed } from './deeds.ts';

/** Nouns that change what a verb means when they follow it: `resolve_library_id` looks, `log_food_entry` writes. */
export interface Meaning {
  readonly verb: string;
  readonly nouns: string;
  readonly deed: Deed;
}

export const MEANINGS: readonly Meaning[] = [
  {
    verb: 'resolve',
    nouns:
      'library id name dns host hostname url uri path ref reference symbol type address entity package import domain shortlink',
    deed: 'reads',
  },
  { verb: 'check', nouns: 'in out off', deed: 'changes' },
  { verb: 'read', nouns: 'receipt', deed: 'sends' },
  {
    verb: 'log',
    nouns: 'food meal workout entry time message event activity weight note work exercise',
    deed: 'makes',
  },
  { verb: 'report', nouns: 'feedback bug issue abuse problem use error outcome', deed: 'sends' },
  { verb: 'record', nouns: 'feedback decision outcome memory entry', deed: 'makes' },
  { verb: 'open', nouns: 'issue pull ticket incident position', deed: 'makes' },
  { verb: 'find', nouns: 'replace', deed: 'changes' },
  { verb: 'select', nouns: 'into', deed: 'changes' },
  { verb: 'search', nouns: 'replace', deed: 'changes' },
  { verb: 'run', nouns: 'aggregation search', deed: 'reads' },
  { verb: 'call', nouns: 'hierarchy graph tree', deed: 'reads' },
  { verb: 'test', nouns: 'connection', deed: 'reads' },
  { verb: 'watch', nouns: 'repository repo issue', deed: 'makes' },
  {
    verb: 'select',
    nouns: 'account context device element item option org organization page profile project tab workspace',
    deed: 'acts',
  },
  { verb: 'select', nouns: 'all columns data distinct from query records rows where', deed: 'reads' },
  { verb: 'verify', nouns: 'account code domain email identity login number otp phone', deed: 'acts' },
  { verb: 'reply', nouns: 'all email mail message', deed: 'sends' },
  { verb: 'forward', nouns: 'email mail message', deed: 'sends' },
  { verb: 'query', nouns: 'execute run', deed: 'runs' },
];
