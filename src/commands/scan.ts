import { Command, InvalidArgumentError } from 'commander';
import { guessProfile } from '../catalogue/known-tool.ts';
import type { Scan } from '../catalogue/scan/scan.ts';
import { scanListing } from '../catalogue/scan/scan-listing.ts';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import { compilePolicy } from '../policy/compile.ts';
import { findPolicy } from '../policy/file/find.ts';
import { createGround } from '../policy/file/ground.ts';
import { deriveServerName } from '../policy/server-name.ts';
import { askTools } from '../relay/ask-tools.ts';
import type { Finish } from './finish.ts';
import { renderScan } from './render-scan.ts';
import { renderScanJson } from './render-scan-json.ts';
import { renderScanMarkdown } from './render-scan-markdown.ts';
import { checkTarget, writePolicy } from './scan-write.ts';

export interface ScanOptions {
  readonly command: readonly string[];
  readonly policy: string | undefined;
  readonly name: string;
  readonly timeoutMs: number;
  readonly format: 'table' | 'json' | 'markdown';
  /** The file to write a policy to; undefined: none. */
  readonly write: string | undefined;
  readonly force: boolean;
}

interface Flags {
  readonly policy?: string;
  readonly name?: string;
  readonly timeout: number;
  readonly json: boolean;
  readonly markdown: boolean;
  readonly write?: string;
  readonly force: boolean;
}

export function scanCommand(io: Io, finish: Finish, upstream: readonly string[] | null): Command {
  return new Command('scan')
    .description(
      'Starts a server, lists its tools, and says what each can do, how risky it is, and why. Calls nothing.',
    )
    .usage('[options] -- <command> [args...]')
    .option('--write <file>', 'write a policy of least privilege with tests')
    .option('--force', 'write it over a file that is there', false)
    .option(
      '-p, --policy <file>',
      'the policy whose verdicts are shown, instead of your own (also MCP_GUARD_POLICY)',
    )
    .option('--name <name>', "the server's name in policies (default: from the command)")
    .option('--timeout <seconds>', 'how long the server may take to list its tools', parseSeconds, 30)
    .option('--json', 'print the result for programs', false)
    .option('--markdown', 'print the result as Markdown', false)
    .allowExcessArguments()
    .action(async (flags: Flags) => {
      const command = requireCommand(upstream);
      const { json, markdown, timeout, ...rest } = flags;
      if (json && markdown)
        throw new GuardError('usage', '--json and --markdown together', { hints: ['choose one'] });
      const format = json ? 'json' : markdown ? 'markdown' : 'table';
      const name = flags.name ?? deriveServerName(command);
      const { policy, write, force } = rest;
      finish(await scan({ command, policy, name, timeoutMs: timeout * 1000, format, write, force }, io));
    });
}

/** Prints what a server's tools can do, and writes a policy where one is wanted. Gives the exit code. */
export async function scan(options: ScanOptions, io: Io): Promise<number> {
  const { command, name, timeoutMs, write, force } = options;
  // Before the server is started for nothing.
  if (write !== undefined) checkTarget(write, force, io);
  const ground = createGround(io, guessProfile);
  const { set, notices } = await findPolicy({ explicit: options.policy, server: name }, io, ground);
  const listing = await askTools(command, io, { timeoutMs });
  const scanned = scanListing(name, listing, compilePolicy(set, ground));
  const files = set.layers.flatMap(({ policy: { file } }) => file ?? []);
  io.stdout.write(render({ scanned, options, files, notices }, io));
  if (write !== undefined) io.stderr.write(await writePolicy(scanned, { file: write, force, command }, io));
  return 0;
}

interface Scanned {
  readonly scanned: Scan;
  readonly options: ScanOptions;
  readonly files: readonly string[];
  readonly notices: readonly string[];
}

function render({ scanned, options, files, notices }: Scanned, io: Io): string {
  const { format, command, write } = options;
  switch (format) {
    case 'json':
      return renderScanJson(scanned, files);
    case 'markdown':
      return renderScanMarkdown(scanned, files);
    case 'table':
      return renderScan(scanned, { command, files, notices, isWritten: write !== undefined }, io);
  }
}

function requireCommand(upstream: readonly string[] | null): readonly string[] {
  if (upstream !== null && upstream.length > 0) return upstream;
  const message = upstream === null ? 'no -- before the command of the server' : 'no command after --';
  throw new GuardError('usage', message, {
    hints: ['write it as: mcp-guard scan [options] -- <command> [args...]'],
  });
}

function parseSeconds(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 3600) return value;
  throw new InvalidArgumentError('a whole number of seconds from 1 to 3600 is allowed');
}
