import { Command } from 'commander';
import type { PinnedTool } from '../catalogue/pins/pin-store.ts';
import { GuardError } from '../errors.ts';
import { count } from '../console/words.ts';
import type { Io } from '../io.ts';
import { quote } from '../policy/quote.ts';
import type { Finish } from './finish.ts';
import { findServers, type KnownServer } from './pinned-servers.ts';
import { renderDiff, renderDiffJson, renderPins, renderPinsJson, renderTool } from './render-pins.ts';

const BEGINNING = /^(?:raw-)?[0-9a-f]{8,64}$/;
const WHOLE = /^(?:raw-)?[0-9a-f]{64}$/;

interface Flags {
  readonly json: boolean;
}

export function pinsCommand(io: Io, finish: Finish): Command {
  const command = new Command('pins').description(
    'The definitions of tools as they were first seen, and what has changed since.',
  );
  command
    .command('list')
    .description('Lists what is pinned.')
    .argument('[server]', 'the name of a server')
    .option('--json', 'print it for programs', false)
    .action((server: string | undefined, { json }: Flags) => finish(listPins(server, json, io)));
  command
    .command('diff')
    .description('Shows how definitions differ from the pinned ones, as they were seen last.')
    .argument('[server]', 'the name of a server')
    .argument('[tool]', 'one tool of it')
    .option('--json', 'print it for programs', false)
    .action((server: string | undefined, tool: string | undefined, { json }: Flags) =>
      finish(diffPins({ server, tool, json }, io)),
    );
  command
    .command('accept')
    .description('Takes what was seen last for the pinned definition, of all changed tools or of some.')
    .argument('<server>', 'the name of the server')
    .argument('[tools...]', 'the tools')
    .option('--hash <hash>', 'only where this is still the definition that was seen last, as diff shows it')
    .action((server: string, tools: string[], { hash }: { hash?: string }) =>
      finish(acceptPins({ name: server, wanted: tools, hash: hash ?? null }, io)),
    );
  command
    .command('forget')
    .description('Forgets what was pinned: what is listed next is the first again.')
    .argument('<server>', 'the name of the server')
    .argument('[tools...]', 'the tools; without them, all of the server')
    .action((server: string, tools: string[]) => finish(forgetPins(server, tools, io)));
  return command;
}

function listPins(name: string | undefined, json: boolean, io: Io): number {
  const servers = findServers(name, io);
  io.stdout.write(json ? renderPinsJson(servers) : renderPins(servers));
  return 0;
}

interface DiffOptions extends Flags {
  readonly server: string | undefined;
  readonly tool: string | undefined;
}

function diffPins({ server, tool, json }: DiffOptions, io: Io): number {
  const servers = findServers(server, io);
  if (tool !== undefined && !servers.some(({ book }) => book.tools.has(tool)))
    throw new GuardError('usage', `the tool ${quote(tool)} is not pinned`, {
      hints: ['mcp-guard pins list shows what is'],
    });
  io.stdout.write(json ? renderDiffJson(servers, tool) : renderDiff(servers, tool, io));
  return 0;
}

interface Accepted {
  readonly name: string;
  readonly wanted: readonly string[];
  readonly hash: string | null;
}

/** Gives 1 where there is nothing to accept. */
function acceptPins({ name, wanted, hash }: Accepted, io: Io): number {
  if (hash !== null && (wanted.length !== 1 || !BEGINNING.test(hash)))
    throw new GuardError(
      'usage',
      '--hash takes the beginning of one definition, 8 digits or more, and one tool',
    );
  const server = findOne(name, io);
  const changed = [...server.book.tools.values()].filter(({ seen }) => seen !== null);
  const other = changed.find(({ tool, seen }) => wanted[0] === tool && !isSeen(seen, hash));
  // The server may have changed it once more since a person looked.
  if (other !== undefined)
    throw new GuardError('failed', `what was seen last of ${quote(other.tool)} is another definition`, {
      hints: ['mcp-guard pins diff shows it'],
    });
  const like = changed.find((one) => wanted[0] === one.tool && isDoubtful(one, hash));
  if (like !== undefined)
    throw new GuardError(
      'failed',
      `several definitions of ${quote(like.tool)} were seen whose hashes begin so`,
      {
        hints: ['mcp-guard pins list --json tells the whole hash'],
      },
    );
  const chosen = changed.filter(({ tool }) => wanted.length === 0 || wanted.includes(tool));
  const records = chosen.flatMap(({ tool, seen }) =>
    seen === null ? [] : [{ kind: 'accept', tool, hash: seen.definition.hash } as const],
  );
  write(server, records);
  // A guard may have written another one in between, which nobody has accepted.
  const now = server.store.read().tools;
  const accepted = chosen.filter(
    ({ tool, seen }) => now.get(tool)?.definition.hash === seen?.definition.hash,
  );
  for (const { tool } of accepted) io.stdout.write(`accepted ${renderTool(tool)}\n`);
  const missed = wanted.filter((tool) => !accepted.some((one) => one.tool === tool));
  for (const tool of missed)
    io.stderr.write(`mcp-guard: error: nothing has changed about ${renderTool(tool)}\n`);
  if (accepted.length === 0 && wanted.length === 0) io.stdout.write('nothing has changed\n');
  return accepted.length === 0 || missed.length > 0 ? 1 : 0;
}

function isSeen(seen: PinnedTool['seen'], hash: string | null): boolean {
  return hash === null || seen?.definition.hash.startsWith(hash) === true;
}

/** Whether what a person looked at may have been an earlier one: a beginning is soon found that two hashes share. */
function isDoubtful({ seen, passed }: PinnedTool, hash: string | null): boolean {
  if (hash === null || WHOLE.test(hash)) return false;
  return [...passed].some((other) => other.startsWith(hash) && other !== seen?.definition.hash);
}

/** Gives 1 where something of it was not pinned. */
function forgetPins(name: string, wanted: readonly string[], io: Io): number {
  const server = findOne(name, io);
  if (wanted.length === 0) {
    server.store.remove();
    io.stdout.write(`forgot ${count(server.book.tools.size, 'tool')} of ${renderTool(name)}\n`);
    return 0;
  }
  const known = wanted.filter((tool) => server.book.tools.has(tool));
  write(
    server,
    known.map((tool) => ({ kind: 'forget', tool }) as const),
  );
  for (const tool of known) io.stdout.write(`forgot ${renderTool(tool)}\n`);
  const missed = wanted.filter((tool) => !known.includes(tool));
  for (const tool of missed) io.stderr.write(`mcp-guard: error: ${renderTool(tool)} is not pinned\n`);
  return missed.length > 0 ? 1 : 0;
}

function write({ store }: KnownServer, records: Parameters<KnownServer['store']['write']>[0]): void {
  const why = records.length === 0 ? null : store.write(records);
  if (why !== null) throw new GuardError('failed', `what is pinned cannot be written: ${why}`);
}

/** One name may stand for several commands. */
function findOne(name: string, io: Io): KnownServer {
  const servers = findServers(name, io);
  const [server, ...others] = servers;
  if (server !== undefined && others.length === 0) return server;
  const ids = servers.map(({ id, command }) => `${id}: ${command.join(' ')}`);
  throw new GuardError(
    'usage',
    `${servers.length} servers of this name are pinned, with different commands`,
    {
      hints: ids.map((id) => `say which: ${renderTool(id)}`),
    },
  );
}
