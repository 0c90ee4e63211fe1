import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { checkAgainst } from '../catalogue/against/against.ts';
import { guessProfile } from '../catalogue/known-tool.ts';
import type { Listing } from '../catalogue/listing.ts';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import { locatePolicy } from '../policy/file/find.ts';
import { createGround } from '../policy/file/ground.ts';
import { loadSet, type LoadedSet } from '../policy/file/layers.ts';
import type { Problem } from '../policy/policy.ts';
import { deriveServerName } from '../policy/server-name.ts';
import { askTools } from '../relay/ask-tools.ts';
import type { Finish } from './finish.ts';
import { renderEmpty, renderValidation, renderValidationJson, type Validation } from './render-validation.ts';

export interface ValidateOptions {
  /** Undefined: the file that `run` would use. */
  readonly file: string | undefined;
  /** The server whose own policy is meant. */
  readonly name: string | undefined;
  /** The command of a server to hold the policy against; null where none is. */
  readonly against: readonly string[] | null;
  readonly timeoutMs: number;
  readonly json: boolean;
}

interface Flags {
  readonly name?: string;
  readonly against: boolean;
  readonly timeout: number;
  readonly json: boolean;
}

const EXIT_HELP = `
Exits with 1 when the policy cannot be used; warnings alone leave it at 0.`;

export function validateCommand(io: Io, finish: Finish, upstream: readonly string[] | null): Command {
  return new Command('validate')
    .description('Lists every problem of a policy at once, with line and column, and runs its tests.')
    .usage('[options] [file] [--against -- <command> [args...]]')
    .argument('[file]', 'the policy (default: the one that run would use)')
    .option('--name <name>', 'the server whose own policy is meant (default: from the command)')
    .option('--against', 'start the server after -- and hold the policy against its tools', false)
    .option('--timeout <seconds>', 'how long the server may take to list its tools', parseSeconds, 30)
    .option('--json', 'print the result for programs', false)
    .addHelpText('after', EXIT_HELP)
    .action(async (file: string | undefined, { name, against, timeout, json }: Flags) => {
      const command = requireCommand(against, upstream);
      finish(await validate({ file, name, against: command, timeoutMs: timeout * 1000, json }, io));
    });
}

/**
 * Prints what is wrong with a policy, or what it holds. Gives the exit code: 1 where it cannot be used. Where the server
 * cannot be asked, the error comes after what was found without it.
 */
export async function validate(options: ValidateOptions, io: Io): Promise<number> {
  const located = locate(options, io);
  const { file, notices } = located;
  if (file === null) {
    io.stdout.write(options.json ? renderValidationJson(null) : renderEmpty(notices));
    return 0;
  }
  const ground = createGround(io, guessProfile);
  const loaded = await loadSet(file, io, ground);
  const asked = await askServer(options, loaded, io);
  const { set, texts, problems } = loaded;
  const { listing } = asked;
  const found = set === null || listing === null ? [] : checkAgainst({ set, texts, ground, listing });
  const validation: Validation = {
    loaded,
    file,
    notices,
    problems: sortProblems([...problems, ...found], file),
    against: options.against === null ? 'none' : (listing ?? 'unheard'),
    ground,
  };
  io.stdout.write(options.json ? renderValidationJson(validation) : renderValidation(validation));
  if (asked.failure !== null) throw asked.failure;
  return problems.some(({ severity }) => severity === 'error') ? 1 : 0;
}

function locate({ file, name, against }: ValidateOptions, io: Io): ReturnType<typeof locatePolicy> {
  if (file !== undefined) return { file: resolve(io.cwd, file), isNamed: true, notices: [] };
  const server = name ?? (against === null ? null : deriveServerName(against));
  return locatePolicy({ explicit: undefined, server }, io);
}

interface Asked {
  readonly listing: Listing | null;
  readonly failure: GuardError | null;
}

/** A policy that cannot be used is mended first: the server is not started for it. */
async function askServer(
  { against, timeoutMs }: ValidateOptions,
  { set }: LoadedSet,
  io: Io,
): Promise<Asked> {
  if (against === null || set === null) return { listing: null, failure: null };
  try {
    return { listing: await askTools(against, io, { timeoutMs }), failure: null };
  } catch (error) {
    if (error instanceof GuardError) return { listing: null, failure: error };
    throw error;
  }
}

/** File by file, that of the policy first; in each in its own order. */
function sortProblems(problems: readonly Problem[], first: string): Problem[] {
  const files = [...new Set([first, ...problems.map(({ file }) => file)])];
  return problems.toSorted(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}

function requireCommand(against: boolean, upstream: readonly string[] | null): readonly string[] | null {
  const hints = ['write it as: mcp-guard validate [file] --against -- <command> [args...]'];
  if (!against && upstream === null) return null;
  if (!against) throw new GuardError('usage', 'a command after -- without --against', { hints });
  if (upstream !== null && upstream.length > 0) return upstream;
  throw new GuardError(
    'usage',
    upstream === null ? 'no -- before the command of the server' : 'no command after --',
    { hints },
  );
}

function parseSeconds(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 3600) return value;
  throw new InvalidArgumentError('a whole number of seconds from 1 to 3600 is allowed');
}
