import { Command, InvalidArgumentError } from 'commander';
import type { Finish } from './finish.ts';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import { followLog } from './log-follow.ts';
import { printLog } from './log-print.ts';
import { showCall } from './log-show.ts';
import { verifyLog } from './log-verify.ts';
import { parseTime } from './read-time.ts';

interface Flags {
  readonly file?: readonly string[];
  readonly server?: string;
  readonly tool?: string;
  readonly since?: number;
  readonly until?: number;
  readonly denied: boolean;
  readonly asked: boolean;
  readonly args: boolean;
  readonly limit?: number;
  readonly follow: boolean;
  readonly json: boolean;
  readonly verify: boolean;
}

/** Shown where nobody says how much. */
const USUAL_LIMIT = 50;

export function logCommand(io: Io, finish: Finish): Command {
  const now = io.date().getTime();
  const readTime = (text: string): number => parseTime(text, now);
  const command = new Command('log')
    .description('What happened: every call, how it was decided, by whom, and what became of it.')
    .enablePositionalOptions()
    .option('--denied', 'only what was refused', false)
    .option('--asked', 'only what a person was asked about', false)
    .option('--tool <glob>', 'only calls of these tools')
    .option('--server <glob>', 'only these servers')
    .option('--since <time>', 'from then on: 30m, 12h, 7d, 14:30, 2026-11-23', readTime)
    .option('--until <time>', 'up to then', readTime)
    .option(
      '-n, --limit <calls>',
      `the last so many calls (default: ${USUAL_LIMIT}, or all with --since)`,
      parseLimit,
    )
    .option('--args', 'with the arguments of calls', false)
    .option('-f, --follow', 'go on as more happens, until Ctrl-C', false)
    .option('--json', 'the stored lines', false)
    .option('--verify', 'find the first changed, missing, reordered or cut line', false)
    .option('--file <path...>', 'these files instead of all logs of this user')
    .action(async (flags: Flags) => finish(await runLog(flags, io)));
  command.addCommand(showCommand(io, finish));
  return command;
}

function showCommand(io: Io, finish: Finish): Command {
  return new Command('show')
    .description('One call in full, by the id that the table ends with.')
    .argument('<id>', 'the id of a call: 3f9a.12')
    .option('--json', 'the stored lines', false)
    .action((id: string, { json }: { readonly json: boolean }) => finish(showCall(id, json, io)));
}

async function runLog(flags: Flags, io: Io): Promise<number> {
  const {
    file = [],
    server = null,
    tool = null,
    since = null,
    until = null,
    denied,
    asked,
    args,
    json,
  } = flags;
  const selection = { server, tool, since, until, denied, asked };
  if (flags.verify) {
    if (flags.follow)
      throw new GuardError('usage', '--verify and --follow together', { hints: ['choose one'] });
    return verifyLog({ files: file, server, json }, io);
  }
  const limit = flags.limit ?? (since === null && !json ? USUAL_LIMIT : null);
  const options = { ...selection, files: file, args, json, limit };
  return flags.follow ? followLog(options, io) : printLog(options, io);
}

function parseLimit(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value;
  throw new InvalidArgumentError('a whole number of calls from 1 to 1000000 is allowed');
}
