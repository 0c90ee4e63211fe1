import { setTimeout as wait } from 'node:timers/promises';
import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import type { Finish } from './commands/finish.ts';
import { exitCodeOf, GuardError, renderError } from './errors.ts';
import { createIo, type Io } from './io.ts';

/** The command line as a list: each command is loaded only when it is called. */
const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'run',
    summary: 'start an MCP server behind the guard; what an MCP client is configured with',
    load: async (io, finish, upstream) =>
      (await import('./commands/run.ts')).runCommand(io, finish, upstream),
    takesServer: true,
  },
  {
    name: 'approvals',
    summary: 'the questions of every guard of yours, answered in this terminal',
    load: async (io, finish) => (await import('./commands/approvals.ts')).approvalsCommand(io, finish),
  },
  {
    name: 'scan',
    summary: 'what the tools of a server can do, how risky that is, and why; writes a policy',
    load: async (io, finish, upstream) =>
      (await import('./commands/scan.ts')).scanCommand(io, finish, upstream),
    takesServer: true,
  },
  {
    name: 'pins',
    summary: 'the definitions of tools as they were first seen, and what has changed since',
    load: async (io, finish) => (await import('./commands/pins.ts')).pinsCommand(io, finish),
  },
  {
    name: 'validate',
    summary: 'every problem of a policy at once, with line and column',
    load: async (io, finish, upstream) =>
      (await import('./commands/validate.ts')).validateCommand(io, finish, upstream),
    takesServer: true,
  },
  {
    name: 'explain',
    summary: 'what would happen to a call, and the rules that say so',
    load: async (io, finish) => (await import('./commands/explain.ts')).explainCommand(io, finish),
  },
  {
    name: 'log',
    summary: 'what happened: every call, how it was decided, and what became of it',
    load: async (io, finish) => (await import('./commands/log.ts')).logCommand(io, finish),
  },
  {
    name: 'replay',
    summary: 'what another policy would have made of the calls in the audit log',
    load: async (io, finish) => (await import('./commands/replay.ts')).replayCommand(io, finish),
  },
  {
    name: 'suggest',
    summary: 'the least policy that allows what ran and what you approved, from the audit log',
    load: async (io, finish) => (await import('./commands/suggest.ts')).suggestCommand(io, finish),
  },
  {
    name: 'schema',
    summary: 'the JSON Schema of the policy file',
    load: async (io, finish) => (await import('./commands/schema.ts')).schemaCommand(io, finish),
  },
  {
    name: 'demo',
    summary: 'the guard, a sample server and an agent in one terminal, to see what it does',
    load: async (io, finish) => (await import('./commands/demo.ts')).demoCommand(io, finish),
  },
];

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: (io: Io, finish: Finish, upstream: readonly string[] | null) => Promise<Command>;
  /** The command of a server may stand after `--`. */
  readonly takesServer?: true;
}

const LAST_WORDS_MS = 500;

const EXAMPLES = `
Examples:
  mcp-guard run -- uvx awslabs.amazon-mq-mcp-server@latest
  mcp-guard run --policy mcp-guard.yaml -- npx -y @modelcontextprotocol/server-filesystem ~/notes
  mcp-guard approvals
  mcp-guard explain delete_broker
  mcp-guard demo`;

/** Runs the command line and gives its exit code; what goes wrong is told on stderr, here and nowhere else. */
export async function main(process: NodeJS.Process): Promise<number> {
  const io = createIo(process);
  const exitCode = await report(io);
  await release(io);
  return exitCode;
}

async function report(io: Io): Promise<number> {
  try {
    return await dispatch(io);
  } catch (error) {
    // Commander has printed its own errors already, and throws for --help and --version too.
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? 0 : exitCodeOf(new GuardError('usage', ''));
    io.stderr.write(renderError(error, io.env['MCP_GUARD_DEBUG'] === '1'));
    return exitCodeOf(error);
  }
}

async function dispatch(io: Io): Promise<number> {
  // What follows `--` belongs to the server: commander would look for options in it, and do without the `--`.
  const cut = io.argv.indexOf('--');
  const own = cut === -1 ? io.argv : io.argv.slice(0, cut);
  const upstream = cut === -1 ? null : io.argv.slice(cut + 1);
  if (
    upstream !== null &&
    COMMANDS.some(({ name, takesServer }) => name === own[0] && takesServer !== true)
  ) {
    throw new GuardError('usage', `"${own[0]}" takes no command after --`);
  }
  let exitCode = 0;
  const program = createProgram(io);
  const called = own[0] === 'help' ? own[1] : own[0];
  for (const entry of COMMANDS) {
    const command =
      entry.name === called
        ? await entry.load(io, (code) => void (exitCode = code), upstream)
        : new Command(entry.name);
    program.addCommand(giveVoice(command.summary(entry.summary), io));
  }
  if (own.length === 0) program.help({ error: true });
  await program.parseAsync([...own], { from: 'user' });
  return exitCode;
}

/** Last words get a moment to be read; a reader that never comes must not keep the process. */
async function release(io: Io): Promise<void> {
  const { stderr } = io;
  const isUnread = stderr.writableLength > 0;
  if (isUnread) {
    const written = new Promise<void>((resolve) => stderr.write('', () => resolve()));
    await Promise.race([written, wait(LAST_WORDS_MS, undefined, { ref: false })]);
  }
  stderr.destroy();
  // On some systems bytes that nobody reads outlive the stream they were written to, and the process with them.
  if (isUnread) setTimeout(() => io.kill(io.pid, 'SIGKILL'), LAST_WORDS_MS).unref();
}

function createProgram(io: Io): Command {
  const program = new Command('mcp-guard')
    .description(
      'Holds every tool call of an AI client against a policy, and asks you when the policy says so.',
    )
    .version(packageJson.version)
    .helpCommand('help [command]', 'the help of a command')
    // What stands behind the name of a command is that command's, also where the one above it has an option of that name.
    .enablePositionalOptions()
    .addHelpText('after', EXAMPLES);
  return giveVoice(program, io);
}

/** Every command speaks and fails in one way; commander's own exits become errors for the one catch above. */
function giveVoice(command: Command, io: Io): Command {
  return command
    .showHelpAfterError(
      `mcp-guard: hint: ${command.name() === 'mcp-guard' ? '' : 'mcp-guard '}${command.name()} --help shows how`,
    )
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'mcp-guard: error: ')),
    })
    .exitOverride();
}
