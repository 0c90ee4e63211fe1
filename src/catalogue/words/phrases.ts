import type { Deed } from './deeds.ts';

/** What a description says of effects, whatever the name is. Looked for as whole words, in sentences without a "not". */
export const PHRASES: readonly (readonly [string, Deed])[] = [
  ['marks it as read', 'changes'],
  ['marks them as read', 'changes'],
  ['marks messages as read', 'changes'],
  ['mark as read', 'changes'],
  ['cannot be undone', 'removes'],
  ['irreversible', 'removes'],
  ['irreversibly', 'removes'],
  ['permanently deletes', 'removes'],
  ['permanently removes', 'removes'],
  ['will be deleted', 'removes'],
  ['is deleted', 'removes'],
  ['overwrites', 'changes'],
  ['will be overwritten', 'changes'],
  ['destructive operation', 'removes'],
  ['arbitrary code', 'runs'],
  ['arbitrary sql', 'runs'],
  ['any sql', 'runs'],
  ['arbitrary commands', 'runs'],
  ['charges the customer', 'pays'],
];

/** Words before the verb at the beginning of a description: `This tool will permanently delete ...`. */
export const OPENINGS: ReadonlySet<string> = new Set(
  `a ability allows an asynchronously batch be bulk can command enables endpoint for function helps is it lets please that
  the this to tool use used user users which will you`.split(/\s+/),
);

/** After "runs" or "executes", these say that it is a way of looking. */
export const LOOKING: ReadonlySet<string> = new Set(
  `query search find aggregation lookup scan check report request analysis read select health`.split(' '),
);

/** After "executes" or "performs", these say no more than that something is done: `execute the DeleteBroker operation`. */
export const WRAPPERS: ReadonlySet<string> = new Set(['operation', 'api', 'endpoint', 'rpc']);

/** What a tool that looks may well be said to do with what it has found. */
export const WAYS_OF_TELLING: ReadonlySet<string> = new Set(
  `generate compile download export capture render produce build compose derive draw report return load
  resolve`.split(/\s+/),
);

/** What stands behind one of them says when, or to what end: `drop_table_if_exists`, `switch_to_view`. */
export const ENDS: ReadonlySet<string> = new Set(
  'after as before if into to unless until when while'.split(' '),
);

/** What stands behind one of them says which, whose, where from, when, or to what end. */
export const PREPOSITIONS: ReadonlySet<string> = new Set([
  ...ENDS,
  ...'about at by for from in of on per with without'.split(' '),
]);

/** Words between two verbs, or two things, that both count. */
export const JOINERS: ReadonlySet<string> = new Set(['and', 'n', 'or', 'then']);

/** Behind a word that can be both, these say that it was the noun. */
export const BEHIND_NOUNS: ReadonlySet<string> = new Set([...PREPOSITIONS, 'and', 'are', 'is', 'or', 'that']);

/** Sentences that are about how to use a tool, about another one, or about what does not happen. */
export const ASIDES =
  /^\s*(?:[-*\d]+\s*)?(?:use|call|if|when|whenever|for example|example|e\.g|note|returns?|args?|arguments?|parameters?|see|prefer|do not|don't|never|avoid|unlike|instead|before|after|once|to |otherwise|available)\b|\b(?:not|never|without|instead of|unlike|won't|doesn't|which|that|who|when|where|such as|like|including|tools?)\b/;

/** Verbs that change no more than the form of what is told. */
export const HARMLESS_IN_TEXT: ReadonlySet<string> = new Set([
  'convert',
  'correct',
  'format',
  'normalize',
  'optimize',
  'sort',
  'split',
  'complete',
  'transform',
  'encode',
  'decrypt',
  'encrypt',
  'resolve',
  'accept',
  'extend',
  'refine',
  'cut',
  'swap',
  'switch',
  'apply',
  'enable',
  'configure',
  'strip',
  'mark',
  'approve',
  'grant',
]);
