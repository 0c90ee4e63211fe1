import { createHash, randomBytes } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { Finish } from './finish.ts';
import { createAuditLog } from '../audit/log.ts';
import { exitCodeOf, GuardError, renderError } from '../errors.ts';
import type { Io } from '../io.ts';
import { compilePolicy, listFiles } from '../policy/compile.ts';
import { narrowEnv } from '../policy/env.ts';
import { findPolicy } from '../policy/file/find.ts';
import { createGround } from '../policy/file/ground.ts';
import { startReload, type Outcome } from '../policy/file/reload.ts';
import { createMachineWindows } from '../policy/limit/machine-windows.ts';
import type { PolicySet } from '../policy/policy.ts';
import { redactCommand } from '../policy/secret/redact-command.ts';
import { deriveServerName } from '../policy/server-name.ts';
import { summarizePins } from '../catalogue/pins/summarize-pins.ts';
import { guessProfile } from '../catalogue/known-tool.ts';
import { createDesk } from '../relay/desk.ts';
import { LogKeeper } from '../relay/log-keeper.ts';
import { LEVELS, Notes, type Level } from '../relay/notes.ts';
import { catchSignals } from '../relay/early-signals.ts';
import { PinKeeper } from '../relay/pin-keeper.ts';
import { Relay, type RelayParts } from '../relay/relay.ts';
import { describeOutcome } from '../relay/reload.ts';
import { createState } from '../relay/state.ts';
import { answerUnstartable } from '../relay/unstartable.ts';
import { startUpstream } from '../relay/upstream.ts';

export interface RunOptions {
  readonly command: readonly string[];
  readonly policy: string | undefined;
  readonly name: string;
  readonly dryRun: boolean;
  readonly logLevel: Level;
  /** MiB. */
  readonly maxAnswer: number;
}

export function runCommand(io: Io, finish: Finish, upstream: readonly string[] | null): Command {
  return new Command('run')
    .usage('[options] -- <command> [args...]')
    .option('-p, --policy <file>', 'the policy, instead of your own (also MCP_GUARD_POLICY)')
    .option(
      '--name <name>',
      "the server's name in questions, logs and policy files (default: from the command)",
    )
    .option('--dry-run', 'decide and log, refuse nothing', false)
    .option('--max-answer <MiB>', 'the longest line read from the server', parseMebibytes, 256)
    .addOption(new Option('--log-level <level>', 'what is told on stderr').choices(LEVELS).default('info'))
    .allowExcessArguments()
    .action(async (flags: Omit<RunOptions, 'command'>) => {
      const command = requireCommand(upstream);
      finish(await run({ ...flags, command, name: flags.name ?? deriveServerName(command) }, io));
    });
}

/** Stands between the client on stdin and stdout and the server it starts; resolves with the server's exit code. */
export async function run(options: RunOptions, io: Io): Promise<number> {
  const early = catchSignals(io);
  const notes = new Notes(io, options.logLevel, options.name);
  try {
    const relay = await startRelay(options, io, { notes, early });
    return await relay.run();
  } catch (error) {
    early.end();
    if (!(error instanceof GuardError)) throw error;
    const text = renderError(error, io.env['MCP_GUARD_DEBUG'] === '1');
    io.stderr.write(text);
    await answerUnstartable(text.trimEnd(), io);
    return exitCodeOf(error);
  }
}

async function startRelay(
  options: RunOptions,
  io: Io,
  parts: Pick<RelayParts, 'notes' | 'early'>,
): Promise<Relay> {
  const { notes } = parts;
  const ground = createGround(io, guessProfile);
  const wanted = { explicit: options.policy, server: options.name };
  const found = await findPolicy(wanted, io, ground);
  for (const notice of found.notices) notes.print('info', notice);
  if (options.dryRun) notes.print('warn', 'dry run: everything is forwarded, whatever the policy says');
  const compile = (set: PolicySet) => compilePolicy(set, ground);
  const compiled = compile(found.set);
  const upstream = await startUpstream(options.command, io, narrowEnv(io.env, found.set, io.platform));
  const settings = {
    server: options.name,
    serverHash: hashServer(options),
    machine: createMachineWindows(io),
    dryRun: options.dryRun,
    createKey: () => randomBytes(16).toString('hex'),
    createId: () => randomBytes(6).toString('hex'),
    seal: { instance: randomBytes(16).toString('hex'), secret: randomBytes(32) },
  };
  const keeper = new PinKeeper(options, io, notes);
  const state = createState(settings, compiled, keeper.pins);
  return new Relay({
    ...parts,
    io,
    upstream,
    state,
    keeper,
    log: openLog(options, io, { notes, keeper, state }),
    desk: createDesk(io, { server: options.name, policy: () => state.policy.set, notes }),
    watchPolicy: (hear) => {
      const onOutcome = (outcome: Outcome) => hear(describeOutcome(outcome, compile));
      return startReload({ wanted, io, ground, found, onOutcome });
    },
    mostFromServer: options.maxAnswer << 20,
  });
}

function openLog(
  { name, command }: RunOptions,
  io: Io,
  { notes, keeper, state }: Pick<RelayParts, 'notes' | 'keeper' | 'state'>,
): LogKeeper {
  const log = createAuditLog(io, {
    session: randomBytes(6).toString('hex'),
    server: name,
    // Looking for secrets takes tables that a guard which only starts need not make.
    command: () => redactCommand(command),
    version: packageJson.version,
    pins: summarizePins(keeper.pins.kind === 'read' ? keeper.pins.pinned : new Map()),
    policy: () => ({ hash: state.policy.set.hash, files: listFiles(state.policy.set) }),
    auditing: () => state.policy.audit,
  });
  return new LogKeeper(log, notes, () => state.policy.audit.isRequired);
}

/** Grants hang on it: another command under the same name is another server. */
function hashServer({ name, command }: RunOptions): string {
  return createHash('sha256')
    .update(JSON.stringify([name, ...command]))
    .digest('hex');
}

function requireCommand(upstream: readonly string[] | null): readonly string[] {
  if (upstream !== null && upstream.length > 0) return upstream;
  const message = upstream === null ? 'no -- before the command of the server' : 'no command after --';
  throw new GuardError('usage', message, {
    hints: ['write it as: mcp-guard run [options] -- <command> [args...]'],
  });
}

function parseMebibytes(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1024) {
    throw new InvalidArgumentError('a whole number of MiB from 1 to 1024 is allowed');
  }
  return value;
}
