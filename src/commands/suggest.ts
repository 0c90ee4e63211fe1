import { lstatSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { readRecorded } from '../audit/read/read-recorded.ts';
import { gatherEvidence, type Evidence } from '../audit/suggest/gather.ts';
import { suggestPolicy } from '../audit/suggest/suggest-policy.ts';
import { guessProfile } from '../catalogue/known-tool.ts';
import { openPinned } from '../catalogue/pins/find-pinned.ts';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import { createGround } from '../policy/file/ground.ts';
import { escapeUnseen, quote } from '../policy/quote.ts';
import type { Finish } from './finish.ts';
import { parseTime } from './read-time.ts';

export interface SuggestOptions {
  /** Log files; none for all logs of this user. */
  readonly logs: readonly string[];
  readonly server: string | undefined;
  /** ms since the epoch. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  /** Whether values of tools that only read may vary within what they have in common. */
  readonly widen: boolean | undefined;
  /** The file to write; without it the policy goes to stdout. */
  readonly write: string | undefined;
}

const MOST_NAMED = 10;

export function suggestCommand(io: Io, finish: Finish): Command {
  const now = io.date().getTime();
  const readTime = (text: string): number => parseTime(text, now);
  return new Command('suggest')
    .description(
      'Writes the least policy that allows what ran and what you approved, from the audit log. Everything else is asked about.',
    )
    .argument('[log...]', 'files of the audit log, instead of all of yours')
    .option('--server <name>', 'the server it is for, where the log tells of several')
    .option('--since <time>', 'leave out what came before: 30m, 12h, 7d, 14:30, 2026-11-23', readTime)
    .option('--until <time>', 'leave out what came after', readTime)
    .option(
      '--widen',
      'let tools that only read at low risk be called with other values, too: in the folder, on the host, between the numbers or of the length seen',
    )
    .option('--write <file>', 'write the policy to this file, which must not be there yet')
    .action(async (logs: string[], flags: Omit<SuggestOptions, 'logs'>) => {
      finish(await suggest({ ...flags, logs }, io));
    });
}

/** Prints or writes the policy for what `read` finds in the log. Gives the exit code. */
export async function suggest(options: SuggestOptions, io: Io, read = readRecorded): Promise<number> {
  const { write } = options;
  const file = resolve(io.cwd, write ?? 'policy.yaml');
  if (write !== undefined && lstatSync(file, { throwIfNoEntry: false }) !== undefined) throw standing(write);
  const ground = createGround(io, guessProfile);
  const calls = read(io, {
    files: options.logs,
    server: options.server ?? null,
    since: options.since ?? null,
    until: options.until ?? null,
  });
  const evidence = await gatherEvidence(calls, ground);
  const server = pickServer(evidence, options.server);
  const { text, warnings } = suggestPolicy(evidence, {
    file,
    server,
    ground,
    findSchema: rememberSchemas(server, io),
    isWidened: options.widen === true,
  });
  for (const note of [...listNotes(evidence), ...warnings.map(({ message }) => message)])
    io.stderr.write(`mcp-guard: note: ${note}\n`);
  if (write === undefined) io.stdout.write(text);
  else {
    create(file, write, text);
    io.stderr.write(`mcp-guard: wrote ${quote(write, 1_000)}: read it before you use it\n`);
  }
  return 0;
}

function pickServer({ servers }: Evidence, wanted: string | undefined): string {
  const [first, second] = servers;
  if (first === undefined) {
    const whose = wanted === undefined ? '' : ` of the server ${quote(wanted)}`;
    throw new GuardError('failed', `the log tells of no call of a tool${whose}`, {
      hints: ['let some calls run behind mcp-guard first, or name other logs, another --server or --since'],
    });
  }
  if (second === undefined) return first;
  const shown = servers.slice(0, MOST_NAMED).map((name) => quote(name, 60));
  const more = servers.length > shown.length ? ` and ${servers.length - shown.length} more` : '';
  throw new GuardError('usage', `the log tells of several servers: ${shown.join(', ')}${more}`, {
    hints: ['a policy is for one of them: name it with --server'],
  });
}

function listNotes({ uncallable, left }: Evidence): string[] {
  const shown = uncallable.slice(0, MOST_NAMED).map((name) => quote(name, 60));
  return [
    ...(shown.length === 0 ? [] : [`left out are names that no tool can have: ${shown.join(', ')}`]),
    ...(left === 0 ? [] : [`left out are ${left} tools or more, as there are too many`]),
  ];
}

/** The definitions that the policy's conditions meet; one that has changed since may have other defaults. */
function rememberSchemas(server: string, io: Io): (tool: string) => Buffer | null {
  const find = openPinned(server, io);
  const found = new Map<string, Buffer | null>();
  return (tool) => {
    const known = found.get(tool);
    if (known !== undefined) return known;
    const pinned = find(tool);
    const schema = pinned === null || pinned.hasChanged ? null : pinned.tool.schema;
    found.set(tool, schema);
    return schema;
  };
}

function create(file: string, shown: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw standing(shown);
    const why = error instanceof Error ? error.message : String(error);
    throw new GuardError('failed', `the policy cannot be written: ${escapeUnseen(why)}`, { cause: error });
  }
}

function standing(file: string): GuardError {
  return new GuardError('usage', 'the file is there already', {
    where: escapeUnseen(file),
    hints: ['name another file'],
  });
}
