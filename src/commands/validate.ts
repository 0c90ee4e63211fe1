import { resolve } from 'node:path';
import { Command } from 'commander';
import { compilePolicy, decide } from '../policy/decide.ts';
import { locatePolicy } from '../policy/file/find.ts';
import { loadPolicy, type Loaded } from '../policy/file/load.ts';
import type { Policy } from '../policy/policy.ts';
import { escapeUnseen } from '../policy/quote.ts';
import { renderProblem } from '../policy/read/render-problem.ts';
import { renderRulePath } from '../policy/read/read-rules.ts';
import type { Io } from '../io.ts';
import type { Finish } from './finish.ts';

export interface ValidateOptions {
  /** Undefined: the file that `run` would use. */
  readonly file: string | undefined;
  /** The server whose own policy is meant. */
  readonly name: string | undefined;
  readonly json: boolean;
}

export function validateCommand(io: Io, finish: Finish): Command {
  return new Command('validate')
    .description('Lists every problem of a policy at once, with line and column, and runs its tests.')
    .argument('[file]', 'the policy (default: the one that run would use)')
    .option('--name <name>', 'the server whose own policy is meant')
    .option('--json', 'print the result for programs', false)
    .addHelpText('after', '\nExits with 1 when the policy cannot be used; warnings alone leave it at 0.')
    .action(async (file: string | undefined, flags: Omit<ValidateOptions, 'file'>) => {
      finish(await validate({ ...flags, file }, io));
    });
}

/** Prints what is wrong with a policy, or what it holds. Gives the exit code: 1 where it cannot be used. */
export async function validate(options: ValidateOptions, io: Io): Promise<number> {
  const located =
    options.file === undefined
      ? locatePolicy({ explicit: undefined, server: options.name ?? null }, io)
      : { file: resolve(io.cwd, options.file), notices: [] };
  if (located.file === null) {
    io.stdout.write(options.json ? renderJson(EMPTY) : renderLines(['nothing to check', ...located.notices]));
    return 0;
  }
  const loaded = loadPolicy(located.file, io);
  if (options.json) io.stdout.write(renderJson(loaded, located.file));
  else io.stdout.write(renderReport(loaded, located.file, located.notices));
  return loaded.problems.some(({ severity }) => severity === 'error') ? 1 : 0;
}

const EMPTY: Pick<Loaded, 'problems' | 'tests'> = { problems: [], tests: { passed: 0, failed: 0 } };

function renderJson(
  { problems, tests }: Pick<Loaded, 'problems' | 'tests'>,
  file: string | null = null,
): string {
  const valid = !problems.some(({ severity }) => severity === 'error');
  return `${JSON.stringify({ valid, file, problems, tests }, null, 2)}\n`;
}

function renderReport(
  { policy, problems, tests, text }: Loaded,
  file: string,
  notices: readonly string[],
): string {
  const found = problems.map((problem) => `${renderProblem(problem, text)}\n`);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const name = escapeUnseen(file);
  const counted = [count(errors, 'error'), count(warnings, 'warning')]
    .filter((part) => part !== '')
    .join(', ');
  const verdict =
    policy === null
      ? `${name} cannot be used: ${counted}`
      : `${name} is sound${warnings > 0 ? `, with ${counted}` : ''}`;
  const facts = policy === null ? [] : [...renderFacts(policy, tests.passed), ...renderLimitsOnly(policy)];
  const told = notices.map((notice) => `note: ${notice}`);
  return renderLines([...found, verdict, ...facts, ...told]);
}

function renderFacts(policy: Policy, passed: number): string[] {
  const unwritten = policy.default.written ? '' : ' (not written, so it asks)';
  return [
    `  default  ${policy.default.action}${unwritten}`,
    `  tools    ${count(policy.tools.length, 'name or glob', 'names and globs') || 'none'}`,
    `  tests    ${passed === 0 ? 'none' : `${passed} passed`}`,
  ];
}

/** A rule that only limits leaves open who decides, so it is said. */
function renderLimitsOnly(policy: Policy): string[] {
  const compiled = compilePolicy(policy);
  return policy.tools.flatMap(({ pattern, kind, rules }) => {
    if (rules.some(({ action }) => action !== null)) return [];
    const { rule, verdict } = decide(compiled, pattern);
    const source =
      kind === 'exact'
        ? `the action comes from ${rule} (${verdict})`
        : `the action comes from the other rules that fit a call, else from default (${policy.default.action})`;
    return [`note: ${renderRulePath(pattern)} only limits; ${source}`];
  });
}

function count(number: number, one: string, many = `${one}s`): string {
  return number === 0 ? '' : `${number} ${number === 1 ? one : many}`;
}

function renderLines(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
