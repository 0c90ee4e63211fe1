import type { Agent } from './agent.ts';
import type { Layout } from './layout.ts';
import type { LogLine } from './log-line.ts';
import { STEPS } from './steps.ts';
import { findRule, renderCall, renderEnd, renderIntro, renderOutcome } from './words.ts';

export interface Stage {
  readonly agent: Agent;
  /** The text of the policy that is in force. */
  readonly policy: string;
  readonly layout: Layout;
  readonly print: (text: string) => void;
  readonly readLog: (id: number) => Promise<LogLine | null>;
  /** Time to read what was printed. */
  readonly pause: () => Promise<void>;
}

/**
 * Makes the calls one after the other and tells what happens. Nothing is printed while a call is under way: the
 * terminal is the question's then.
 */
export async function perform({ agent, policy, layout, print, readLog, pause }: Stage): Promise<void> {
  print(renderIntro(layout));
  await agent.connect();
  const told = new Set<string>();
  for (const [index, step] of STEPS.entries()) {
    await pause();
    print(renderCall(index + 1, step, told.has(step.tool) ? null : findRule(policy, step.tool), layout));
    told.add(step.tool);
    const answer = await agent.call(step.tool, step.arguments);
    print(renderOutcome(step, answer, await readLog(answer.id), layout));
  }
  print(renderEnd(layout));
}
