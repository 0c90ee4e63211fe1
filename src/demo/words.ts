import type { Answer } from './agent.ts';
import { type Layout, type Paint, renderField, renderText } from './layout.ts';
import type { LogLine } from './log-line.ts';
import type { Step } from './steps.ts';

/** What stands before the first call. */
export function renderIntro(layout: Layout): string {
  const intro =
    'An agent is about to make five calls to a server that manages message brokers. ' +
    'Each call passes mcp-guard, which holds it against a policy. ' +
    'The server is a sample: nothing real is touched, and nothing leaves this machine.';
  return `\n${layout.chalk.bold('mcp-guard demo')}\n\n${renderText(intro, layout)}\n`;
}

/** A call before it is made, with the rule of the policy that speaks of it, null where the reader has seen it. */
export function renderCall(number: number, step: Step, rule: string | null, layout: Layout): string {
  const { bold } = layout.chalk;
  const title = `${bold(`${number}  ${step.title}`)}\n`;
  const call = renderField('call', `${step.tool} ${JSON.stringify(step.arguments)}`, layout);
  return title + call + (rule === null ? '' : renderField('policy', rule, layout));
}

/** What came of a call, and its line in the log. */
export function renderOutcome(step: Step, answer: Answer, line: LogLine | null, layout: Layout): string {
  const { chalk } = layout;
  const code = line?.code ?? answer.code ?? 'allowed';
  const why = WHY.get(code) ?? '';
  const outcome =
    answer.code === null
      ? renderField('ran', why + showAnswer(step, answer.text), layout, chalk.green)
      : renderField('refused', `${why}The agent reads: "${answer.text}"`, layout, paintRefusal(code, layout));
  return `${outcome}${renderLog(line, layout)}\n`;
}

/** What stands after the last call. */
export function renderEnd(layout: Layout): string {
  const { bold } = layout.chalk;
  const done =
    "All five calls stand in the log, whatever came of them. The demo's own folder is removed now.";
  const next = [
    ['mcp-guard scan -- <your server>', 'what its tools can do, and how risky it is'],
    ['mcp-guard run -- <your server>', 'put the guard in front of a server of yours'],
    ['mcp-guard explain <tool>', 'what your policy says of a tool, and why'],
    ['docs/policy.md', 'everything a policy can say'],
  ].map(([what = '', why = '']) => `   ${what.padEnd(34)}${why}\n`);
  return `${renderText(done, layout)}\n${bold('What next')}\n${next.join('')}`;
}

/** The lines of the policy that hold the rule for this tool, without their indentation. */
export function findRule(policy: string, tool: string): string {
  const lines = policy.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`  ${tool}:`));
  const length = lines.slice(start + 1).findIndex((line) => !line.startsWith('    '));
  return lines
    .slice(start, start + 1 + length)
    .map((line) => line.slice(2))
    .join('\n');
}

const WHY: ReadonlyMap<string, string> = new Map([
  ['approved', 'You said yes. '],
  ['granted', 'You said yes. '],
  ['approval_denied', 'You said no. '],
  ['approval_timeout', 'Nobody answered in time, and without a yes nothing runs. '],
  ['approval_unavailable', 'Nobody can be asked here, and without a yes nothing runs. '],
]);

function showAnswer(step: Step, text: string): string {
  const values = [...text.matchAll(new RegExp(`"${step.shows}":"([^"]*)"`, 'g'))].map(([, value]) => value);
  return `The server answered: ${values.join(', ')}`;
}

function paintRefusal(code: string, { chalk }: Layout): Paint {
  return code === 'rate_limited' ? chalk.yellow : chalk.red;
}

function renderLog(line: LogLine | null, layout: Layout): string {
  const text = line === null ? 'no line of this call was found' : describe(line);
  return `${layout.chalk.dim(renderField('log', text, layout).trimEnd())}\n`;
}

function describe(line: LogLine): string {
  const time = line.time.replace(/^.*T([\d:]+).*Z$/, '$1Z');
  return [time, line.tool, line.verdict, line.code, line.rule, JSON.stringify(line.arguments)].join('  ');
}
