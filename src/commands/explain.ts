import { Command } from 'commander';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import { compilePolicy, decide } from '../policy/decide.ts';
import { findPolicy } from '../policy/file/find.ts';
import type { Action, Evaluation } from '../policy/policy.ts';
import { quote } from '../policy/quote.ts';
import { isToolName } from '../protocol/tool-name.ts';
import { Windows } from '../policy/limit/windows.ts';
import { renderExplanation, type Explanation } from './render-explanation.ts';
import type { Finish } from './finish.ts';

export interface ExplainOptions {
  readonly tool: string;
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
  requireArguments(options.args);
  const { policy, notices } = findPolicy({ explicit: options.policy, server: options.name ?? null }, io);
  const evaluation = isToolName(options.tool) ? decide(compilePolicy(policy), options.tool) : null;
  const explanation =
    evaluation === null ? explainUnreadable(options.tool) : explainCall(options.tool, evaluation);
  const text = options.json
    ? `${JSON.stringify({ tool: options.tool, ...explanation }, null, 2)}\n`
    : renderExplanation(options.tool, explanation, notices);
  io.stdout.write(text);
  return options.exitCode ? EXIT_CODES[explanation.verdict] : 0;
}

function explainCall(tool: string, evaluation: Evaluation): Explanation {
  const { verdict, rule, layer, reason, hide, matched } = evaluation;
  const asksNobody = verdict === 'require_approval' && evaluation.approval.channels?.length === 0;
  return {
    verdict,
    code: asksNobody ? 'approval_unavailable' : CODES[verdict],
    rule,
    layer,
    reason,
    hide,
    category: null,
    risk: null,
    matched,
    // Windows belong to a run of the guard, so here they are as a run begins.
    limits: new Windows().state(evaluation.limits, tool, 0),
  };
}

/** Such a call does not come as far as the policy. */
function explainUnreadable(tool: string): Explanation {
  return {
    verdict: 'deny',
    code: 'invalid_frame',
    rule: null,
    layer: 'built-in',
    reason: `No call of ${quote(tool)} is read: tool names are 1 to 128 of A-Z a-z 0-9 _ . / -`,
    hide: false,
    category: null,
    risk: null,
    matched: [],
    limits: [],
  };
}

/** No rule of this version looks at arguments, but what could not be sent should not be explained. */
function requireArguments(text: string | undefined): void {
  if (text === undefined) return;
  const hints = [`write it as: --args '{"name": "value"}'`];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GuardError('usage', '--args is not JSON', { hints, cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new GuardError('usage', '--args is not a JSON object', { hints });
}
