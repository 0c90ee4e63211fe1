import { Command } from 'commander';
import { runConsole } from '../console/console.ts';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import { listGrants, revokeGrants } from './approvals-grants.ts';
import { listQuestions } from './approvals-list.ts';
import type { Finish } from './finish.ts';

interface Flags {
  readonly once: boolean;
  readonly list: boolean;
  readonly json: boolean;
}

const NOTE = `
Only keys that are pressed in a terminal answer: no option, pipe or file can say yes.`;

export function approvalsCommand(io: Io, finish: Finish): Command {
  return (
    new Command('approvals')
      .description('Shows every call that waits for you, of every guard of yours, and takes your answers.')
      .option('--once', 'leave after one question', false)
      .option('--list', 'print what waits and leave', false)
      .option('--json', 'print what waits for programs and leave', false)
      .addHelpText('after', NOTE)
      // Added commands do not take over how the one above speaks and ends.
      .hook('preSubcommand', (above, command) => void command.copyInheritedSettings(above))
      .action(async (flags: Flags) => finish(await approvals(flags, io)))
      .addCommand(grantsCommand(io, finish))
      .addCommand(revokeCommand(io, finish))
  );
}

function grantsCommand(io: Io, finish: Finish): Command {
  return new Command('grants')
    .description('Lists the answers that are remembered: a yes for a session, a time or a number of calls.')
    .option('--json', 'print them for programs', false)
    .action(async (_: unknown, command: Command) => finish(await listGrants(readFlags(command), io)));
}

function revokeCommand(io: Io, finish: Finish): Command {
  return new Command('revoke')
    .description('Ends remembered answers: what they covered is asked about again.')
    .argument('[id...]', 'as `mcp-guard approvals grants` lists them')
    .option('--all', 'every one', false)
    .action(async (ids: string[], { all }: { all: boolean }) => finish(await revoke(ids, all, io)));
}

async function approvals({ once, list, json }: Flags, io: Io): Promise<number> {
  if (!list && !json) return runConsole(io, { isOnce: once });
  if (once) throw new GuardError('usage', '--once answers a question, which --list and --json never do');
  return listQuestions({ json }, io);
}

async function revoke(ids: readonly string[], all: boolean, io: Io): Promise<number> {
  if (all === ids.length > 0) {
    throw new GuardError('usage', all ? '--all needs no id' : 'revoke needs an id, or --all', {
      hints: ['`mcp-guard approvals grants` lists them'],
    });
  }
  return revokeGrants(all ? 'all' : ids, io);
}

/** `--json` is an option of the command above too, which takes it wherever it stands. */
function readFlags(command: Command): { json: boolean } {
  return { json: command.optsWithGlobals()['json'] === true };
}
