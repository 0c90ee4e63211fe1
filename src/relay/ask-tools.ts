import { listTools } from '../catalogue/list-tools.ts';
import { ProbeFailed } from '../catalogue/listing-failure.ts';
import type { Listing } from '../catalogue/listing.ts';
import type { Io } from '../io.ts';
import { describeExit } from './upstream.ts';
import { visitServer } from './visit.ts';

export interface AskOptions {
  readonly timeoutMs: number;
}

/**
 * Starts a server, asks it for its tools and ends it. A server that leaves at the first question of the newer era is
 * started once more, for the older one. Throws GuardError, `failed` or what the command's start gives.
 */
export async function askTools(command: readonly string[], io: Io, options: AskOptions): Promise<Listing> {
  try {
    return await ask(command, io, 'any', options);
  } catch (error) {
    if (!(error instanceof ProbeFailed)) throw error;
    return await ask(command, io, 'legacy', options);
  }
}

function ask(
  command: readonly string[],
  io: Io,
  era: 'any' | 'legacy',
  { timeoutMs }: AskOptions,
): Promise<Listing> {
  return visitServer(command, io, ({ stdin, stdout, ended }, signal) =>
    listTools({ stdin, stdout, ended: ended.then(describeExit) }, { timeoutMs, era, signal }),
  );
}
