const VERBS = [
  'delete',
  'destroy',
  'drop',
  'purge',
  'terminate',
  'remove',
  'wipe',
  'truncate',
  'reset',
  'erase',
];

/** Whether a tool's name says that it takes something away: one of the verbs is a word of it. */
export function isDestructiveName(name: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return words.some((word) => VERBS.includes(word));
}
