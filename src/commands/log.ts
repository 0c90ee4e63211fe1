import { Command, InvalidArgumentError } from 'commander';
import type { Finish } from './finish.ts';
import type { Selection } from '../audit/read/selection.ts';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import { followLog } from './log-follow.ts';
import { printLog } from './log-print.ts';
import { showCall } from './log-show.ts';
import { printStats } from './log-stats.ts';
import { verifyLog } from './log-verify.ts';
import { parseTime } from './read-time.ts';

interface SelectionFlags {
  readonly file?: readonly string[];
  readonly server?: string;
  readonly tool?: string;
  readonly since?: number;
  readonly until?: number;
  readonly denied?: boolean;
  readonly asked?: boolean;
  readonly json?: boolean;
}

interface Flags extends SelectionFlags {
  readonly args?: boolean;
  readonly limit?: number;
  readonly follow?: boolean;
  readonly verify?: boolean;
}

/** Shown where nobody says how much. */
const USUAL_LIMIT = 50;

export function logCommand(io: Io, finish: Finish): Command {
  const command = addSelection(new Command('log'), io)
    .description('What happened: every call, how it was decided, by whom, and what became of it.')
    .enablePositionalOptions()
    .hook('preSubcommand', (above, command) => void command.copyInheritedSettings(above))
    .option(
      '-n, --limit <calls>',
      `the last so many calls (default: ${USUAL_LIMIT}, or all with --since)`,
      parseLimit,
    )
    .option('--args', 'with the arguments of calls')
    .option('-f, --follow', 'go on as more happens, until Ctrl-C')
    .option('--json', 'the stored lines')
    .option('--verify', 'find the first changed, missing, reordered or cut line')
    .action(async (flags: Flags) => finish(await runLog(flags, io)));
  command.addCommand(statsCommand(io, finish));
  command.addCommand(showCommand(io, finish));
  return command;
}

function statsCommand(io: Io, finish: Finish): Command {
  return addSelection(new Command('stats'), io)
    .description(
      'What it comes to: calls by tool and decision, reasons, questions, and how long all that took.',
    )
    .option('--json', 'print it for programs')
    .action((_: SelectionFlags, command: Command) => {
      // Options of the command above may stand before the name of this one.
      const { args, limit, follow, verify, json = false, ...flags }: Flags = command.optsWithGlobals();
      refuseBeside('stats', { '--args': args, '--limit': limit, '--follow': follow, '--verify': verify });
      finish(printStats({ ...select(flags), limit: null }, json, io));
    });
}

function showCommand(io: Io, finish: Finish): Command {
  return new Command('show')
    .description('One call in full, by the id that the table ends with.')
    .argument('<id>', 'the id of a call: 3f9a.12')
    .option('--json', 'the stored lines')
    .action((id: string, _: unknown, command: Command) => {
      const { json = false, ...others }: Flags = command.optsWithGlobals();
      refuseBeside(
        'show',
        Object.fromEntries(Object.entries(others).map(([name, value]) => [`--${name}`, value])),
      );
      finish(showCall(id, json, io));
    });
}

function addSelection(command: Command, io: Io): Command {
  const now = io.date().getTime();
  const readTime = (text: string): number => parseTime(text, now);
  return command
    .option('--denied', 'only what was refused')
    .option('--asked', 'only what a person was asked about')
    .option('--tool <glob>', 'only calls of these tools')
    .option('--server <glob>', 'only these servers')
    .option('--since <time>', 'from then on: 30m, 12h, 7d, 14:30, 2026-11-23', readTime)
    .option('--until <time>', 'up to then', readTime)
    .option('--file <path...>', 'these files instead of all logs of this user');
}

function select(flags: SelectionFlags): Selection & { readonly files: readonly string[] } {
  const { file = [], server = null, tool = null, since = null, until = null } = flags;
  const { denied = false, asked = false } = flags;
  return { files: file, server, tool, since, until, denied, asked };
}

async function runLog(flags: Flags, io: Io): Promise<number> {
  const { since, args = false, json = false, follow = false } = flags;
  const selection = select(flags);
  if (flags.verify === true) {
    refuseBeside('--verify', {
      '--follow': flags.follow,
      '--args': flags.args,
      '--limit': flags.limit,
      '--denied': flags.denied,
      '--asked': flags.asked,
      '--tool': flags.tool,
      '--since': since,
      '--until': flags.until,
    });
    return verifyLog({ files: selection.files, server: selection.server, json }, io);
  }
  const limit = flags.limit ?? (since === undefined && !json ? USUAL_LIMIT : null);
  const options = { ...selection, args, json, limit };
  return follow ? followLog(options, io) : printLog(options, io);
}

/** What would be passed over without a word might be taken to have been heard. */
function refuseBeside(what: string, options: Readonly<Record<string, unknown>>): void {
  const [name] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  throw new GuardError('usage', `${what} and ${name} together`, { hints: ['choose one'] });
}

function parseLimit(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value;
  throw new InvalidArgumentError('a whole number of calls from 1 to 1000000 is allowed');
}
