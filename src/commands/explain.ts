import { Command, Option } from 'commander';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import { guessProfile } from '../catalogue/known-tool.ts';
import { compilePolicy, type CompiledPolicy } from '../policy/compile.ts';
import { decideForms, listForms } from '../policy/decide-forms.ts';
import { findPolicy } from '../policy/file/find.ts';
import { createGround } from '../policy/file/ground.ts';
import { CHANGED, guardPin } from '../policy/pin.ts';
import { RULED, type Action, type Evaluation, type Query, type Ruled } from '../policy/policy.ts';
import { readClientLine } from '../protocol/read-client.ts';
import { createMachineWindows } from '../policy/limit/machine-windows.ts';
import { Windows } from '../policy/limit/windows.ts';
import { describeSubject, findSubject, type Subject } from './explained-tool.ts';
import { renderExplanation, type Explanation } from './render-explanation.ts';
import type { Finish } from './finish.ts';

export interface ExplainOptions {
  /** A tool, or whatever `kind` is about. */
  readonly tool: string;
  readonly kind: Ruled;
  /** JSON text. */
  readonly args: string | undefined;
  readonly policy: string | undefined;
  /** The server whose own policy is meant. */
  readonly name: string | undefined;
  readonly json: boolean;
  readonly exitCode: boolean;
}

const EXIT_CODES: Readonly<Record<Action, number>> = { allow: 0, require_approval: 3, deny: 4 };
const CODES = { allow: 'allowed', require_approval: 'approval_required', deny: 'denied' } as const;

export function explainCommand(io: Io, finish: Finish): Command {
  return new Command('explain')
    .description('Says what would happen to a call of a tool, and which rules say so. Nothing is called.')
    .argument('<tool>', 'the name of the tool')
    .addOption(
      new Option('--kind <kind>', 'explain a resource (by its URI), a prompt or a method instead')
        .choices(RULED)
        .default('tools'),
    )
    .option('--args <json>', 'the arguments of the call')
    .option('-p, --policy <file>', 'the policy, instead of your own (also MCP_GUARD_POLICY)')
    .option('--name <name>', 'the server whose own policy is meant')
    .option('--json', 'print the result for programs', false)
    .option('--exit-code', 'exit with 0 for allow, 3 for require_approval, 4 for deny', false)
    .action(async (tool: string, flags: Omit<ExplainOptions, 'tool'>) => {
      finish(await explain({ ...flags, tool }, io));
    });
}

/** Prints what the policy says of a call. Gives the exit code: 0, or the verdict's with `exitCode`. */
export async function explain(options: ExplainOptions, io: Io): Promise<number> {
  const args = readArgs(options);
  const ground = createGround(io, guessProfile);
  const wanted = { explicit: options.policy, server: options.name ?? null };
  const { set, notices } = await findPolicy(wanted, io, ground);
  const { kind, tool, name } = options;
  const subject = kind === 'tools' ? findSubject(tool, name ?? null, io) : null;
  const query: Query = {
    kind,
    name: tool,
    args,
    schema: subject?.schema ?? null,
    profile: subject?.profile ?? null,
  };
  const unreadable = kind === 'tools' ? findUnreadable(options) : null;
  const policy = compilePolicy(set, ground);
  const explanation =
    unreadable === null
      ? explainQuery(query, judge(policy, query, subject), subject, io)
      : explainUnreadable(unreadable);
  const text = options.json
    ? `${JSON.stringify({ tool, ...explanation }, null, 2)}\n`
    : renderExplanation(tool, explanation, notices);
  io.stdout.write(text);
  return options.exitCode ? EXIT_CODES[explanation.verdict] : 0;
}

function judge(policy: CompiledPolicy, query: Query, subject: Subject | null): Evaluation {
  const evaluation = decideForms(policy, query);
  return subject?.hasChanged === true ? guardPin(evaluation, policy.pin, CHANGED) : evaluation;
}

function explainQuery(query: Query, evaluation: Evaluation, subject: Subject | null, io: Io): Explanation {
  const { verdict, rule, layer, reason, hide, layers, matched } = evaluation;
  const asksNobody = verdict === 'require_approval' && evaluation.approval.channels?.length === 0;
  return {
    verdict,
    code: asksNobody ? 'approval_unavailable' : CODES[verdict],
    rule,
    layer,
    reason,
    hide,
    ...describeSubject(subject),
    layers,
    matched,
    // Windows of a session are here as a run begins; those of the machine are as they are.
    limits: new Windows(createMachineWindows(io)).state(evaluation.limits, listForms(query)[0], io.now()),
  };
}

/** Such a call does not come as far as the policy. */
function explainUnreadable(why: string): Explanation {
  return {
    verdict: 'deny',
    code: 'invalid_frame',
    rule: null,
    layer: 'built-in',
    reason: `No such call is read: ${why}`,
    hide: false,
    ...describeSubject(null),
    layers: [],
    matched: [],
    limits: [],
  };
}

/** What the strict reading of the wire has against the call. */
function findUnreadable({ tool, args }: ExplainOptions): string | null {
  const params = `{"name":${JSON.stringify(tool)},"arguments":${args?.replaceAll(/\s+/g, ' ') ?? '{}'}}`;
  const line = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}\n`;
  const message = readClientLine(Buffer.from(line));
  return message.kind === 'unreadable' ? message.message : null;
}

/** What could not be sent should not be explained. */
function readArgs({ args }: ExplainOptions): Buffer | null {
  if (args === undefined) return null;
  const hints = [`write it as: --args '{"name": "value"}'`];
  let value: unknown;
  try {
    value = JSON.parse(args);
  } catch (cause) {
    throw new GuardError('usage', '--args is not JSON', { hints, cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Buffer.from(args);
  throw new GuardError('usage', '--args is not a JSON object', { hints });
}
