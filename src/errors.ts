/** Everything that can end a command, with the exit code the command line promises for it. */
const EXIT_CODES = {
  usage: 2,
  policy_unusable: 78,
  command_not_executable: 126,
  command_not_found: 127,
  failed: 1,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

export interface ErrorDetails {
  /** `file:line:column`, or whatever tells the place. */
  where?: string;
  /** Source lines with a caret, shown under the message. */
  excerpt?: string;
  /** What to do now, one sentence each. */
  hints?: readonly string[];
  cause?: unknown;
}

/** An error for a person: lower case, what was met, where, what is allowed, what to do. */
export class GuardError extends Error {
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly excerpt: string | undefined;
  readonly hints: readonly string[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GuardError';
    this.code = code;
    this.where = details.where;
    this.excerpt = details.excerpt;
    this.hints = details.hints ?? [];
  }
}

/** The exit code of a command that ended with this error. */
export function exitCodeOf(error: unknown): number {
  return error instanceof GuardError ? EXIT_CODES[error.code] : EXIT_CODES.failed;
}

/**
 * The error as it is printed on stderr, with a final newline. A stack is shown for unforeseen errors only when
 * `debug` is set: a person who can act on a stack trace knows how to ask for it.
 */
export function renderError(error: unknown, debug = false): string {
  if (!(error instanceof GuardError)) return renderUnforeseen(error, debug);
  const place = error.where === undefined ? '' : `${error.where}: `;
  const lines = [`mcp-guard: error: ${place}${error.message}`];
  if (error.excerpt !== undefined) lines.push(error.excerpt);
  for (const hint of error.hints) lines.push(`mcp-guard: hint: ${hint}`);
  if (debug && error.cause instanceof Error) lines.push(String(error.cause.stack));
  return `${lines.join('\n')}\n`;
}

function renderUnforeseen(error: unknown, debug: boolean): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = [`mcp-guard: error: internal error: ${message}`];
  if (debug && error instanceof Error) lines.push(String(error.stack));
  else lines.push('mcp-guard: hint: run again with MCP_GUARD_DEBUG=1 and report what it prints');
  return `${lines.join('\n')}\n`;
}
