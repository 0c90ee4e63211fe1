import { Command } from 'commander';
import { readRecorded } from '../audit/read/read-recorded.ts';
import { replayCalls } from '../audit/replay/replay-calls.ts';
import { guessProfile } from '../catalogue/known-tool.ts';
import { openPinned, type Pinned } from '../catalogue/pins/find-pinned.ts';
import type { Io } from '../io.ts';
import { compilePolicy } from '../policy/compile.ts';
import { findPolicy } from '../policy/file/find.ts';
import { createGround } from '../policy/file/ground.ts';
import { describeStdout } from './describe-stdout.ts';
import type { Finish } from './finish.ts';
import { parseTime } from './read-time.ts';
import { renderReplay, renderReplayJson } from './render-replay.ts';

export interface ReplayOptions {
  /** Log files; none: all logs of this user. */
  readonly logs: readonly string[];
  readonly policy: string | undefined;
  readonly server: string | undefined;
  /** ms since the epoch. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly json: boolean;
}

const WIDE = 120;

export function replayCommand(io: Io, finish: Finish): Command {
  const now = io.date().getTime();
  const readTime = (text: string): number => parseTime(text, now);
  return new Command('replay')
    .description(
      'Decides the calls of the audit log again under another policy, and shows what would change.',
    )
    .argument('[log...]', 'files of the audit log, instead of all of yours')
    .option('-p, --policy <file>', 'the policy, instead of your own (also MCP_GUARD_POLICY)')
    .option('--server <glob>', 'only calls of these servers')
    .option('--since <time>', 'from then on: 30m, 12h, 7d, 14:30, 2026-11-23', readTime)
    .option('--until <time>', 'up to then', readTime)
    .option('--json', 'print the result for programs', false)
    .action(async (logs: string[], flags: Omit<ReplayOptions, 'logs'>) => {
      finish(await replay({ ...flags, logs }, io));
    });
}

/** Prints what the policy would have made of the recorded calls. Nothing is called. Gives the exit code. */
export async function replay(options: ReplayOptions, io: Io): Promise<number> {
  const ground = createGround(io, guessProfile);
  const { set } = await findPolicy({ explicit: options.policy, server: null }, io, ground);
  const calls = readRecorded(io, {
    files: options.logs,
    server: options.server ?? null,
    since: options.since ?? null,
    until: options.until ?? null,
  });
  const found = await replayCalls(calls, compilePolicy(set, ground), rememberSchemas(io));
  const file = set.layers[0].policy.file ?? 'the built-in policy';
  const text = options.json
    ? [renderReplayJson(found, file)]
    : renderReplay(found, file, describeStdout(io, WIDE));
  io.stdout.write([...text].join(''));
  return 0;
}

/** The schemas as they are pinned now; one that has changed since may have had other defaults. */
function rememberSchemas(io: Io): (server: string, tool: string) => Buffer | null {
  const servers = new Map<string, (tool: string) => Pinned | null>();
  const found = new Map<string, Buffer | null>();
  return (server, tool) => {
    const key = `${server}\n${tool}`;
    const known = found.get(key);
    if (known !== undefined) return known;
    const find = servers.get(server) ?? openPinned(server, io);
    servers.set(server, find);
    const pinned = find(tool);
    const schema = pinned === null || pinned.hasChanged ? null : pinned.tool.schema;
    found.set(key, schema);
    return schema;
  };
}
