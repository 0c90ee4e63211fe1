import { GuardError } from '../errors.ts';
import { quote } from '../policy/quote.ts';
import type { ListOptions } from './list-tools.ts';

/** How far the conversation with a server came. */
export interface Stage {
  now: 'connect' | 'list';
  /** The time for all of it is over. */
  late: boolean;
  /** The server's output has ended. */
  closed: boolean;
}

/** The server's process ended; the message says how. */
export class ServerEnded extends Error {}

/** The server left while it was asked whether it speaks the newer era: started again, it may speak the older one. */
export class ProbeFailed extends Error {}

/** What went wrong, for a person; ProbeFailed where another start may go better. */
export function explainFailure(error: unknown, stage: Stage, { era, timeoutMs, signal }: ListOptions): Error {
  if (error instanceof GuardError) return error;
  if (signal.aborted) return new GuardError('failed', 'stopped while the server was asked for its tools');
  const asked = stage.now === 'connect' ? 'the first request' : 'tools/list';
  if (stage.late) {
    const hint =
      'a first start may have to download the server: start it once by itself, or allow more with --timeout';
    return fail(`the server did not answer ${asked} within ${timeoutMs / 1000} s`, hint, error);
  }
  const isClosed = error instanceof ServerEnded || stage.closed;
  if (isClosed && stage.now === 'connect' && era === 'any') return new ProbeFailed();
  if (error instanceof ServerEnded) {
    return fail(`the server ended before it had listed its tools: ${error.message}`, WORDS_HINT, error);
  }
  if (isClosed) return fail('the server closed its output before it had listed its tools', WORDS_HINT, error);
  const message = error instanceof Error ? error.message : String(error);
  return fail(`the server's answer to ${asked} is of no use: ${quote(message, 300)}`, WORDS_HINT, error);
}

const WORDS_HINT =
  'its own words, if it had any, stand above; check that the command starts an MCP server over stdio';

function fail(message: string, hint: string, cause: unknown): GuardError {
  return new GuardError('failed', message, { hints: [hint], cause });
}
