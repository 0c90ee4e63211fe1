import type { Account } from './account.ts';

/** The arguments of a call. A Map, because the caller chose the keys. */
export type Arguments = ReadonlyMap<string, unknown>;

export type Outcome =
  { readonly kind: 'done'; readonly value: unknown } | { readonly kind: 'failed'; readonly why: string };

export type Operation = (account: Account, args: Arguments) => Outcome;

/** The call worked; `value` becomes the JSON text of its answer. */
export function done(value: unknown): Outcome {
  return { kind: 'done', value };
}

/** The call did not work, in words for the agent. */
export function failed(why: string): Outcome {
  return { kind: 'failed', why };
}

/** A string argument, `fallback` where the call has none or has something else. */
export function readText(args: Arguments, name: string, fallback = ''): string {
  const value = args.get(name);
  return typeof value === 'string' ? value : fallback;
}
